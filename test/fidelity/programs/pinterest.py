"""Pinterest's own client for Python, which checks every answer against its OpenAPI document, makes a pin of a photo or a video."""

import json
import sys
import time
from pathlib import Path

import requests
from openapi_generated.pinterest_client import Configuration
from openapi_generated.pinterest_client.api.media_api import MediaApi
from openapi_generated.pinterest_client.api.pins_api import PinsApi
from openapi_generated.pinterest_client.model.media_upload_request import MediaUploadRequest
from openapi_generated.pinterest_client.model.pin_create import PinCreate
from openapi_generated.pinterest_client.model_utils import model_to_dict
from pinterest.client import PinterestSDKClient

given = json.loads(Path(sys.argv[1]).read_text())
client = PinterestSDKClient(configuration=Configuration(host=given["url"] + "/api/v5", access_token=given["account"]["accessToken"]))


def upload_video():
    media = MediaApi(client)
    registered = media.media_create(MediaUploadRequest(media_type="video"))
    # The form to the storage is left to whoever uses the client.
    fields = {name: (None, value) for name, value in model_to_dict(registered.upload_parameters).items()}
    with open(given["video"], "rb") as file:
        requests.post(registered.upload_url, files={**fields, "file": file}, timeout=60).raise_for_status()
    for _ in range(60):
        details = media.media_get(registered.media_id)
        if details.status == "succeeded":
            return {"source_type": "video_id", "media_id": registered.media_id, "cover_image_url": given["media"] + "/one.jpg"}
        time.sleep(1)
    raise TimeoutError(details)


source = upload_video() if given["kind"] == "video" else {"source_type": "image_url", "url": given["media"] + "/one.jpg"}
pin = PinsApi(client).pins_create(
    PinCreate(board_id=given["account"]["defaults"]["board"], title=given["title"], description=given["text"], media_source=source)
)
Path(sys.argv[2]).write_text(json.dumps({"id": pin.id}))
