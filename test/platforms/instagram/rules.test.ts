import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codePoints } from '../../../core/text.ts';
import { instagram } from '../../../platforms/instagram/index.ts';
import { optionsSchema } from '../../../platforms/instagram/rules.ts';
import { captionOf } from '../../../platforms/text.ts';
import { broken, expectEdge, type Edge } from '../support/subjects.ts';

const x = (length: number): string => 'x'.repeat(length);
const many = (mark: string, count: number): string => Array.from({ length: count }, (_, n) => `${mark}${n}`).join(' ');

const edges: readonly Edge[] = [
  {
    rule: 'caption_max',
    field: 'title',
    at: [{ title: x(2199), description: null }, { title: x(2200), description: '' }, { title: '🎬'.repeat(2200), description: null }],
    over: [{ title: x(2201), description: null }],
    value: 2201,
    limit: 2200,
  },
  // The blank line between title and description counts.
  { rule: 'caption_max', field: 'description', at: [{ title: x(100), description: x(2098) }], over: [{ title: x(100), description: x(2099) }], value: 2201, limit: 2200 },
  { rule: 'hashtags_max', field: 'description', at: [{ description: many('#été', 29) }, { description: many('#a', 30) }, { description: '# 1 #' }], over: [{ description: many('#a', 31) }], value: 31, limit: 30 },
  { rule: 'mentions_max', field: 'description', at: [{ description: many('@a', 19) }, { description: many('@a.b', 20) }], over: [{ description: many('@a', 21) }], value: 21, limit: 20 },
  { rule: 'size_max', field: 'fileSize', at: [{ size: 299_999_999, facts: { duration: 100 } }, { size: 300_000_000, facts: { duration: 100 } }], over: [{ size: 300_000_001, facts: { duration: 100 } }], value: 300_000_001, limit: 300_000_000 },
  { rule: 'duration_min', field: 'file', at: [{ facts: { duration: 3 } }, { facts: { duration: 3.001 } }], over: [{ facts: { duration: 2.999 } }], value: 2.999, limit: 3 },
  { rule: 'duration_max', field: 'file', at: [{ facts: { duration: 899.999 } }, { facts: { duration: 900 } }], over: [{ facts: { duration: 900.001 } }], value: 900.001, limit: 900 },
  { rule: 'fps_min', field: 'file', at: [{ facts: { frameRate: 23 } }, { facts: { frameRate: 23.976 } }, { facts: { frameRate: null } }], over: [{ facts: { frameRate: 22.98 } }], value: 22.98, limit: 23 },
  { rule: 'fps_max', field: 'file', at: [{ facts: { frameRate: 59.94 } }, { facts: { frameRate: 60.004 } }], over: [{ facts: { frameRate: 60.01 } }], value: 60.01, limit: 60 },
  { rule: 'width_max', field: 'file', at: [{ facts: { width: 1919 } }, { facts: { width: 1920 } }], over: [{ facts: { width: 1921 } }], value: 1921, limit: 1920 },
  { rule: 'aspect_min', field: 'file', at: [{ facts: { width: 10, height: 1000 } }, { facts: { width: 11, height: 1000 } }], over: [{ facts: { width: 9, height: 1000 } }], value: 0.009, limit: 0.01 },
  { rule: 'aspect_max', field: 'file', at: [{ facts: { width: 1000, height: 100 } }, { facts: { width: 999, height: 100 } }], over: [{ facts: { width: 1100, height: 100 } }], value: 11, limit: 10 },
  { rule: 'bitrate_max', field: 'file', at: [{ size: 31_249_999 }, { size: 31_250_000 }], over: [{ size: 31_250_001 }], value: 25_000_001, limit: 25_000_000 },
  { rule: 'video_codec', field: 'file', at: [{ facts: { videoCodec: 'h264' } }, { facts: { videoCodec: 'hevc' } }, { facts: { videoCodec: null } }], over: [{ facts: { videoCodec: 'av1' } }], value: 'av1', limit: 'h264, hevc' },
  { rule: 'audio_codec', field: 'file', at: [{ facts: { audioCodec: 'aac' } }, { facts: { audioCodec: null } }], over: [{ facts: { audioCodec: 'opus' } }], value: 'opus', limit: 'aac' },
  { rule: 'container', field: 'contentType', at: [{ facts: { container: 'mov' } }, { contentType: 'video/quicktime', facts: null }], over: [{ contentType: 'video/webm', facts: null }, { facts: { container: 'webm' } }], value: 'webm', limit: 'mp4, mov' },
];

const comment = (firstComment: string) => ({ options: { firstComment } });

const commentEdges: readonly Edge[] = (['video', 'photos'] as const).map((kind) => ({
  kind,
  rule: 'first_comment_length',
  field: 'options.instagram.firstComment',
  at: [comment(x(2199)), comment('🎬'.repeat(2200))],
  over: [comment(x(2201))],
  value: 2201,
  limit: 2200,
}));

const photos = (count: number) => Array.from({ length: count }, () => ({}));

