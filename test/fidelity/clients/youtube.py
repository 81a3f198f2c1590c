"""Uploads a video as google-api-python-client does it: a resumable session, slices, and a question how far it is."""

import json
import sys
from pathlib import Path

import httplib2
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build_from_document
from googleapiclient.http import MediaFileUpload
import googleapiclient.discovery_cache as cache

given = json.loads(Path(sys.argv[1]).read_text())

# Google's own document of its API, which comes with the client: only the host is another one.
document = json.loads((Path(cache.__file__).parent / "documents" / "youtube.v3.json").read_text())
document["rootUrl"] = given["url"] + "/"

http = httplib2.Http()
# 308 is an answer of the upload protocol here, and no redirect.
http.redirect_codes = http.redirect_codes - {308}
youtube = build_from_document(document, http=AuthorizedHttp(Credentials(given["token"]), http=http))

media = MediaFileUpload(given["file"], mimetype="video/mp4", chunksize=given["slice"], resumable=True)
body = {
    "snippet": {"title": given["title"], "description": given["text"], "categoryId": "22", "tags": ["harbour"]},
    "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": False},
}
insert = youtube.videos().insert(part="snippet,status", body=body, media_body=media)

video, progress = None, []
while video is None:
    status, video = insert.next_chunk()
    if status is not None:
        progress.append(status.resumable_progress)
    if len(progress) == 1 and not insert._in_error_state:
        # As after a connection that broke: the client then asks the session before it goes on.
        insert._in_error_state = True

listed = youtube.videos().list(part="status,snippet", id=video["id"]).execute()
Path(sys.argv[2]).write_text(json.dumps({"id": video["id"], "progress": progress, "listed": listed["items"][0]["snippet"]["title"]}))
