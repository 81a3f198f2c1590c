import { describe, expect, it } from 'vitest';
import { x } from '../../../platforms/x/index.ts';
import { needsSubscription, optionsSchema } from '../../../platforms/x/rules.ts';
import { broken, expectEdge, type Edge } from '../support/subjects.ts';
import { workOf } from '../support/tools.ts';

const a = (length: number): string => 'a'.repeat(length);

const texts: readonly Edge[] = [
  { rule: 'text_max', field: 'title', at: [{ title: a(279), description: null }, { title: a(280), description: '' }], over: [{ title: a(281), description: null }], value: 281, limit: 280 },
  // The blank line between title and description counts.
  { rule: 'text_max', field: 'description', at: [{ title: a(100), description: a(178) }], over: [{ title: a(100), description: a(179) }], value: 281, limit: 280 },
  { rule: 'text_max', field: 'title', at: [{ title: '漢'.repeat(140), description: null }], over: [{ title: '漢'.repeat(141), description: null }], value: 282, limit: 280 },
  { rule: 'text_max', field: 'title', at: [{ title: `${a(256)} https://example.com/${a(500)}`, description: null }], over: [{ title: `${a(257)} https://example.com/${a(500)}`, description: null }], value: 281, limit: 280 },
];

const videos: readonly Edge[] = [
  ...texts,
  { rule: 'size_max', field: 'fileSize', at: [{ size: 511_999_999 }, { size: 512_000_000 }], over: [{ size: 512_000_001 }], value: 512_000_001, limit: 512_000_000 },
  { rule: 'container', field: 'contentType', at: [{ facts: { container: 'mov' } }, { contentType: 'video/quicktime', facts: null }], over: [{ contentType: 'video/webm', facts: null }, { facts: { container: 'webm' } }], value: 'webm', limit: 'mp4, mov' },
  { rule: 'video_codec', field: 'file', at: [{ facts: { videoCodec: null } }], over: [{ facts: { videoCodec: 'hevc' } }], value: 'hevc', limit: 'h264' },
  { rule: 'audio_codec', field: 'file', at: [{ facts: { audioCodec: null } }], over: [{ facts: { audioCodec: 'opus' } }], value: 'opus', limit: 'aac' },
  { rule: 'duration_min', field: 'file', at: [{ facts: { duration: 0.5 } }, { facts: { duration: 0.501 } }], over: [{ facts: { duration: 0.499 } }], value: 0.499, limit: 0.5 },
  { rule: 'duration_max', field: 'file', at: [{ facts: { duration: 139.999 } }, { facts: { duration: 140 } }], over: [{ facts: { duration: 140.001 } }], value: 140.001, limit: 140 },
  { rule: 'fps_max', field: 'file', at: [{ facts: { frameRate: 59.94 } }, { facts: { frameRate: 60.004 } }, { facts: { frameRate: null } }], over: [{ facts: { frameRate: 60.01 } }], value: 60.01, limit: 60 },
  { rule: 'width_min', field: 'file', at: [{ facts: { width: 32, height: 32 } }, { facts: { width: 33, height: 32 } }], over: [{ facts: { width: 31, height: 32 } }], value: 31, limit: 32 },
  { rule: 'width_max', field: 'file', at: [{ facts: { width: 1919, height: 1080 } }, { facts: { width: 1920, height: 1080 } }], over: [{ facts: { width: 1921, height: 1080 } }], value: 1921, limit: 1920 },
  { rule: 'height_min', field: 'file', at: [{ facts: { width: 64, height: 32 } }, { facts: { width: 64, height: 33 } }], over: [{ facts: { width: 64, height: 31 } }], value: 31, limit: 32 },
  { rule: 'height_max', field: 'file', at: [{ facts: { width: 1080, height: 1919 } }, { facts: { width: 1080, height: 1920 } }], over: [{ facts: { width: 1080, height: 1921 } }], value: 1921, limit: 1920 },
  { rule: 'aspect_min', field: 'file', at: [{ facts: { width: 320, height: 960 } }, { facts: { width: 321, height: 960 } }], over: [{ facts: { width: 300, height: 1000 } }], value: 0.3, limit: 1 / 3 },
  { rule: 'aspect_max', field: 'file', at: [{ facts: { width: 960, height: 320 } }, { facts: { width: 959, height: 320 } }], over: [{ facts: { width: 992, height: 320 } }], value: 3.1, limit: 3 },
  { rule: 'alt_texts_max', field: 'options.x.altTexts', at: [{ options: {} }], over: [{ options: { altTexts: ['a'] } }], value: 1, limit: 0 },
];

