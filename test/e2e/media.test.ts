import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { call, type ApiAnswer } from './support/api.ts';
import { postsOf } from './support/sandbox.ts';
import { accounts, demoAccount, networks } from './support/stack.ts';
import { newTitle, settled, sha256, smallClip, storeFile } from './support/uploads.ts';

/** Uploads of the deployed stack that are made of stored files or of a text, not of one new video. */

/** One that fetches photos and two that are sent them; all carry text. */
const carriers = ['threads', 'x', 'bluesky'] as const;
const onCarriers = { accounts: carriers.map(demoAccount) };

const photos = await Promise.all(['one.jpg', 'two.jpg'].map((name) => readFile(new URL(`../platforms/support/photos/${name}`, import.meta.url))));
const asPhoto = { fileName: 'photo.jpg', contentType: 'image/jpeg' };
const asClip = { fileName: 'clip.mp4', contentType: 'video/mp4' };

const create = (upload: object): Promise<ApiAnswer> => call('POST', '/api/uploads', { accounts: Object.values(accounts), ...upload });

async function created(upload: object): Promise<string> {
  const answer = await create(upload);
  expect(answer).toMatchObject({ status: 201, body: { status: 'Processing' } });
  return answer.body.uploadId;
}

describe('an upload of stored photos', () => {
  it('is one post on each network, with the photos in their order and the text', async () => {
    const media = [];
    for (const photo of photos) media.push(await storeFile(photo, asPhoto));
    const title = newTitle();
    const uploadId = await created({ kind: 'photos', media: media.toReversed(), title, text: 'What is new', ...onCarriers });
    expect(await settled(uploadId)).toMatchObject({ status: 'Uploaded', title });
    const post = { kind: 'photos', text: `${title}\n\nWhat is new`, mediaSha256: photos.map(sha256).toReversed() };
    for (const network of carriers) expect(await postsOf(network, title), network).toMatchObject([post]);
    expect((await call('GET', `/api/upload/${uploadId}`)).body).toMatchObject({ kind: 'photos', media: [{ image: { format: 'jpeg' } }, {}] });
  });
});

describe('an upload of a text', () => {
  it('is one post on each network', async () => {
    const text = `${newTitle()}\nand nothing else`;
    const uploadId = await created({ kind: 'text', text, ...onCarriers });
    expect(await settled(uploadId)).toMatchObject({ status: 'Uploaded' });
    for (const network of carriers) expect(await postsOf(network, text), network).toMatchObject([{ kind: 'text', text, mediaSha256: [] }]);
  });
});

describe('a stored video', () => {
  it('is published by each upload that is made of it, and by none that is cancelled before its time', async () => {
    const media = [await storeFile(smallClip, asClip)];
    const [first, second, third] = [newTitle(), newTitle(), newTitle()];
    const scheduledOn = new Date(Date.now() + 3_600_000).toISOString();
    const waiting = await create({ kind: 'video', media, title: third, scheduledOn });
    expect(waiting).toMatchObject({ status: 201, body: { status: 'Scheduled' } });
    const made = [await created({ kind: 'video', media, title: first }), await created({ kind: 'video', media, title: second })];
    const { uploadId } = waiting.body;
    expect((await call('POST', `/api/upload/${uploadId}/cancel`, {})).body).toMatchObject({ status: 'Cancelled' });
    for (const each of made) expect(await settled(each)).toMatchObject({ status: 'Uploaded' });
    for (const network of networks) {
      for (const title of [first, second]) expect((await postsOf(network, title)).map((post) => post.mediaSha256)).toEqual([[sha256(smallClip)]]);
      expect(await postsOf(network, third)).toEqual([]);
    }
    expect((await call('GET', `/api/media/${media[0]}`)).body).toMatchObject({ state: 'ready' });
  });
});