const photoEdges: readonly Edge[] = [
  { rule: 'count_max', field: 'media', at: [{ photos: [{}] }, { photos: photos(9) }, { photos: photos(10) }], over: [{ photos: photos(11) }], value: 11, limit: 10 },
  { rule: 'size_max', field: 'media[1]', at: [{ photos: [{ size: 7_999_999 }, { size: 8_000_000 }] }], over: [{ photos: [{}, { size: 8_000_001 }] }], value: 8_000_001, limit: 8_000_000 },
  { rule: 'format', field: 'media[0]', at: [{ photos: [{ image: null }] }], over: [{ photos: [{ contentType: 'image/png', image: null }, {}] }, { photos: [{ image: { format: 'png' } }] }], value: 'png', limit: 'jpeg' },
  { rule: 'aspect_min', field: 'media[0]', at: [{ photos: [{ image: { width: 800, height: 1000 } }] }, { photos: [{ image: { width: 801, height: 1000 } }] }], over: [{ photos: [{ image: { width: 799, height: 1000 } }] }], value: 0.799, limit: 0.8 },
  { rule: 'aspect_max', field: 'media[0]', at: [{ photos: [{ image: { width: 1910, height: 1000 } }] }, { photos: [{ image: { width: 1909, height: 1000 } }] }], over: [{ photos: [{ image: { width: 1911, height: 1000 } }] }], value: 1.911, limit: 1.91 },
  { rule: 'alt_texts_max', field: 'options.instagram.altTexts', at: [{ options: { altTexts: ['a', 'b'] } }, { options: { altTexts: ['a'] } }], over: [{ options: { altTexts: ['a', 'b', 'c'] } }], value: 3, limit: 2 },
  { rule: 'caption_max', field: 'title', at: [{ title: x(2200), description: null }], over: [{ title: x(2201), description: null }], value: 2201, limit: 2200 },
];

describe('what Instagram takes', () => {
  it.each(commentEdges)('under $kind, $rule ($field)', (edge) => expectEdge(instagram, edge));

  it('is no comment without words', () => {
    expect(broken(instagram, comment(' '))).toEqual(['instagram.video.first_comment_required']);
    expect(broken(instagram, comment(''))).toEqual(['instagram.video.options']);
  });

  it.each(photoEdges)('of photos, $rule ($field)', (edge) => expectEdge(instagram, { kind: 'photos', ...edge }));

  it('is a photo of any width, since it scales them', () => {
    for (const image of [{ width: 100, height: 100 }, { width: 9000, height: 9000 }]) expect(broken(instagram, { kind: 'photos', photos: [{ image }] })).toEqual([]);
  });

  it('has no description of a video', () => {
    expect(broken(instagram, { options: { altTexts: ['a'] } })).toEqual(['instagram.video.alt_texts_max']);
  });

  it.each(edges)('$rule ($field)', (edge) => expectEdge(instagram, edge));

  it('is no text without a file', () => {
    expect(broken(instagram, { kind: 'text', facts: null })).toEqual(['instagram.text.supported']);
  });
});

describe('the caption', () => {
  it('is title, blank line, description, and the title alone where there is no description', () => {
    expect(captionOf({ title: 'A title', description: 'More' })).toBe('A title\n\nMore');
    expect(captionOf({ title: 'A title', description: '' })).toBe('A title');
    expect(captionOf({ title: 'A title', description: null })).toBe('A title');
    expect(captionOf({ title: '', description: 'More' })).toBe('More');
  });

  it('breaks its limit exactly from 2,201 characters on, whatever they are', () => {
    const text = fc.array(fc.constantFrom('a', 'é', '🎬', '👨‍👩‍👧', ' '), { maxLength: 1200 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (title, description) => {
        const caption = captionOf({ title, description });
        expect(broken(instagram, { title, description }).includes('instagram.video.caption_max')).toBe(codePoints(caption) > 2200);
      }),
      { numRuns: 50 },
    );
  });
});

describe("Instagram's options", () => {
  const all = { shareToFeed: false, thumbOffset: 1500, collaborators: ['ada.l', 'b_2', 'c'], locationId: '123', audioName: 'Sea', altTexts: [] };

  it('may be left out', () => {
    expect(optionsSchema.safeParse({}).success).toBe(true);
    expect(optionsSchema.safeParse(all).success).toBe(true);
  });

  it.each([
    { shareToFeed: 'yes' },
    { thumbOffset: -1 },
    { thumbOffset: 900_001 },
    { thumbOffset: 1.5 },
    { collaborators: ['a', 'b', 'c', 'd'] },
    { collaborators: ['@a'] },
    { locationId: 'here' },
    { audioName: '' },
    { altTexts: [''] },
    { altTexts: ['x'.repeat(1001)] },
    { colour: 'red' },
  ])('are not %j', (wrong) => {
    expect(optionsSchema.safeParse({ ...all, ...wrong }).success).toBe(false);
    expect(broken(instagram, { options: { ...all, ...wrong } })).toEqual(['instagram.video.options']);
  });
});
