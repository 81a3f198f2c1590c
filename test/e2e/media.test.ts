import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { call, type ApiAnswer } from './support/api.ts';
import { answersTo, postsOf } from './support/sandbox.ts';
import { accounts, demoAccount, networks } from './support/stack.ts';
import { complete, eventually, newTitle, settled, sha256, smallClip, stageSingle, storeFile } from './support/uploads.ts';

/** Uploads of the deployed stack that are made of stored files or of a text, not of one new video. */

/** One that fetches photos and two that are sent them; all carry text. */
const carriers = ['threads', 'x', 'bluesky'] as const;
const onCarriers = { accounts: carriers.map(demoAccount) };

const photos = await Promise.all(['one.jpg', 'two.jpg'].map((name) => readFile(new URL(`../platforms/support/photos/${name}`, import.meta.url))));
const [cover = new Uint8Array()] = photos;
/** 64 pixels wide: an image, and no thumbnail. */
const stamp = await readFile(new URL('../media/clips/picture.png', import.meta.url));
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

const sequelsOf = ({ body }: ApiAnswer): readonly string[] =>
  body.deliveries[0].sequels.map(({ name, status }: { name: string; status: string }) => `${name} ${status}`);

describe('an upload of a text', () => {
  it('is one post on each network, and a long one a thread where it is asked for, with a comment below it', async () => {
    const text = `${newTitle()}\nand nothing else`;
    const uploadId = await created({ kind: 'text', text, ...onCarriers });
    const first = newTitle();
    const comment = `More of it: ${newTitle()}`;
    const long = { kind: 'text', text: `${first}. ${'It goes on and on. '.repeat(15)}`, accounts: [demoAccount('x')], options: { x: { thread: true, firstComment: comment } } };
    const threadId = await created(long);
    expect(await settled(threadId)).toMatchObject({ status: 'Uploaded' });
    await expect.poll(async () => sequelsOf(await call('GET', `/api/upload/${threadId}`)), { timeout: 30_000, interval: 500 }).toEqual(['part_2 published', 'comment published']);
    const [post] = await postsOf('x', first);
    const [part] = await answersTo('x', post?.id);
    expect(`${post?.text} ${part?.text}`).toBe(long.text.trim());
    expect(await answersTo('x', part?.id)).toMatchObject([{ text: comment }]);
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

describe('a video with a thumbnail and captions', () => {
  it('shows both, with the very bytes; a thumbnail that the network does not take is a warning', async () => {
    const webVtt = Buffer.from('WEBVTT\n\n00:00.500 --> 00:02.000\nThe harbour\n');
    const subRip = Buffer.from('1\n00:00:00,500 --> 00:00:02,000\nDer Hafen\n');
    const captions = [
      { language: 'en', file: await storeFile(webVtt, { fileName: 'en.vtt', contentType: 'text/vtt' }) },
      { language: 'de', name: 'Untertitel', file: await storeFile(subRip, { fileName: 'de.srt', contentType: 'application/x-subrip' }) },
    ];
    const [fine, tiny] = [await storeFile(cover, asPhoto), await storeFile(stamp, { fileName: 'tiny.png', contentType: 'image/png' })];
    const publish = async (thumbnail: string): Promise<{ title: string; uploadId: string }> => {
      const title = newTitle();
      const staged = await stageSingle(smallClip, { title, accounts: [accounts.youtube], options: { youtube: { thumbnail, captions } } });
      return { title, uploadId: (await complete(staged)).body.uploadId };
    };
    const [whole, plain] = [await publish(fine), await publish(tiny)];
    const shown = { mediaSha256: [sha256(smallClip)], captions: [{ language: 'en', sha256: sha256(webVtt) }, { language: 'de', name: 'Untertitel', sha256: sha256(subRip) }] };
    // The post is there first; what it gets besides follows.
    const decorated = ({ title }: { title: string }) =>
      eventually(async () => (await postsOf('youtube', title)).find((post) => post.captions?.length === captions.length));
    for (const { uploadId } of [whole, plain]) expect(await settled(uploadId)).toMatchObject({ status: 'Uploaded' });
    expect(await decorated(whole)).toMatchObject({ ...shown, coverSha256: sha256(cover) });
    expect(await decorated(plain)).toMatchObject(shown);
    const warned = await eventually(async () => {
      const { body } = await call('GET', `/api/upload/${plain.uploadId}`);
      return body.deliveries[0].warnings.length > 0 ? body : undefined;
    });
    expect(warned).toMatchObject({ status: 'Uploaded', deliveries: [{ warnings: [expect.stringContaining('without its thumbnail')] }] });
    expect((await postsOf('youtube', plain.title)).map((post) => post.coverSha256)).toEqual([undefined]);
  });
});
