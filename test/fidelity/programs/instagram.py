"""python-facebook-api publishes a photo or a reel: a container, its status, and its publication."""

import json
import sys
import time
from pathlib import Path

from pyfacebook import GraphAPI

given = json.loads(Path(sys.argv[1]).read_text())
# With the app's secret it would sign every call (`appsecret_proof`), of which nothing is documented for Instagram Login.
api = GraphAPI(access_token=given["account"]["accessToken"], base_url=given["url"] + "/graph/", version="v24.0")
owner = given["account"]["externalId"]
source = {"photos": {"image_url": given["media"] + "/one.jpg"}, "video": {"media_type": "REELS", "video_url": given["media"] + "/one.mp4"}}[given["kind"]]
container = api.post_object(owner, connection="media", data={"caption": given["text"], **source})["id"]
for _ in range(60):
    status = api.get_object(container, fields="status_code,status")
    if status["status_code"] == "FINISHED":
        break
    assert status["status_code"] == "IN_PROGRESS", status
    time.sleep(1)
post = api.post_object(owner, connection="media_publish", data={"creation_id": container})
Path(sys.argv[2]).write_text(json.dumps({"id": post["id"]}))
