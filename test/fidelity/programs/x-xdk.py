"""X's own client for Python, generated from its OpenAPI document, posts a text, a photo or a video."""

import base64
import json
import sys
import time
from pathlib import Path

from xdk import Client

SEGMENT = 1024 * 1024

given = json.loads(Path(sys.argv[1]).read_text())
client = Client(base_url=given["url"] + "/api", access_token=given["account"]["accessToken"])


def upload_photo():
    data = Path(given["photo"]).read_bytes()
    body = {"media": base64.b64encode(data).decode(), "media_category": "tweet_image", "media_type": "image/jpeg"}
    return client.media.upload(body=body).data.id


def upload_video():
    data = Path(given["video"]).read_bytes()
    opened = client.media.initialize_upload(body={"media_category": "tweet_video", "media_type": "video/mp4", "total_bytes": len(data)})
    media_id = opened.data.id
    for index, start in enumerate(range(0, len(data), SEGMENT)):
        segment = base64.b64encode(data[start : start + SEGMENT]).decode()
        client.media.append_upload(media_id, body={"segment_index": index, "media": segment})
    client.media.finalize_upload(media_id)
    while True:
        info = client.media.get_upload_status(media_id=media_id, command="STATUS").data.processing_info
        state = info["state"] if isinstance(info, dict) else info.state
        if state == "succeeded":
            return media_id
        assert state in ("pending", "in_progress"), info
        time.sleep(1)


media = {"text": lambda: None, "photos": upload_photo, "video": upload_video}[given["kind"]]()
post = client.posts.create(body={"text": given["text"], **({} if media is None else {"media": {"media_ids": [media]}})})
Path(sys.argv[2]).write_text(json.dumps({"id": post.data.id}))
