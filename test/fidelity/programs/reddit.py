"""praw posts a text, a gallery of two photos or a video to a subreddit."""

import json
import os
import sys
import time
from pathlib import Path

os.environ["PRAW_ALLOW_ENDPOINT_OVERRIDE"] = "1"

import praw
import requests
from praw.models import PostMedia


class ByHttp(requests.adapters.HTTPAdapter):
    """praw puts `https:` before every address of an upload."""

    def send(self, request, **more):
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, **more)


given = json.loads(Path(sys.argv[1]).read_text())
session = requests.Session()
session.mount("https://", ByHttp())
reddit = praw.Reddit(
    client_id=given["app"]["clientId"],
    client_secret=given["app"]["clientSecret"],
    refresh_token=given["account"]["refreshToken"],
    user_agent="linux:fanfare-fidelity:1.0 (by /u/ada)",
    reddit_url=given["url"] + "/www",
    # What is joined to it would replace its last part.
    oauth_url=given["url"] + "/oauth/",
    requestor_kwargs={"session": session},
    check_for_updates=False,
)
assert reddit.user.me().name == given["account"]["name"]
subreddit = reddit.subreddit(given["account"]["defaults"]["subreddit"])
title = given["title"]
if given["kind"] == "text":
    post = subreddit.submit(title=title, selftext=given["text"])
elif given["kind"] == "photos":
    post = subreddit.submit(title=title, selftext=given["text"], gallery=[{"media": PostMedia(given["photo"])}, {"media": PostMedia(given["photo"])}])
else:
    subreddit.submit(title=title, selftext=given["text"], video={"media": PostMedia(given["video"])}, without_websockets=True)
    # Its id comes by a web socket only, or from the list when it is processed.
    post = None
    for _ in range(60):
        post = next(reddit.user.me().submissions.new(limit=1), None)
        if post is not None:
            break
        time.sleep(1)
Path(sys.argv[2]).write_text(json.dumps({"id": post.fullname}))
