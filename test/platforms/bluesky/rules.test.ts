import { describe, expect, it } from 'vitest';
import { bluesky } from '../../../platforms/bluesky/index.ts';
import { optionsSchema } from '../../../platforms/bluesky/rules.ts';
import { broken, expectEdge, subjectOf, type Edge, type Photo } from '../support/subjects.ts';

const x = (length: number): string => 'x'.repeat(length);
/** One grapheme of 25 bytes. */
const FAMILY = '👨‍👩‍👧‍👦';
const photos = (count: number, photo: Photo = {}): readonly Photo[] => Array.from({ length: count }, () => photo);

const edges: readonly Edge[] = [
  {
    rule: 'text_max',
    field: 'description',
    // With title, blank line and description: 7 + 2 + 291.
    at: [{ description: x(291) }, { title: x(299), description: null }, { title: x(300), description: '' }, { title: 'A title', description: '🇩🇪'.repeat(291) }],
    over: [{ description: x(292) }, { description: `${'é'.normalize('NFD').repeat(291)}x` }],
    value: 301,
    limit: 300,
  },
  {
    rule: 'text_bytes_max',
    field: 'title',
    at: [{ title: FAMILY.repeat(120), description: null }],
    over: [{ title: `${FAMILY.repeat(120)}x`, description: null }],
    value: 3001,
    limit: 3000,
  },
  {
    rule: 'parts_max',
    field: 'title',
    at: [{ title: x(2399), description: null, options: { thread: true } }, { title: x(2400), description: null, options: { thread: true } }],
    over: [{ title: x(2401), description: null, options: { thread: true } }],
    value: 9,
    limit: 8,
  },
  // A single character as it is read, which no post has room for; where the bytes are too many, a part has fewer characters.
  {
    rule: 'text_bytes_max',
    field: 'title',
    at: [{ title: FAMILY.repeat(121), description: null, options: { thread: true } }],
    over: [{ title: `a${'\u0301'.repeat(1500)}`, description: null, options: { thread: true } }],
    value: 3001,
    limit: 3000,
  },
  {
    rule: 'first_comment_length',
    field: 'options.bluesky.firstComment',
    at: [{ options: { firstComment: x(299) } }, { options: { firstComment: '🇩🇪'.repeat(300) } }],
    over: [{ options: { firstComment: x(301) } }, { options: { firstComment: `${'🇩🇪'.repeat(300)}x` } }],
    value: 301,
    limit: 300,
  },
  {
    rule: 'first_comment_bytes_max',
    field: 'options.bluesky.firstComment',
    at: [{ options: { firstComment: FAMILY.repeat(120) } }],
    over: [{ options: { firstComment: `${FAMILY.repeat(120)}x` } }],
    value: 3001,
    limit: 3000,
  },
  { rule: 'size_max', field: 'fileSize', at: [{ size: 299_999_999 }, { size: 300_000_000 }], over: [{ size: 300_000_001 }], value: 300_000_001, limit: 300_000_000 },
  { rule: 'duration_max', field: 'file', at: [{ facts: { duration: 179.9 } }, { facts: { duration: 180 } }], over: [{ facts: { duration: 180.1 } }], value: 180.1, limit: 180 },
  { rule: 'duration_min', field: 'file', at: [{ facts: { duration: 0.1 } }], over: [{ facts: { duration: 0.09 } }], value: 0.09, limit: 0.1 },
  {
    rule: 'container',
    field: 'contentType',
    at: [{ facts: { container: 'mov' } }, { facts: { container: 'webm', videoCodec: 'vp9', audioCodec: 'opus' } }, { facts: null, contentType: 'video/mpeg' }],
    over: [{ facts: null, contentType: 'video/x-msvideo' }],
    value: 'avi',
    limit: 'mp4, mov, webm, mpeg',
  },
  { rule: 'video_codec', field: 'file', at: [{ facts: { videoCodec: 'h264' } }], over: [{ facts: { videoCodec: 'hevc' } }], value: 'hevc', limit: 'h264' },
  { rule: 'audio_codec', field: 'file', at: [{ facts: { audioCodec: null } }], over: [{ facts: { container: 'mov', audioCodec: 'pcm' } }], value: 'pcm', limit: 'aac' },
  {
    rule: 'alt_texts_max',
    field: 'options.bluesky.altTexts',
    at: [{ options: { altTexts: [] } }, { options: { altTexts: ['one'] } }],
    over: [{ options: { altTexts: ['one', 'two'] } }],
    value: 2,
    limit: 1,
  },
  { rule: 'link', field: 'options.bluesky.link', at: [], over: [{ options: { link: { uri: 'https://a.example', title: 'A' } } }], value: null, limit: null },
  { kind: 'photos', rule: 'count_max', field: 'media', at: [{ photos: photos(1) }, { photos: photos(10) }], over: [{ photos: photos(11) }], value: 11, limit: 10 },
  {
    kind: 'photos',
    rule: 'size_max',
    field: 'media[1]',
    at: [{ photos: photos(2, { size: 1_999_999 }) }, { photos: photos(2, { size: 2_000_000 }) }],
    over: [{ photos: [{}, { size: 2_000_001 }] }],
    value: 2_000_001,
    limit: 2_000_000,
  },
  {
    kind: 'photos',
    rule: 'format',
    field: 'media[0]',
    at: [{ photos: [{ image: { format: 'png' } }, { image: { format: 'webp' } }] }, { photos: [{ image: null, contentType: 'image/png' }] }],
    over: [{ photos: [{ image: { format: 'heic' } }] }, { photos: [{ image: null, contentType: 'image/heic' }] }],
    value: 'heic',
    limit: 'jpeg, png, webp',
  },
  { kind: 'text', rule: 'text_required', field: 'title', at: [{ title: 'x', description: null }], over: [{ title: ' \n', description: null }], value: null, limit: null },
  { kind: 'text', rule: 'text_max', field: 'title', at: [{ title: x(300), description: null }], over: [{ title: x(301), description: null }], value: 301, limit: 300 },
];

