import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { file, idOf, instagramByHand, refusal, VIDEO_URL } from './instagram-by-hand.ts';
import { makeJpeg, makePng } from './make-image.ts';
import { makeMp4 } from './make-mp4.ts';

const url = (name: string) => `https://media.test/${name}.jpg?X-Amz-Signature=1`;
const pictures = ['one', 'two', 'three'].map((name, index) => ({ name, bytes: makeJpeg({ width: 1080 + index, height: 1350 }) }));
const hashes = pictures.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'));

/** The stand-in, and how photos are asked for: they name no media type. */
function photosByHand(...options: Parameters<typeof instagramByHand>) {
  const hand = instagramByHand(...options);
  for (const { name, bytes } of pictures) hand.files.set(url(name), file(bytes, 'image/jpeg'));
  const photo = (name: string, fields: Readonly<Record<string, string | null>> = {}) =>
    hand.create({ media_type: null, video_url: null, image_url: url(name), ...fields });
  const item = async (name: string) => idOf(await photo(name, { is_carousel_item: 'true' }));
  const carousel = (children: readonly string[], fields: Readonly<Record<string, string | null>> = {}) =>
    hand.create({ media_type: 'CAROUSEL', video_url: null, children: children.join(','), ...fields });
  return { ...hand, photo, item, carousel };
}

describe('a photo', () => {
  it('is published with the bytes that were fetched', async () => {
    const { photo, publish, clock, sandbox, get } = photosByHand();
    const container = idOf(await photo('one', { caption: 'Seen', alt_text: 'A pier' }));
    clock.advance(60);
    const id = idOf(await publish(container));
    expect(await sandbox.posts('instagram')).toMatchObject([{ id, kind: 'photos', text: 'Seen', mediaSha256: [hashes[0]] }]);
    expect((await get(`${id}?fields=permalink,media_type`)).body).toMatch(/"https:\/\/www\.instagram\.com\/p\/.*"IMAGE"/u);
  });

  it.each([
    ['4:5', makeJpeg({ width: 800, height: 1000 }), null],
    ['narrower than 4:5', makeJpeg({ width: 799, height: 1000 }), 2207009],
    ['1.91:1', makeJpeg({ width: 1910, height: 1000 }), null],
    ['wider than 1.91:1', makeJpeg({ width: 1911, height: 1000 }), 2207009],
    ['of 8 MB', makeJpeg({ width: 1080, height: 1350, size: 8_000_000 }), null],
    ['above 8 MB', makeJpeg({ width: 1080, height: 1350, size: 8_000_001 }), 2207004],
    ['that is a PNG', makePng({ width: 1080, height: 1350 }), 2207005],
    ['that is none', Buffer.from('no picture'), 2207005],
  ] as const)('%s is judged by the file', async (_what, bytes, subcode) => {
    const { files, photo, status, clock } = photosByHand();
    files.set(url('one'), file(bytes, 'image/jpeg'));
    const id = idOf(await photo('one'));
    clock.advance(60);
    expect(await status(id)).toMatchObject(subcode === null ? { status_code: 'FINISHED' } : { status_code: 'ERROR', status: expect.stringContaining(String(subcode)) });
  });

  it.each([
    ['the type IMAGE, which only other calls name', { media_type: 'IMAGE' }, [400, 100, 2207023]],
    ['what belongs to a reel', { share_to_feed: 'true' }, [400, 100]],
    ['a video beside it', { video_url: VIDEO_URL }, [400, 100]],
    ['an empty description', { alt_text: '' }, [400, 100]],
    ['a caption on an item of a carousel', { is_carousel_item: 'true', caption: 'x' }, [400, 100]],
  ] as const)('is refused with %s', async (_what, fields, expected) => {
    const { photo } = photosByHand();
    expect(refusal(await photo('one', fields))).toEqual(expected);
  });
});

describe('a carousel', () => {
  it('is one post of its items in the order named', async () => {
    const { item, carousel, publish, clock, sandbox } = photosByHand();
    const items = [await item('one'), await item('two')];
    clock.advance(60);
    const container = idOf(await carousel(items.toReversed(), { caption: 'Both' }));
    clock.advance(60);
    const id = idOf(await publish(container));
    expect(await sandbox.posts('instagram')).toMatchObject([{ id, kind: 'photos', text: 'Both', mediaSha256: [hashes[1], hashes[0]] }]);
  });

  it('may hold a video, which is no reel and at most a minute long', async () => {
    const { files, item, carousel, create, status, clock } = photosByHand();
    const video = idOf(await create({ media_type: 'VIDEO', is_carousel_item: 'true' }));
    files.set(VIDEO_URL, file(makeMp4({ duration: 61 })));
    const long = idOf(await create({ media_type: 'VIDEO', is_carousel_item: 'true' }));
    const picture = await item('one');
    expect(refusal(await create({ is_carousel_item: 'true' }))).toEqual([400, 100, 2207023]);
    clock.advance(60);
    expect(await status(long)).toMatchObject({ status_code: 'ERROR' });
    expect((await carousel([video, picture])).status).toBe(200);
  });

  it('waits for its items', async () => {
    const { item, carousel } = photosByHand();
    expect(refusal(await carousel([await item('one'), await item('two')]))).toEqual([400, 9007, 2207027]);
  });

  it('has 2 to 10 items, each once, that were made for one and are the account’s own', async () => {
    const { item, carousel, photo, sandbox, clock } = photosByHand();
    const items = await Promise.all(Array.from({ length: 11 }, () => item('one')));
    const post = idOf(await photo('two'));
    clock.advance(60);
    const [first = '', second = ''] = items;
    expect(refusal(await carousel([first]))).toEqual([400, 100, 2207028]);
    expect(refusal(await carousel([first, first]))).toEqual([400, 100, 2207028]);
    expect(refusal(await carousel(items))).toEqual([400, 100, 2207028]);
    expect((await carousel(items.slice(1))).status).toBe(200);
    expect(refusal(await carousel([first, post]))).toEqual([400, 24, 2207006]);
    expect(refusal(await carousel([first, '17900000000000000']))).toEqual([400, 24, 2207006]);
    expect(refusal(await carousel([first, second], { alt_text: 'x' }))).toEqual([400, 100]);
    expect(await sandbox.posts('instagram')).toEqual([]);
  });

  it('is what is published, not its items', async () => {
    const { item, publish, clock } = photosByHand();
    const id = await item('one');
    clock.advance(60);
    expect(refusal(await publish(id))).toEqual([400, 24, 2207006]);
  });
});