const gif = { format: 'gif', width: 640, height: 480, animated: true } as const;
const several = (count: number) => Array.from({ length: count }, () => ({}));

const photos: readonly Edge[] = [
  ...texts,
  { rule: 'count_max', field: 'media', at: [{ photos: several(1) }, { photos: several(4) }], over: [{ photos: several(5) }], value: 5, limit: 4 },
  { rule: 'size_max', field: 'media[1]', at: [{ photos: [{ size: 4_999_999 }, { size: 5_000_000 }] }], over: [{ photos: [{}, { size: 5_000_001 }] }], value: 5_000_001, limit: 5_000_000 },
  { rule: 'size_max', field: 'media[0]', at: [{ photos: [{ size: 15_000_000, image: gif }] }, { photos: [{ size: 15_000_000, contentType: 'image/gif', image: null }] }], over: [{ photos: [{ size: 15_000_001, image: gif }] }], value: 15_000_001, limit: 15_000_000 },
  { rule: 'size_max', field: 'media[0]', at: [], over: [{ photos: [{ size: 5_000_001, image: { format: 'gif', animated: false } }] }], value: 5_000_001, limit: 5_000_000 },
  { rule: 'format', field: 'media[0]', at: (['jpeg', 'png', 'webp', 'gif'] as const).map((format) => ({ photos: [{ image: { format } }] })), over: [{ photos: [{ image: { format: 'heic' } }, {}] }], value: 'heic', limit: 'jpeg, png, webp, gif' },
  { rule: 'gif_alone', field: 'media[1]', at: [{ photos: [{ image: gif }] }, { photos: [{}, { image: { format: 'gif' } }] }], over: [{ photos: [{}, { image: gif }] }], value: 2, limit: 1 },
  { rule: 'gif_width_max', field: 'media[0]', at: [{ photos: [{ image: { ...gif, width: 1280 } }] }, { photos: [{ image: { width: 4000 } }] }], over: [{ photos: [{ image: { ...gif, width: 1281 } }] }], value: 1281, limit: 1280 },
  { rule: 'gif_height_max', field: 'media[0]', at: [{ photos: [{ image: { ...gif, height: 1080 } }] }], over: [{ photos: [{ image: { ...gif, height: 1081 } }] }], value: 1081, limit: 1080 },
  { rule: 'alt_texts_max', field: 'options.x.altTexts', at: [{ options: { altTexts: ['a', 'b'] } }], over: [{ options: { altTexts: ['a', 'b', 'c'] } }], value: 3, limit: 2 },
];

