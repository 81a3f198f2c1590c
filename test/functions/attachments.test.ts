import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../core/limits.ts';
import { SUBRIP, WEBVTT } from '../platforms/support/attached.ts';
import { openDoor, wrongFields, type ApiAnswer, type Customer, type Door } from './support/door.ts';
import { bytesOf, complete, put, stageSingle } from './support/uploads.ts';

/** Files that options name: a thumbnail and captions for YouTube, captions for Bluesky, through every way to an upload. */

const clip = new Uint8Array(readFileSync(new URL('../../local/demo-small.mp4', import.meta.url)));
const photo = new Uint8Array(readFileSync(new URL('../platforms/support/photos/one.jpg', import.meta.url)));
const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text));
const asPhoto = { fileName: 'cover.jpg', contentType: 'image/jpeg' };
const asVtt = { fileName: 'en.vtt', contentType: 'text/vtt' };
const asSrt = { fileName: 'de.srt', contentType: 'application/x-subrip' };

let door: Door;
let customer: Customer;
beforeEach(async () => {
  door = await openDoor();
  customer = await door.customer('youtube', 'bluesky');
});
afterEach(() => door.close());

const post = (path: string, json: object, key = customer.key): Promise<ApiAnswer> => door.call({ to: `POST ${path}`, key, json });

async function stored(content: Uint8Array<ArrayBuffer>, file: object, key = customer.key): Promise<string> {
  const opened = await post('/api/media', { fileSize: content.byteLength, ...file }, key);
  if (opened.status !== 201) throw new Error(JSON.stringify(opened.body));
  const { sessionToken, partSize } = opened.body;
  const urls: readonly { partNumber: number; url: string }[] = opened.body.parts;
  const parts: object[] = [];
  for (const { partNumber, url } of urls) parts.push({ partNumber, eTag: await put(door, url, content.slice((partNumber - 1) * partSize, partNumber * partSize)) });
  return (await post('/api/media/complete', { sessionToken, parts }, key)).body.mediaId;
}

/** Opens a session for a video that was not looked at. */
const open = (options: object): Promise<ApiAnswer> =>
  post('/api/upload/presign-put', { title: 'x', accounts: customer.accounts, fileName: 'a.mp4', fileSize: 5, contentType: 'video/mp4', options });

const youtube = (thumbnail: string, ...captions: string[]) => ({
  youtube: { thumbnail, ...(captions.length > 0 && { captions: captions.map((file, index) => ({ language: index === 0 ? 'en' : 'de', file })) }) },
});
const usesOf = async (mediaId: string): Promise<number | undefined> => (await door.store.getMedia(mediaId))?.uses;
const uploadOf = async (answer: ApiAnswer) => {
  const record = await door.store.getUpload(answer.body.uploadId);
  if (record === null) throw new Error(JSON.stringify(answer.body));
  return record;
};
const attached = async (answer: ApiAnswer): Promise<readonly string[]> => (await uploadOf(answer)).upload.attachments.map(({ mediaId }) => mediaId);

describe('captions', () => {
  it('are stored as other files are, by their type or their name', async () => {
    expect((await post('/api/media', { ...asVtt, fileSize: 100 })).status).toBe(201);
    expect((await post('/api/media', { fileName: 'DE.SRT', contentType: 'application/octet-stream', fileSize: 100 })).status).toBe(201);
    expect((await post('/api/media', { ...asSrt, fileSize: limits.captionsSize })).status).toBe(201);
    const large = await post('/api/media', { ...asSrt, fileSize: limits.captionsSize + 1 });
    expect([large.status, wrongFields(large)]).toEqual([413, ['fileSize: too_large']]);
    expect(wrongFields(await post('/api/media', { fileName: 'a.txt', contentType: 'text/plain', fileSize: 100 }))).toEqual(['contentType: not_media']);
  });

  it('are no video and no photo', async () => {
    const file = await stored(bytes(WEBVTT), asVtt);
    expect(wrongFields(await post('/api/uploads', { kind: 'video', media: [file], title: 'x', accounts: customer.accounts }))).toEqual(['media[0]: not_a_video']);
    expect(wrongFields(await post('/api/upload/presign-put', { title: 'x', accounts: customer.accounts, ...asVtt, fileSize: 100 }))).toEqual(['contentType: not_a_video']);
  });
});

