import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codePoints } from '../../../core/text.ts';
import { threads } from '../../../platforms/threads/index.ts';
import { threadsLength } from '../../../platforms/threads/length.ts';
import { optionsSchema } from '../../../platforms/threads/rules.ts';
import { broken, expectEdge, type Edge } from '../support/subjects.ts';

const x = (length: number): string => 'x'.repeat(length);
const photos = (count: number) => Array.from({ length: count }, () => ({}));
const links = (count: number): string => Array.from({ length: count }, (_, n) => `https://a.test/${n}`).join(' ');
const long = { facts: { duration: 200 } };

const edges: readonly Edge[] = [
  { rule: 'text_max', field: 'title', at: [{ title: x(499), description: null }, { title: x(500), description: '' }], over: [{ title: x(501), description: null }], value: 501, limit: 500 },
  // The blank line between title and description counts.
  { rule: 'text_max', field: 'description', at: [{ title: x(100), description: x(398) }], over: [{ title: x(100), description: x(399) }], value: 501, limit: 500 },
  // 125 emoji of 4 bytes each.
  { rule: 'text_max', field: 'title', at: [{ title: '🎬'.repeat(125), description: null }], over: [{ title: `${'🎬'.repeat(125)}!`, description: null }], value: 501, limit: 500 },
  { rule: 'links_max', field: 'description', at: [{ description: links(4) }, { description: links(5) }], over: [{ description: links(6) }], value: 6, limit: 5 },
  // In a thread, no post of it has more.
  { rule: 'links_max', field: 'description', at: [{ title: 'A', description: `${links(5)}\n\n${x(480)} ${links(1)}`, options: { thread: true } }], over: [{ description: links(6), options: { thread: true } }], value: 6, limit: 5 },
  { rule: 'parts_max', field: 'title', at: [{ title: x(3999), description: null, options: { thread: true } }, { title: x(4000), description: null, options: { thread: true } }], over: [{ title: x(4001), description: null, options: { thread: true } }], value: 9, limit: 8 },
  // A single character as it is read, which no post has room for.
  { rule: 'text_max', field: 'title', at: [], over: [{ title: `a${'\u0301'.repeat(500)}`, description: null, options: { thread: true } }], value: 501, limit: 500 },
  {
    rule: 'first_comment_length',
    field: 'options.threads.firstComment',
    at: [{ options: { firstComment: x(499) } }, { options: { firstComment: '🎬'.repeat(125) } }],
    over: [{ options: { firstComment: x(501) } }, { options: { firstComment: `${'🎬'.repeat(125)}x` } }],
    value: 501,
    limit: 500,
  },
  { rule: 'alt_texts_max', field: 'options.threads.altTexts', at: [{ options: { altTexts: ['a'] } }], over: [{ options: { altTexts: ['a', 'b'] } }], value: 2, limit: 1 },
  { rule: 'link', field: 'options.threads.link', at: [], over: [{ options: { link: 'https://a.test/' } }], value: null, limit: null },
  { rule: 'size_max', field: 'fileSize', at: [{ size: 999_999_999, ...long }, { size: 1_000_000_000, ...long }], over: [{ size: 1_000_000_001, ...long }], value: 1_000_000_001, limit: 1_000_000_000 },
  { rule: 'duration_min', field: 'file', at: [{ size: 1000, facts: { duration: 0.1 } }, { size: 1000, facts: { duration: 0.101 } }], over: [{ size: 1000, facts: { duration: 0.099 } }], value: 0.099, limit: 0.1 },
  { rule: 'duration_max', field: 'file', at: [{ facts: { duration: 299.999 } }, { facts: { duration: 300 } }], over: [{ facts: { duration: 300.001 } }], value: 300.001, limit: 300 },
  { rule: 'fps_min', field: 'file', at: [{ facts: { frameRate: 23 } }, { facts: { frameRate: 23.01 } }], over: [{ facts: { frameRate: 22.98 } }], value: 22.98, limit: 23 },
  { rule: 'fps_max', field: 'file', at: [{ facts: { frameRate: 59.94 } }, { facts: { frameRate: 60.004 } }], over: [{ facts: { frameRate: 60.01 } }], value: 60.01, limit: 60 },
  { rule: 'width_max', field: 'file', at: [{ facts: { width: 1919 } }, { facts: { width: 1920 } }], over: [{ facts: { width: 1921 } }], value: 1921, limit: 1920 },
  { rule: 'aspect_min', field: 'file', at: [{ facts: { width: 10, height: 1000 } }, { facts: { width: 11, height: 1000 } }], over: [{ facts: { width: 9, height: 1000 } }], value: 0.009, limit: 0.01 },
  { rule: 'aspect_max', field: 'file', at: [{ facts: { width: 1000, height: 100 } }, { facts: { width: 999, height: 100 } }], over: [{ facts: { width: 1100, height: 100 } }], value: 11, limit: 10 },
  { rule: 'bitrate_max', field: 'file', at: [{ size: 124_999_999 }, { size: 125_000_000 }], over: [{ size: 125_000_001 }], value: 100_000_001, limit: 100_000_000 },
  { rule: 'video_codec', field: 'file', at: [{ facts: { videoCodec: 'hevc' } }], over: [{ facts: { videoCodec: 'av1' } }], value: 'av1', limit: 'h264, hevc' },
  { rule: 'audio_codec', field: 'file', at: [{ facts: { audioCodec: null } }], over: [{ facts: { audioCodec: 'opus' } }], value: 'opus', limit: 'aac' },
  { rule: 'container', field: 'contentType', at: [{ facts: { container: 'mov' } }], over: [{ contentType: 'video/webm', facts: null }], value: 'webm', limit: 'mp4, mov' },
  { kind: 'photos', rule: 'count_max', field: 'media', at: [{ photos: photos(1) }, { photos: photos(19) }, { photos: photos(20) }], over: [{ photos: photos(21) }], value: 21, limit: 20 },
  { kind: 'photos', rule: 'size_max', field: 'media[1]', at: [{ photos: [{ size: 7_999_999 }, { size: 8_000_000 }] }], over: [{ photos: [{}, { size: 8_000_001 }] }], value: 8_000_001, limit: 8_000_000 },
  { kind: 'photos', rule: 'format', field: 'media[0]', at: [{ photos: [{ image: { format: 'png' } }, { contentType: 'image/png', image: null }] }], over: [{ photos: [{ image: { format: 'webp' } }] }], value: 'webp', limit: 'jpeg, png' },
  { kind: 'photos', rule: 'aspect_max', field: 'media[0]', at: [{ photos: [{ image: { width: 1000, height: 100 } }] }, { photos: [{ image: { width: 10, height: 1000 } }] }], over: [{ photos: [{ image: { width: 1100, height: 100 } }] }], value: 11, limit: 10 },
  { kind: 'photos', rule: 'link', field: 'options.threads.link', at: [], over: [{ options: { link: 'https://a.test/' } }], value: null, limit: null },
  { kind: 'text', rule: 'text_max', field: 'title', at: [{ title: x(500), description: null }], over: [{ title: x(501), description: null }], value: 501, limit: 500 },
  { kind: 'text', rule: 'text_required', field: 'title', at: [{ title: '.', description: null }], over: [{ title: ' ', description: null }], value: null, limit: null },
  // The card is a link too.
  { kind: 'text', rule: 'links_max', field: 'description', at: [{ description: links(4), options: { link: 'https://a.test/' } }], over: [{ description: links(5), options: { link: 'https://a.test/' } }], value: 6, limit: 5 },
];

