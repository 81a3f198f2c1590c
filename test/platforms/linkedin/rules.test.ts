import { describe, expect, it } from 'vitest';
import { linkedin } from '../../../platforms/linkedin/index.ts';
import { optionsSchema } from '../../../platforms/linkedin/rules.ts';
import { broken, expectEdge, type Edge, type Photo } from '../support/subjects.ts';

const x = (length: number): string => 'x'.repeat(length);
const photos = (count: number): readonly Photo[] => Array.from({ length: count }, () => ({}));
const sized = (width: number, height: number) => ({ facts: { width, height } });
const image = (width: number, height: number) => ({ photos: [{ image: { width, height } }] });

const edges: readonly Edge[] = [
  // UTF-16 units, and the blank line between title and description counts.
  { rule: 'text_max', field: 'title', at: [{ title: x(2999), description: null }, { title: x(3000), description: '' }, { title: '🎬'.repeat(1500), description: null }], over: [{ title: x(3001), description: null }], value: 3001, limit: 3000 },
  { rule: 'text_max', field: 'description', at: [{ title: x(100), description: x(2898) }], over: [{ title: x(100), description: x(2899) }], value: 3001, limit: 3000 },
  { kind: 'text', rule: 'text_max', field: 'title', at: [{ title: x(3000), description: null }], over: [{ title: '🎬'.repeat(1501), description: null }], value: 3002, limit: 3000 },
  { kind: 'text', rule: 'text_required', field: 'title', at: [{ title: ' a ', description: null }], over: [{ title: ' \n ', description: null }], value: null, limit: null },
  // An emoji is two units.
  {
    rule: 'first_comment_length',
    field: 'options.linkedin.firstComment',
    at: [{ options: { firstComment: x(1249) } }, { options: { firstComment: '🎬'.repeat(625) } }],
    over: [{ options: { firstComment: x(1251) } }, { options: { firstComment: `${'🎬'.repeat(625)}x` } }],
    value: 1251,
    limit: 1250,
  },
  { rule: 'size_min', field: 'fileSize', at: [{ size: 75_000 }, { size: 75_001 }], over: [{ size: 74_999 }], value: 74_999, limit: 75_000 },
  { rule: 'size_max', field: 'fileSize', at: [{ size: 499_999_999 }, { size: 500_000_000 }], over: [{ size: 500_000_001 }], value: 500_000_001, limit: 500_000_000 },
  { rule: 'duration_min', field: 'file', at: [{ facts: { duration: 3 } }, { facts: { duration: 3.001 } }], over: [{ facts: { duration: 2.999 } }], value: 2.999, limit: 3 },
  { rule: 'duration_max', field: 'file', at: [{ facts: { duration: 1799.999 } }, { facts: { duration: 1800 } }], over: [{ facts: { duration: 1800.001 } }], value: 1800.001, limit: 1800 },
  { rule: 'fps_min', field: 'file', at: [{ facts: { frameRate: 10 } }, { facts: { frameRate: null } }], over: [{ facts: { frameRate: 9.99 } }], value: 9.99, limit: 10 },
  { rule: 'fps_max', field: 'file', at: [{ facts: { frameRate: 60 } }], over: [{ facts: { frameRate: 60.01 } }], value: 60.01, limit: 60 },
  { rule: 'aspect_min', field: 'file', at: [sized(500, 1000), sized(500, 1200)], over: [sized(416, 1000)], value: 0.416, limit: 1 / 2.4 },
  { rule: 'aspect_max', field: 'file', at: [sized(960, 400), sized(959, 400)], over: [sized(964, 400)], value: 2.41, limit: 2.4 },
  { rule: 'long_side_min', field: 'file', at: [sized(256, 256), sized(144, 257)], over: [sized(255, 200), sized(200, 255)], value: 255, limit: 256 },
  { rule: 'long_side_max', field: 'file', at: [sized(4096, 2304), sized(2304, 4096)], over: [sized(4097, 2304)], value: 4097, limit: 4096 },
  { rule: 'short_side_min', field: 'file', at: [sized(256, 144), sized(145, 256)], over: [sized(300, 143), sized(143, 300)], value: 143, limit: 144 },
  { rule: 'short_side_max', field: 'file', at: [sized(4000, 2304)], over: [sized(4000, 2305)], value: 2305, limit: 2304 },
  { rule: 'video_codec', field: 'file', at: [{ facts: { videoCodec: 'h264' } }, { facts: { videoCodec: null } }], over: [{ facts: { videoCodec: 'hevc' } }], value: 'hevc', limit: 'h264' },
  { rule: 'audio_codec', field: 'file', at: [{ facts: { audioCodec: 'aac' } }, { facts: { audioCodec: null } }], over: [{ facts: { audioCodec: 'opus' } }], value: 'opus', limit: 'aac' },
  { rule: 'container', field: 'contentType', at: [{ facts: { container: 'mp4' } }], over: [{ facts: { container: 'mov' } }, { contentType: 'video/quicktime', facts: null }], value: 'mov', limit: 'mp4' },
  { kind: 'photos', rule: 'count_max', field: 'media', at: [{ photos: photos(1) }, { photos: photos(19) }, { photos: photos(20) }], over: [{ photos: photos(21) }], value: 21, limit: 20 },
  { kind: 'photos', rule: 'size_max', field: 'media[1]', at: [{ photos: [{}, { size: 7_999_999 }] }, { photos: [{}, { size: 8_000_000 }] }], over: [{ photos: [{}, { size: 8_000_001 }] }], value: 8_000_001, limit: 8_000_000 },
  { kind: 'photos', rule: 'pixels_max', field: 'media[0]', at: [image(6000, 6025), image(36_152_320, 1)], over: [image(36_152_321, 1)], value: 36_152_321, limit: 36_152_320 },
  { kind: 'photos', rule: 'format', field: 'media[0]', at: [{ photos: [{ image: { format: 'png' } }, { image: { format: 'gif', animated: true } }] }], over: [{ photos: [{ image: { format: 'webp' } }] }], value: 'webp', limit: 'jpeg, png, gif' },
  {
    kind: 'photos',
    rule: 'alt_texts_max',
    field: 'options.linkedin.altTexts',
    at: [{ options: { altTexts: ['one'] } }, { options: { altTexts: ['', 'two'] } }],
    over: [{ options: { altTexts: ['one', 'two', 'three'] } }],
    value: 3,
    limit: 2,
  },
];

describe('what LinkedIn takes', () => {
  it.each(edges)('$rule ($field)', (edge) => expectEdge(linkedin, edge));

  it('may be more for an account of which LinkedIn says so', () => {
    expect(broken(linkedin, { size: 600_000_000, limits: { 'video.size_max': 5_000_000_000 } })).toEqual([]);
  });
});

describe("LinkedIn's options", () => {
  it('may be left out', () => {
    expect(optionsSchema.safeParse({}).success).toBe(true);
    expect(optionsSchema.safeParse({ visibility: 'CONNECTIONS', disableReshare: true, altTexts: ['🎬'.repeat(4086), ''] }).success).toBe(true);
  });

  it.each([{ visibility: 'LOGGED_IN' }, { disableReshare: 'no' }, { altTexts: [x(4087)] }, { altTexts: Array.from({ length: 21 }, () => '') }, { colour: 'red' }])('are not %j', (wrong) => {
    expect(optionsSchema.safeParse(wrong).success).toBe(false);
    expect(broken(linkedin, { kind: 'photos', options: wrong })).toEqual(['linkedin.photos.options']);
  });
});
