/** X's own client for JavaScript, generated from its OpenAPI document, posts a text, a photo or a video. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@xdevplatform/xdk';

const SEGMENT = 1024 * 1024;
const given = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const client = new Client({ accessToken: given.account.accessToken, baseUrl: `${given.url}/api` });

async function uploadPhoto() {
  const media = readFileSync(given.photo).toString('base64');
  const { data } = await client.media.upload({ media, mediaCategory: 'tweet_image', mediaType: 'image/jpeg' });
  return data.id;
}

async function uploadVideo() {
  const bytes = readFileSync(given.video);
  const { data } = await client.media.initializeUpload({ mediaCategory: 'tweet_video', mediaType: 'video/mp4', totalBytes: bytes.length });
  for (let at = 0; at < bytes.length; at += SEGMENT) {
    const media = bytes.subarray(at, at + SEGMENT).toString('base64');
    await client.media.appendUpload(data.id, { segmentIndex: at / SEGMENT, media });
  }
  await client.media.finalizeUpload(data.id);
  for (;;) {
    const { data: now } = await client.media.getUploadStatus(data.id, { command: 'STATUS' });
    if (now.processingInfo.state === 'succeeded') return data.id;
    if (!['pending', 'in_progress'].includes(now.processingInfo.state)) throw new Error(JSON.stringify(now));
    await sleep(1000);
  }
}

const upload = { text: () => undefined, photos: uploadPhoto, video: uploadVideo }[given.kind];
const media = await upload();
const post = await client.posts.create({ text: given.text, ...(media !== undefined && { media: { mediaIds: [media] } }) });
writeFileSync(process.argv[3], JSON.stringify({ id: post.data.id }));