describe('what Threads takes', () => {
  it.each(edges)('$kind $rule ($field)', (edge) => expectEdge(threads, edge));

  it('is a photo of any width, since it scales them', () => {
    for (const image of [{ width: 100, height: 100 }, { width: 9000, height: 9000 }]) expect(broken(threads, { kind: 'photos', photos: [{ image }] })).toEqual([]);
  });
});

describe('the length of a text', () => {
  it.each([
    ['', 0],
    ['Grüße', 5],
    ['e\u0301', 2],
    ['नमस्ते', 6],
    ['🎬', 4],
    ['👨‍👩‍👧', 18],
    ['👍🏽', 8],
    ['🇩🇪', 8],
    ['❤️', 6],
    ['1️⃣', 7],
    ['a🎬b', 6],
    ['123 #*', 6],
  ])('of %j is %i', (text, length) => {
    expect(threadsLength(text)).toBe(length);
  });

  it('is at least its characters and at most its bytes, and the sum of its lines', () => {
    const line = fc.array(fc.constantFrom('a', 'é', '🎬', '👨‍👩‍👧', '👍🏽', '한', ' '), { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(line, line, (one, other) => {
        expect(threadsLength(one)).toBeGreaterThanOrEqual(codePoints(one));
        expect(threadsLength(one)).toBeLessThanOrEqual(Buffer.byteLength(one));
        expect(threadsLength(`${one}\n${other}`)).toBe(threadsLength(one) + 1 + threadsLength(other));
      }),
    );
  });
});

describe("Threads' options", () => {
  const all = { replyControl: 'mentioned_only', topicTag: 'Sea life', link: 'https://a.test/b?c=d', altTexts: ['A pier'] };

  it('may be left out', () => {
    expect(optionsSchema.safeParse({}).success).toBe(true);
    expect(optionsSchema.safeParse(all).success).toBe(true);
    expect(broken(threads, { kind: 'text', options: { ...all, altTexts: [] } })).toEqual([]);
  });

  it.each([
    { replyControl: 'nobody' },
    { topicTag: '' },
    { topicTag: 'a.b' },
    { topicTag: 'a&b' },
    { topicTag: '#a' },
    { topicTag: x(51) },
    { link: 'a.test' },
    { link: 'ftp://a.test/' },
    { altTexts: [''] },
    { altTexts: [x(1001)] },
    { colour: 'red' },
  ])('are not %j', (wrong) => {
    expect(optionsSchema.safeParse({ ...all, ...wrong }).success).toBe(false);
    expect(broken(threads, { kind: 'text', options: { ...all, ...wrong } })).toEqual(['threads.text.options']);
  });
});
