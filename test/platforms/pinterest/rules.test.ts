import { describe, expect, it } from 'vitest';
import { pinterest } from '../../../platforms/pinterest/index.ts';
import { optionsSchema } from '../../../platforms/pinterest/rules.ts';
import { broken, expectEdge, type Changes, type Edge } from '../support/subjects.ts';

const BOARD = { board: '549755885175' };
const x = (length: number): string => 'x'.repeat(length);
const link = (length: number): string => 'https://shop.example/'.padEnd(length, 'x');
const photos = (count: number) => Array.from({ length: count }, () => ({}));
const facts = (...all: readonly Changes['facts'][]): readonly Changes[] => all.map((each) => ({ facts: each ?? null }));

const texts: readonly Edge[] = [
  // Emoji are one character each.
  { rule: 'title_max', field: 'title', at: [{ title: '' }, { title: x(99) }, { title: '🎬'.repeat(100) }], over: [{ title: x(101) }, { title: '🎬'.repeat(101) }], value: 101, limit: 100 },
  { rule: 'description_max', field: 'description', at: [{ description: null }, { description: x(799) }, { description: x(800) }], over: [{ description: x(801) }], value: 801, limit: 800 },
];

const videoEdges: readonly Edge[] = [
  ...texts,
  { rule: 'size_max', field: 'fileSize', at: [{ size: 1_999_999_999 }, { size: 2_000_000_000 }], over: [{ size: 2_000_000_001 }], value: 2_000_000_001, limit: 2_000_000_000 },
  { rule: 'container', field: 'contentType', at: [{ facts: { container: 'mov' } }, { contentType: 'video/x-m4v', facts: null }], over: [{ contentType: 'video/webm', facts: null }, { facts: { container: 'webm' } }], value: 'webm', limit: 'mp4, mov' },
  { rule: 'video_codec', field: 'file', at: facts({ videoCodec: 'hevc' }, { videoCodec: null }), over: facts({ videoCodec: 'vp9' }), value: 'vp9', limit: 'h264, hevc' },
  { rule: 'audio_codec', field: 'file', at: facts({ audioCodec: null }), over: facts({ audioCodec: 'mp3' }), value: 'mp3', limit: 'aac' },
  { rule: 'duration_min', field: 'file', at: facts({ duration: 4.001 }, { duration: 4 }), over: facts({ duration: 3.999 }), value: 3.999, limit: 4 },
  { rule: 'duration_max', field: 'file', at: facts({ duration: 899.999 }, { duration: 900 }), over: facts({ duration: 900.001 }), value: 900.001, limit: 900 },
  { rule: 'width_min', field: 'file', at: facts({ width: 241, height: 240 }, { width: 240, height: 426 }), over: facts({ width: 239, height: 426 }), value: 239, limit: 240 },
  { rule: 'height_min', field: 'file', at: facts({ width: 426, height: 240 }), over: facts({ width: 426, height: 239 }), value: 239, limit: 240 },
  { rule: 'aspect_min', field: 'file', at: facts({ width: 501, height: 1000 }, { width: 500, height: 1000 }), over: facts({ width: 499, height: 1000 }), value: 0.499, limit: 0.5 },
  { rule: 'aspect_max', field: 'file', at: facts({ width: 1909, height: 1000 }, { width: 1910, height: 1000 }), over: facts({ width: 1911, height: 1000 }), value: 1.911, limit: 1.91 },
];

const photoEdges: readonly Edge[] = [
  ...texts,
  { rule: 'count_max', field: 'media', at: [{ photos: [{}] }, { photos: photos(4) }, { photos: photos(5) }], over: [{ photos: photos(6) }], value: 6, limit: 5 },
  { rule: 'size_max', field: 'media[1]', at: [{ photos: [{ size: 19_999_999 }, { size: 20_000_000 }] }], over: [{ photos: [{}, { size: 20_000_001 }] }], value: 20_000_001, limit: 20_000_000 },
  { rule: 'format', field: 'media[0]', at: ['png', 'webp', 'gif'].map((format) => ({ photos: [{ contentType: `image/${format}`, image: null }] })), over: [{ photos: [{ image: { format: 'heic' } }] }], value: 'heic', limit: 'jpeg, png, webp, gif' },
  {
    rule: 'same_size',
    field: 'media[1]',
    at: [{ photos: [{ image: { width: 1000, height: 1500 } }, { image: { width: 1000, height: 1500 } }] }, { photos: [{ image: null }, {}] }],
    over: [{ photos: [{ image: { width: 1000, height: 1500 } }, { image: { width: 1000, height: 1501 } }] }],
    value: '1000 x 1501',
    limit: '1000 x 1500',
  },
];

const pinned = (changes: Changes): Changes => ({ options: BOARD, ...changes });
const withBoard = (edge: Edge): Edge => ({ ...edge, at: edge.at.map(pinned), over: edge.over.map(pinned) });

describe('what Pinterest takes', () => {
  it.each(videoEdges)('of a video, $rule', (edge) => expectEdge(pinterest, withBoard(edge)));

  it.each(photoEdges)('of photos, $rule', (edge) => expectEdge(pinterest, withBoard({ kind: 'photos', ...edge })));

  it('is no text alone', () => {
    expect(broken(pinterest, { kind: 'text', options: BOARD })).toEqual(['pinterest.text.supported']);
  });
});

describe('the options for Pinterest', () => {
  it.each(['video', 'photos'] as const)('have to name a board (%s)', (kind) => {
    expect(broken(pinterest, { kind, options: undefined })).toEqual([`pinterest.${kind}.board_required`]);
    expect(broken(pinterest, { kind, options: { link: 'https://shop.example/' } })).toEqual([`pinterest.${kind}.board_required`]);
    expect(broken(pinterest, { kind, options: { board: 'harbour' } })).toEqual([`pinterest.${kind}.options`]);
  });

  it('are what they should be, up to their lengths', () => {
    for (const more of [{ boardSection: '1' }, { link: link(2048) }, { altText: x(500) }, {}]) expect(optionsSchema.safeParse({ ...BOARD, ...more }).success, JSON.stringify(more)).toBe(true);
    for (const more of [{ boardSection: '' }, { link: link(2049) }, { link: 'ftp://shop.example/' }, { altText: x(501) }, { altText: '' }, { cover: 1 }]) {
      expect(optionsSchema.safeParse({ ...BOARD, ...more }).success, JSON.stringify(more)).toBe(false);
    }
  });
});
