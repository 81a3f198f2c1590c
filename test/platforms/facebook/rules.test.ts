import { describe, expect, it } from 'vitest';
import { facebook } from '../../../platforms/facebook/index.ts';
import { flowOf } from '../../../platforms/facebook/rules.ts';
import { broken, expectEdge, subjectOf, type Edge } from '../support/subjects.ts';

const LANDSCAPE = { width: 1280, height: 720 };

const reels: readonly Edge[] = [
  { rule: 'container', field: 'contentType', at: [{ facts: { container: 'mp4' } }], over: [{ facts: { container: 'mov' } }], value: 'mov', limit: 'mp4' },
  { rule: 'duration_min', field: 'file', at: [{ facts: { duration: 3 } }], over: [{ facts: { duration: 2.999 } }], value: 2.999, limit: 3 },
  { rule: 'duration_max', field: 'file', at: [{ facts: { duration: 90 } }], over: [{ facts: { duration: 90.001 } }], value: 90.001, limit: 90 },
  { rule: 'width_min', field: 'file', at: [{ facts: { width: 540, height: 960 } }], over: [{ facts: { width: 539, height: 960 } }], value: 539, limit: 540 },
  { rule: 'height_min', field: 'file', at: [{ facts: { width: 540, height: 960 } }], over: [{ facts: { width: 540, height: 959 } }], value: 959, limit: 960 },
  { rule: 'aspect_min', field: 'file', at: [{ facts: { width: 550, height: 1000 } }], over: [{ facts: { width: 549, height: 1000 } }], value: 0.549, limit: 0.55 },
  { rule: 'fps_min', field: 'file', at: [{ facts: { frameRate: 24 } }, { facts: { frameRate: null } }], over: [{ facts: { frameRate: 23.98 } }], value: 23.98, limit: 24 },
  { rule: 'fps_max', field: 'file', at: [{ facts: { frameRate: 60.003 } }], over: [{ facts: { frameRate: 60.01 } }], value: 60.01, limit: 60 },
  { rule: 'video_codec', field: 'file', at: ['h264', 'hevc', 'vp9', 'av1'].map((videoCodec) => ({ facts: { videoCodec } })), over: [{ facts: { videoCodec: 'mpeg4' } }], value: 'mpeg4', limit: 'h264, hevc, vp9, av1' },
  { rule: 'audio_codec', field: 'file', at: [{ facts: { audioCodec: null } }], over: [{ facts: { audioCodec: 'opus' } }], value: 'opus', limit: 'aac' },
];

const videos: readonly Edge[] = [
  { rule: 'container', field: 'contentType', at: ['mp4', 'mov', 'avi'].map((container) => ({ facts: { ...LANDSCAPE, container } })), over: [{ facts: { ...LANDSCAPE, container: 'webm' } }], value: 'webm', limit: 'mp4, mov, avi' },
  { rule: 'duration_min', field: 'file', at: [{ facts: { ...LANDSCAPE, duration: 1 } }], over: [{ facts: { ...LANDSCAPE, duration: 0.999 } }], value: 0.999, limit: 1 },
  { rule: 'duration_max', field: 'file', at: [{ facts: { ...LANDSCAPE, duration: 14_400 } }], over: [{ facts: { ...LANDSCAPE, duration: 14_400.001 } }], value: 14_400.001, limit: 14_400 },
  { rule: 'size_max', field: 'fileSize', at: [{ facts: LANDSCAPE, size: 1e10 }], over: [{ facts: LANDSCAPE, size: 1e10 + 1 }], value: 1e10 + 1, limit: 1e10 },
  { rule: 'fps_max', field: 'file', at: [{ facts: { ...LANDSCAPE, frameRate: 60 } }, { facts: { ...LANDSCAPE, frameRate: 12 } }], over: [{ facts: { ...LANDSCAPE, frameRate: 61 } }], value: 61, limit: 60 },
];

const posts: readonly Edge[] = [
  { kind: 'text', rule: 'text_max', field: 'title', at: [{ title: '🎬'.repeat(63_206), description: null }], over: [{ title: 'x'.repeat(63_207), description: null }], value: 63_207, limit: 63_206 },
  { kind: 'photos', rule: 'count_max', field: 'media', at: [{ photos: Array.from({ length: 10 }, () => ({})) }], over: [{ photos: Array.from({ length: 11 }, () => ({})) }], value: 11, limit: 10 },
  { kind: 'photos', rule: 'alt_texts_max', field: 'options.facebook.altTexts', at: [{ options: { altTexts: ['Sea', 'Sand'] } }], over: [{ options: { altTexts: ['Sea', 'Sand', 'Sky'] } }], value: 3, limit: 2 },
  { kind: 'photos', rule: 'size_max', field: 'media[1]', at: [{ photos: [{}, { size: 4_000_000 }] }], over: [{ photos: [{}, { size: 4_000_001 }] }], value: 4_000_001, limit: 4_000_000 },
  {
    kind: 'photos',
    rule: 'format',
    field: 'media[0]',
    at: [{ photos: [{ image: { format: 'png' } }] }, { photos: [{ image: null, contentType: 'image/tiff' }] }],
    over: [{ photos: [{ image: { format: 'webp' } }] }, { photos: [{ image: null, contentType: 'image/webp' }] }],
    value: 'webp',
    limit: 'jpeg, png, gif, bmp, tiff',
  },
];

describe('an upright video, which becomes a reel', () => {
  it.each(reels)('breaks $rule beyond its limit and not at it', (edge) => expectEdge(facebook, edge));
});

describe('another video', () => {
  it.each(videos)('breaks $rule beyond its limit and not at it', (edge) => expectEdge(facebook, edge));

  it('is bound by what the page itself was told', () => {
    expect(broken(facebook, { facts: LANDSCAPE, size: 2001, limits: { 'video.size_max': 2000 } })).toEqual(['facebook.video.size_max']);
  });

  it('is judged by its type before it was inspected', () => {
    expect(broken(facebook, { facts: null, contentType: 'video/quicktime' })).toEqual([]);
    expect(broken(facebook, { facts: null, contentType: 'video/webm' })).toEqual(['facebook.video.container']);
  });
});

describe('photos and texts', () => {
  it.each(posts)('break $rule of $kind beyond its limit and not at it', (edge) => expectEdge(facebook, edge));

  it('have a card with a link only where there are no files', () => {
    const options = { link: 'https://example.com/a?b=c' };
    expect(broken(facebook, { kind: 'text', options })).toEqual([]);
    expect(broken(facebook, { kind: 'photos', options })).toEqual(['facebook.photos.link']);
    expect(broken(facebook, { kind: 'video', options })).toEqual(['facebook.video.link']);
  });

  it.each([{ link: 'ftp://example.com/' }, { link: 'no address' }, { page: '1' }])('do not take the options %j', (options) => {
    const [first] = facebook.violations(subjectOf({ kind: 'text', options }));
    expect(first).toMatchObject({ code: 'facebook.text.options', field: 'options.facebook' });
  });
});

describe('the way of a video', () => {
  it.each([
    [1080, 1920, 'reel'],
    [540, 960, 'reel'],
    [600, 1000, 'reel'],
    [601, 1000, 'video'],
    [720, 900, 'video'],
    [1920, 1080, 'video'],
  ])('of %i x %i pixels is that of a %s', (width, height, flow) => {
    const { facts } = subjectOf({ facts: { width, height } });
    expect(flowOf({ facts })).toBe(flow);
  });

  it('is that of a video where the dimensions could not be read', () => {
    expect(flowOf({ facts: null })).toBe('video');
  });
});
