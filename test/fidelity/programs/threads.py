"""threads-client publishes a text, a photo or a video: a container, its status, and its publication."""

import asyncio
import json
import sys
from pathlib import Path

from threads_client import ThreadsClient

given = json.loads(Path(sys.argv[1]).read_text())
source = {"text": {}, "photos": {"image_url": given["media"] + "/one.jpg"}, "video": {"video_url": given["media"] + "/one.mp4"}}[given["kind"]]


async def publish():
    account = given["account"]
    async with ThreadsClient(access_token=account["accessToken"], user_id=account["externalId"], base_url=given["url"] + "/graph/v1.0") as client:
        return await client.posts.create(given["text"], topic_tag="#Sea.life", **source)


post = asyncio.run(publish())
Path(sys.argv[2]).write_text(json.dumps({"id": post.post_id}))
