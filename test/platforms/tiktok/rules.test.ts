import { describe, expect, it } from 'vitest';
import { optionsSchema } from '../../../platforms/tiktok/rules.ts';
import { tiktok } from '../../../platforms/tiktok/index.ts';
import { broken, expectEdge, type Changes, type Edge } from '../support/subjects.ts';

const PUBLIC = { privacyLevel: 'PUBLIC_TO_EVERYONE' };
const FRIENDS = { privacyLevel: 'MUTUAL_FOLLOW_FRIENDS' };
const x = (length: number): string => 'x'.repeat(length);
const photos = (count: number) => Array.from({ length: count }, () => ({}));
const facts = (...all: readonly Changes['facts'][]): readonly Changes[] => all.map((each) => ({ facts: each ?? null }));

const videoEdges: readonly Edge[] = [
  // Each of these characters is two units of UTF-16, and the blank line counts.
  { rule: 'caption_max', field: 'title', at: [{ title: x(2200), description: null }, { title: '🎬'.repeat(1100), description: null }], over: [{ title: `${'🎬'.repeat(1100)}x`, description: null }], value: 2201, limit: 2200 },
  { rule: 'caption_max', field: 'description', at: [{ title: x(100), description: x(2098) }], over: [{ title: x(100), description: x(2099) }], value: 2201, limit: 2200 },
  { rule: 'size_max', field: 'fileSize', at: [{ size: 3_999_999_999 }, { size: 4_000_000_000 }], over: [{ size: 4_000_000_001 }], value: 4_000_000_001, limit: 4_000_000_000 },
  { rule: 'duration_min', field: 'file', at: facts({ duration: 3.001 }, { duration: 3 }, null), over: facts({ duration: 2.999 }), value: 2.999, limit: 3 },
  { rule: 'duration_max', field: 'file', at: facts({ duration: 599.999 }, { duration: 600 }), over: facts({ duration: 600.001 }), value: 600.001, limit: 600 },
  { rule: 'fps_min', field: 'file', at: facts({ frameRate: 23.976 }, { frameRate: 23 }, { frameRate: null }), over: facts({ frameRate: 22.98 }), value: 22.98, limit: 23 },
  { rule: 'fps_max', field: 'file', at: facts({ frameRate: 59.94 }, { frameRate: 60.004 }), over: facts({ frameRate: 60.01 }), value: 60.01, limit: 60 },
  { rule: 'width_min', field: 'file', at: facts({ width: 361 }, { width: 360 }), over: facts({ width: 359 }), value: 359, limit: 360 },
  { rule: 'width_max', field: 'file', at: facts({ width: 4095 }, { width: 4096 }), over: facts({ width: 4097 }), value: 4097, limit: 4096 },
  { rule: 'height_min', field: 'file', at: facts({ height: 361 }, { height: 360 }), over: facts({ height: 359 }), value: 359, limit: 360 },
  { rule: 'height_max', field: 'file', at: facts({ height: 4095 }, { height: 4096 }), over: facts({ height: 4097 }), value: 4097, limit: 4096 },
  { rule: 'video_codec', field: 'file', at: facts({ videoCodec: 'hevc' }, { videoCodec: 'vp9' }, { videoCodec: null }), over: facts({ videoCodec: 'av1' }), value: 'av1', limit: 'h264, hevc, vp8, vp9' },
  { rule: 'audio_codec', field: 'file', at: facts({ audioCodec: null }, { container: 'webm', videoCodec: 'vp9', audioCodec: 'opus' }), over: facts({ audioCodec: 'mp3' }), value: 'mp3', limit: 'aac' },
  { rule: 'container', field: 'contentType', at: [{ facts: { container: 'mov' } }, { contentType: 'video/webm', facts: null }], over: [{ contentType: 'video/x-matroska', facts: null }, { facts: { container: 'mkv' } }], value: 'mkv', limit: 'mp4, mov, webm' },
];

