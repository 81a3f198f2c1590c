/** twitter-api-v2 posts a text, a photo or a video: it sends segments as forms. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { TwitterApi } from 'twitter-api-v2';

const given = JSON.parse(readFileSync(process.argv[2], 'utf8'));
// Its hosts are fixed, and the form of a body follows from the path: a plugin moves what is ready to be sent. The agent lets it speak HTTP.
const moved = {
  onBeforeRequest({ computedParams }) {
    computedParams.url = new URL(computedParams.url.href.replace('https://api.x.com', `${given.url}/api`));
  },
};
const client = new TwitterApi(given.account.accessToken, { plugins: [moved], httpAgent: new Agent() });

const files = { photos: [given.photo, 'image/jpeg'], video: [given.video, 'video/mp4'] };
const [file, type] = files[given.kind] ?? [];
const media = file === undefined ? undefined : await client.v2.uploadMedia(readFileSync(file), { media_type: type });
const post = await client.v2.tweet(given.text, media === undefined ? {} : { media: { media_ids: [media] } });
writeFileSync(process.argv[3], JSON.stringify({ id: post.data.id }));