describe('what Bluesky takes', () => {
  it.each(edges)('$rule, up to its edge', (edge) => expectEdge(bluesky, edge));

  it('is a card with a link under a text', () => {
    expect(broken(bluesky, { kind: 'text', options: { link: { uri: 'https://a.example', title: 'A' } } })).toEqual([]);
  });

  it('is held against the limit that was told for this account, where one was told', () => {
    expect(bluesky.violations(subjectOf({ limits: { 'video.duration_max': 60 }, facts: { duration: 61 } }))).toMatchObject([{ code: 'bluesky.video.duration_max', limit: 60 }]);
  });
});

function faults(options: unknown): readonly string[] {
  return optionsSchema.safeParse(options).error?.issues.map(({ path }) => path.join('.')) ?? [];
}

describe("Bluesky's options", () => {
  it('take every field, and no other', () => {
    const all = { langs: ['de', 'pt-BR', 'zh-Hant-TW'], labels: ['nudity', 'graphic-media'], altTexts: ['', 'x'.repeat(2000)], link: { uri: 'https://a.example/b', title: 'A', description: '' } };
    expect(faults({})).toEqual([]);
    expect(faults(all)).toEqual([]);
    for (const name of Object.keys(all)) expect(faults({ ...all, [name]: { not: 'this' } }), name).not.toEqual([]);
    expect(faults({ ...all, colour: 'red' })).not.toEqual([]);
  });

  it.each([
    { langs: [] },
    { langs: ['de', 'en', 'fr', 'es'] },
    { langs: ['EN'] },
    { langs: ['en_US'] },
    { labels: ['rude'] },
    { altTexts: ['x'.repeat(2001)] },
    { altTexts: Array.from({ length: 11 }, () => 'x') },
    { link: { uri: 'javascript:alert(1)', title: 'A' } },
    { link: { uri: 'https://a.example' } },
  ])('do not take %j', (options) => expect(faults(options)).toHaveLength(1));
});