describe('an upload whose options name stored files', () => {
  it('has them in every flow, each once, and needs them', async () => {
    const [cover, en, de] = [await stored(photo, asPhoto), await stored(bytes(WEBVTT), asVtt), await stored(bytes(SUBRIP), asSrt)];
    const options = { ...youtube(cover, en, de), bluesky: { captions: [{ lang: 'en', file: en }] } };
    const media = [await stored(clip, { fileName: 'clip.mp4', contentType: 'video/mp4' })];
    const created = await post('/api/uploads', { kind: 'video', media, title: 'Spring', accounts: customer.accounts, options });
    const completed = await complete(door, customer, await stageSingle(door, customer, { options }, clip));
    for (const answer of [created, completed]) expect(await attached(answer)).toEqual([cover, en, de]);
    expect((await uploadOf(created)).upload.attachments).toMatchObject([
      { image: { format: 'jpeg', width: 720 }, inspectedAt: expect.any(String) },
      { contentType: 'text/vtt', image: null },
      { contentType: 'application/x-subrip', image: null },
    ]);
    expect(await Promise.all([cover, en, de].map(usesOf))).toEqual([2, 2, 2]);
  });

  it('has only those for networks that it goes to', async () => {
    const cover = await stored(photo, asPhoto);
    const completed = await complete(door, customer, await stageSingle(door, customer, { options: youtube(cover), accounts: customer.accounts.slice(1) }));
    expect([await attached(completed), await usesOf(cover)]).toEqual([[], 0]);
  });

  it('is refused for a file that cannot be used, with what to do, before any byte is sent', async () => {
    const stranger = await door.customer('youtube');
    const theirs = await stored(photo, asPhoto, stranger.key);
    const [cover, en] = [await stored(photo, asPhoto), await stored(bytes(WEBVTT), asVtt)];
    const [lost, damaged] = [await stored(photo, asPhoto), await stored(photo, { ...asPhoto, sha256: createHash('sha256').update('other').digest('hex') })];
    door.media.remove((await door.store.getMedia(lost))?.objectKey ?? '');
    const broken = await stored(bytes('WEBVTT\n\n00:02.000 --> 00:01.000\nx\n'), asVtt);
    const large = await stored(bytesOf(limits.attachmentSize + 1), asPhoto);
    const field = 'options.youtube.thumbnail';
    const cases: readonly [object, readonly string[]][] = [
      [youtube('med_01J8ZC6Q4M2V9Y3K7T5B1N0X00'), [`${field}: media_unknown`]],
      // As if it did not exist.
      [youtube(theirs), [`${field}: media_unknown`]],
      [youtube('one.jpg'), [`${field}: invalid_format`]],
      [youtube(lost), [`${field}: media_gone`]],
      [youtube(damaged), [`${field}: media_damaged`]],
      [youtube(large), [`${field}: too_large`]],
      [youtube(en), [`${field}: not_an_image`]],
      [youtube(cover, cover), ['options.youtube.captions[0].file: not_captions']],
      [youtube(cover, broken), ['options.youtube.captions[0].file: not_captions']],
    ];
    for (const [options, wrong] of cases) {
      const opened = await open(options);
      expect([opened.status, wrongFields(opened)], JSON.stringify(options)).toEqual([400, wrong]);
    }
    const dry = await post('/api/upload/validate', { title: 'x', accounts: customer.accounts, fileName: 'a.mp4', fileSize: 5, contentType: 'video/mp4', options: youtube(broken) });
    expect(dry.body).toMatchObject({ valid: false, violations: [{ accountId: customer.accounts[0], network: 'youtube', field, rule: 'not_an_image' }] });
    const said = await open(youtube(cover, broken));
    expect(said.body.errors[0].message).toMatch(/line 3: the caption ends before it begins\. Name captions, WebVTT or SubRip\./u);
  });

  it('fails only where the file is for, if the request wants the others to go on', async () => {
    const options = { ...youtube('med_01J8ZC6Q4M2V9Y3K7T5B1N0X00') };
    const completed = await complete(door, customer, await stageSingle(door, customer, { options, onViolation: 'skip_account' }));
    const { deliveries } = await uploadOf(completed);
    expect(deliveries.map(({ status, error }) => [status, error?.code])).toEqual([['failed', 'metadata_rejected'], ['pending', undefined]]);
  });

  it('keeps its video if the file goes while it is sent: the account fails by itself, and is published after an edit', async () => {
    const cover = await stored(photo, asPhoto);
    const staged = await stageSingle(door, customer, { options: youtube(cover) }, clip);
    await door.store.releaseMedia({ mediaId: cover, at: '2030-01-01T00:00:00Z' });
    const completed = await complete(door, customer, staged);
    expect(completed.status).toBe(200);
    const { upload, deliveries } = await uploadOf(completed);
    expect(upload.attachments).toEqual([]);
    expect(deliveries.map(({ status }) => status)).toEqual(['failed', 'pending']);
    expect(deliveries[0]?.error?.message).toMatch(/is not kept any more\. Send it again with POST \/api\/media\./u);

    const another = await stored(photo, asPhoto);
    const edited = await door.call({ to: `PATCH /api/upload/${upload.uploadId}`, key: customer.key, json: { options: youtube(another) } });
    expect(edited.status).toBe(200);
    expect((await post(`/api/upload/${upload.uploadId}/retry`, {})).status).toBe(200);
    const now = await uploadOf(completed);
    expect([now.upload.attachments.map(({ mediaId }) => mediaId), now.deliveries.map(({ status }) => status)]).toEqual([[another], ['pending', 'pending']]);
  });

  it('needs others after an edit of its options, and those before no more', async () => {
    const [first, second, en] = [await stored(photo, asPhoto), await stored(photo, asPhoto), await stored(bytes(WEBVTT), asVtt)];
    const media = [await stored(clip, { fileName: 'clip.mp4', contentType: 'video/mp4' })];
    const scheduledOn = '2026-05-01T10:00:00Z';
    const created = await post('/api/uploads', { kind: 'video', media, title: 'Spring', accounts: customer.accounts, options: youtube(first, en), scheduledOn });
    const edit = (json: object) => door.call({ to: `PATCH /api/upload/${created.body.uploadId}`, key: customer.key, json });
    const needed = async () => [await attached(created), await Promise.all([first, second, en].map(usesOf))];

    expect((await edit({ title: 'Summer' })).status).toBe(200);
    expect(await needed()).toEqual([[first, en], [1, 0, 1]]);
    expect((await edit({ options: youtube(second, en) })).status).toBe(200);
    expect(await needed()).toEqual([[second, en], [0, 1, 1]]);
    expect(wrongFields(await edit({ options: youtube(en) }))).toEqual(['options.youtube.thumbnail: not_an_image']);
    expect(await needed()).toEqual([[second, en], [0, 1, 1]]);
    // What it has already stays good after the time in which files can be named.
    door.clock.pass(limits.mediaUsable);
    const { uploadId } = created.body;
    const dry = async (thumbnail: string) => (await post('/api/upload/validate', { uploadId, title: 'x', accounts: customer.accounts, options: youtube(thumbnail) })).body.violations;
    expect([await dry(second), await dry(first)]).toMatchObject([[], [{ rule: 'media_gone', field: 'options.youtube.thumbnail' }]]);
    expect((await edit({ options: youtube(second) })).status).toBe(200);
    expect(wrongFields(await edit({ options: youtube(first) }))).toEqual(['options.youtube.thumbnail: media_gone']);
    expect((await edit({ options: { youtube: null } })).status).toBe(200);
    expect(await needed()).toEqual([[], [0, 0, 0]]);
  });

  it('counts them among its files', async () => {
    const files: string[] = [];
    for (let n = 0; n < limits.attachments + 1; n += 1) files.push(await stored(bytes(WEBVTT), asVtt));
    const named = (from: number, to: number) => ({ captions: files.slice(from, to).map((file) => ({ lang: 'en', file })) });
    const tracks = (from: number, to: number) => ({ captions: files.slice(from, to).map((file, n) => ({ language: 'en', name: `${n}`, file })) });
    expect((await open({ youtube: tracks(0, 15), bluesky: named(15, limits.attachments) })).status).toBe(201);
    const tooMany = await open({ youtube: tracks(0, 15), bluesky: named(15, limits.attachments + 1) });
    expect(wrongFields(tooMany)).toEqual(['options.youtube: too_many', 'options.bluesky: too_many']);
  });
});

describe("an account's defaults", () => {
  it('name no stored file, which would not be kept for as long', async () => {
    const cover = await stored(photo, asPhoto);
    const [accountId] = customer.accounts;
    const answer = await door.call({ to: `PATCH /api/accounts/${accountId}`, key: customer.key, json: { defaults: { thumbnail: cover } } });
    expect([answer.status, wrongFields(answer)]).toEqual([400, ['defaults.thumbnail: per_post']]);
  });
});
