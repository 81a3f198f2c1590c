"""Meta's own client for Python, generated from its specifications, posts a text, photos or a reel to a page."""

import json
import sys
import time
from pathlib import Path

import requests
from facebook_business.adobjects.advideo import AdVideo
from facebook_business.adobjects.page import Page
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

given = json.loads(Path(sys.argv[1]).read_text())
token = given["account"]["accessToken"]
FacebookSession.GRAPH = given["url"] + "/graph"
# Its own version is one that the stand-in does not know yet.
FacebookAdsApi.init(app_id=given["app"]["clientId"], app_secret=given["app"]["clientSecret"], access_token=token, api_version="v25.0")
page = Page(given["account"]["externalId"])


def reel():
    started = page.create_video_reel(params={"upload_phase": "start"})
    video_id = started["video_id"]
    data = Path(given["video"]).read_bytes()
    # It has no call for the bytes of a reel.
    sent = requests.post(started["upload_url"], data=data, headers={"Authorization": f"OAuth {token}", "offset": "0", "file_size": str(len(data))}, timeout=60)
    sent.raise_for_status()
    page.create_video_reel(params={"upload_phase": "finish", "video_id": video_id, "video_state": "PUBLISHED", "description": given["text"]})
    for _ in range(60):
        status = AdVideo(video_id).api_get(fields=["status"])["status"]
        if status["video_status"] == "ready":
            return video_id
        assert status["video_status"] != "error", status
        time.sleep(1)
    raise TimeoutError(status)


def photos():
    made = [page.create_photo(params={"url": given["media"] + "/one.jpg", "published": False}) for _ in range(2)]
    attached = [{"media_fbid": photo["id"]} for photo in made]
    return page.create_feed(params={"message": given["text"], "attached_media": attached})["id"]


post = {
    "text": lambda: page.create_feed(params={"message": given["text"]})["id"],
    "photos": photos,
    "video": reel,
}[given["kind"]]()
Path(sys.argv[2]).write_text(json.dumps({"id": post}))