describe('what X takes', () => {
  it.each(videos)('of a video, $rule ($field, $value)', (edge) => expectEdge(x, edge));
  it.each(photos)('of photos, $rule ($field, $value)', (edge) => expectEdge(x, { kind: 'photos', ...edge }));
  it.each(texts)('of a text, $rule ($field, $value)', (edge) => expectEdge(x, { kind: 'text', ...edge }));

  it('is no text that says nothing', () => {
    expect(broken(x, { kind: 'text', title: ' ', description: null })).toEqual(['x.text.text_required']);
    expect(broken(x, { kind: 'photos', title: ' ', description: null })).toEqual([]);
  });

  it('is more where the account is known to be allowed more', () => {
    const limits = { 'video.text_max': 25_000, 'video.duration_max': 14_400 };
    expect(broken(x, { limits, title: a(25_000), description: null, facts: { duration: 14_400 } })).toEqual([]);
    expect(broken(x, { limits, title: a(25_001), description: null, facts: { duration: 14_401 } })).toEqual(['x.video.text_max', 'x.video.duration_max']);
  });

  it('is then asked for anew: only what is beyond the usual limits', () => {
    const work = workOf(1000);
    const { upload } = work;
    const [video] = upload.media;
    const asked = (changes: Partial<typeof upload>, options: object = {}) => needsSubscription({ ...work, options, upload: { ...upload, ...changes } });
    if (video === undefined) throw new Error('There is no video.');
    const long = { container: 'mp4', duration: 141, width: 540, height: 960, videoCodec: 'h264', audioCodec: null, frameRate: 30 };
    expect(asked({})).toBe(false);
    expect(asked({ title: a(300) })).toBe(true);
    expect(asked({ title: a(300) }, { thread: true })).toBe(false);
    expect(asked({}, { firstComment: a(300) })).toBe(true);
    expect(asked({ media: [{ ...video, size: 512_000_001 }] })).toBe(true);
    expect(asked({ media: [{ ...video, facts: long }] })).toBe(true);
  });
});

const numbered = (count: number): string => Array.from({ length: count }, (_, n) => `${n + 10} ${a(277)}`).join(' ');
const following: readonly Edge[] = [
  {
    rule: 'parts_max',
    field: 'description',
    at: [{ title: a(281), description: null }, { title: '', description: numbered(7) }, { title: '', description: numbered(8) }].map((said) => ({ ...said, options: { thread: true } })),
    over: [{ title: '', description: numbered(9), options: { thread: true } }],
    value: 9,
    limit: 8,
  },
  { rule: 'first_comment_length', field: 'options.x.firstComment', at: [279, 280].map((length) => ({ options: { firstComment: a(length) } })), over: [{ options: { firstComment: a(281) } }], value: 281, limit: 280 },
];

describe('what may follow a post', () => {
  it.each(following)('is bounded: $rule', (edge) => {
    expectEdge(x, edge);
    expectEdge(x, { kind: 'text', ...edge });
  });

  it('is never twice the same, which X would refuse', () => {
    const same = { title: '', description: `${'one and the same. '.repeat(14)}\n\n${'one and the same. '.repeat(14)}`, options: { thread: true } };
    expect(broken(x, same)).toEqual(['x.video.texts_alike']);
    expect(broken(x, { title: 'One', description: null, options: { firstComment: ' One ' } })).toEqual(['x.video.texts_alike']);
    expect(broken(x, { title: 'One', description: null, options: { firstComment: 'Two' } })).toEqual([]);
  });

  it('is some text', () => {
    expect(broken(x, { options: { firstComment: ' ' } })).toEqual(['x.video.first_comment_required']);
  });

  it('may be longer for who has a subscription', () => {
    const limits = { 'video.text_max': 25_000, 'video.first_comment_length': 25_000 };
    expect(broken(x, { limits, title: '', description: a(30_000), options: { thread: true, firstComment: a(4999) } })).toEqual([]);
  });
});

describe('options.x', () => {
  it.each([{}, { replySettings: 'following', madeWithAi: true, paidPartnership: false, communityId: '1493446837214187523', altTexts: [a(1000)] }])('takes %j', (options) => {
    expect(optionsSchema.safeParse(options).success).toBe(true);
    expect(broken(x, { kind: 'photos', options })).toEqual([]);
  });

  it.each([{ replySettings: 'everyone' }, { communityId: 'cats' }, { altTexts: [a(1001)] }, { altTexts: [''] }, { reply_settings: 'following' }, 'following'])('refuses %j', (options) => {
    expect(optionsSchema.safeParse(options).success).toBe(false);
    expect(broken(x, { options })).toEqual(['x.video.options']);
  });
});
