"""google-api-python-client uploads a video: a resumable session, slices, and a question how far it is."""

import json
import sys
from pathlib import Path

import googleapiclient.discovery_cache as cache
import httplib2
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build_from_document
from googleapiclient.http import MediaFileUpload

SLICE = 8 * 256 * 1024

given = json.loads(Path(sys.argv[1]).read_text())

# Google's own document of its API, which comes with the client: only the host is another one.
document = json.loads((Path(cache.__file__).parent / "documents" / "youtube.v3.json").read_text())
document["rootUrl"] = given["url"] + "/api/"

http = httplib2.Http()
# 308 is an answer of the upload protocol here, and no redirect.
http.redirect_codes = http.redirect_codes - {308}
youtube = build_from_document(document, http=AuthorizedHttp(Credentials(given["account"]["accessToken"]), http=http))

insert = youtube.videos().insert(
    part="snippet,status",
    body={
        "snippet": {"title": given["title"], "description": given["text"], "categoryId": "22", "tags": ["harbour"]},
        "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": False},
    },
    media_body=MediaFileUpload(given["video"], mimetype="video/mp4", chunksize=SLICE, resumable=True),
)
insert.next_chunk()
# As after a connection that broke: the client then asks the session before it goes on.
insert._in_error_state = True
video = None
while video is None:
    _, video = insert.next_chunk()

[listed] = youtube.videos().list(part="status,snippet", id=video["id"]).execute()["items"]
assert listed["snippet"]["title"] == given["title"], listed
Path(sys.argv[2]).write_text(json.dumps({"id": video["id"]}))