const photoEdges: readonly Edge[] = [
  { rule: 'count_max', field: 'media', at: [{ photos: [{}] }, { photos: photos(34) }, { photos: photos(35) }], over: [{ photos: photos(36) }], value: 36, limit: 35 },
  { rule: 'size_max', field: 'media[1]', at: [{ photos: [{ size: 19_999_999 }, { size: 20_000_000 }] }], over: [{ photos: [{}, { size: 20_000_001 }] }], value: 20_000_001, limit: 20_000_000 },
  { rule: 'format', field: 'media[0]', at: [{ photos: [{ image: { format: 'webp' } }, { image: null }] }], over: [{ photos: [{ image: { format: 'png' } }] }, { photos: [{ contentType: 'image/png', image: null }] }], value: 'png', limit: 'jpeg, webp' },
  { rule: 'long_side_max', field: 'media[0]', at: [{ photos: [{ image: { width: 1919, height: 1080 } }, { image: { width: 1080, height: 1920 } }] }], over: [{ photos: [{ image: { width: 1921, height: 1000 } }] }, { photos: [{ image: { width: 1000, height: 1921 } }] }], value: 1921, limit: 1920 },
  { rule: 'short_side_max', field: 'media[0]', at: [{ photos: [{ image: { width: 1079, height: 1920 } }, { image: { width: 1920, height: 1080 } }] }], over: [{ photos: [{ image: { width: 1081, height: 1920 } }] }, { photos: [{ image: { width: 1920, height: 1081 } }] }], value: 1081, limit: 1080 },
  { rule: 'title_max', field: 'title', at: [{ title: x(89) }, { title: '🎬'.repeat(45) }], over: [{ title: x(91) }, { title: `${'🎬'.repeat(45)}x` }], value: 91, limit: 90 },
  { rule: 'description_max', field: 'description', at: [{ description: x(4000) }, { description: null }], over: [{ description: x(4001) }], value: 4001, limit: 4000 },
];

const withPrivacy = (edge: Edge): Edge => ({ ...edge, at: edge.at.map(asPublic), over: edge.over.map(asPublic) });
const asPublic = (changes: Changes): Changes => ({ options: PUBLIC, ...changes });

describe('what TikTok takes', () => {
  it.each(videoEdges)('of a video, $rule ($field)', (edge) => expectEdge(tiktok, withPrivacy(edge)));

  it.each(photoEdges)('of photos, $rule ($field)', (edge) => expectEdge(tiktok, withPrivacy({ kind: 'photos', ...edge })));

  it('is no text alone', () => {
    expect(broken(tiktok, { kind: 'text', options: PUBLIC })).toEqual(['tiktok.text.supported']);
  });

  it('has the length that TikTok told for this account, where it did', () => {
    const limits = { 'video.duration_max': 60 };
    expect(broken(tiktok, { options: PUBLIC, limits, facts: { duration: 61 } })).toEqual(['tiktok.video.duration_max']);
    expect(broken(tiktok, { options: PUBLIC, limits, facts: { duration: 60 } })).toEqual([]);
  });
});

describe('the options for TikTok', () => {
  it.each(['video', 'photos'] as const)('have to say who can see a post (%s)', (kind) => {
    for (const options of [undefined, {}, { disableComment: true }]) expect(broken(tiktok, { kind, options })).toEqual([`tiktok.${kind}.privacy_level_required`]);
    for (const privacyLevel of ['PUBLIC_TO_EVERYONE', 'MUTUAL_FOLLOW_FRIENDS', 'FOLLOWER_OF_CREATOR', 'SELF_ONLY']) {
      expect(broken(tiktok, { kind, options: { privacyLevel } })).toEqual([]);
    }
  });

  it('take a paid partnership only where everybody sees it', () => {
    expect(broken(tiktok, { options: { ...PUBLIC, brandContentToggle: true } })).toEqual([]);
    expect(broken(tiktok, { options: { ...FRIENDS, brandContentToggle: false, brandOrganicToggle: true } })).toEqual([]);
    expect(broken(tiktok, { options: { ...FRIENDS, brandContentToggle: true } })).toEqual(['tiktok.video.brand_content_privacy']);
  });

  it('have the label for artificial intelligence for videos only, and what else is for one kind does not disturb the other', () => {
    const options = { ...PUBLIC, disableDuet: true, disableStitch: true, autoAddMusic: true };
    expect(broken(tiktok, { options: { ...options, isAigc: true } })).toEqual([]);
    expect(broken(tiktok, { kind: 'photos', options: { ...options, isAigc: true } })).toEqual(['tiktok.photos.ai_label']);
    expect(broken(tiktok, { kind: 'photos', options })).toEqual([]);
  });

  it.each([{ privacyLevel: 'EVERYBODY' }, { privacyLevel: null }, { disableComment: 'yes' }, { privacy_level: 'SELF_ONLY' }])('are not %j', (wrong) => {
    expect(optionsSchema.safeParse({ ...PUBLIC, ...wrong }).success).toBe(false);
    expect(broken(tiktok, { options: { ...PUBLIC, ...wrong } })).toEqual(['tiktok.video.options']);
  });
});
