import { describe, expect, it } from 'vitest';
import { reddit } from '../../../platforms/reddit/index.ts';
import { optionsSchema } from '../../../platforms/reddit/rules.ts';
import { broken, expectEdge, type Changes, type Edge } from '../support/subjects.ts';

const options = { subreddit: 'u_ada' };
const a = (length: number): string => 'a'.repeat(length);
const several = (count: number) => Array.from({ length: count }, () => ({}));

const titles: readonly Edge[] = [
  // Code points: an emoji is one.
  { rule: 'title_max', field: 'title', at: [{ title: a(299) }, { title: '🎬'.repeat(300) }], over: [{ title: '🎬'.repeat(301) }], value: 301, limit: 300 },
  { rule: 'title_required', field: 'title', at: [{ title: 'a' }], over: [{ title: '' }, { title: ' \n' }], value: null, limit: null },
];

const videos: readonly Edge[] = [
  ...titles,
  { rule: 'description_max', field: 'description', at: [{ description: a(39_999) }, { description: a(40_000) }], over: [{ description: a(40_001) }], value: 40_001, limit: 40_000 },
  { rule: 'size_max', field: 'fileSize', at: [{ size: 999_999_999 }, { size: 1_000_000_000 }], over: [{ size: 1_000_000_001 }], value: 1_000_000_001, limit: 1_000_000_000 },
  { rule: 'container', field: 'contentType', at: [{ facts: { container: 'mov' } }], over: [{ contentType: 'video/webm', facts: null }], value: 'webm', limit: 'mp4, mov' },
  { rule: 'video_codec', field: 'file', at: [{ facts: { videoCodec: 'h264' } }], over: [{ facts: { videoCodec: 'hevc' } }], value: 'hevc', limit: 'h264' },
  { rule: 'audio_codec', field: 'file', at: [{ facts: { audioCodec: null } }], over: [{ facts: { audioCodec: 'opus' } }], value: 'opus', limit: 'aac' },
  { rule: 'duration_min', field: 'file', at: [{ facts: { duration: 2 } }, { facts: { duration: 2.001 } }], over: [{ facts: { duration: 1.999 } }], value: 1.999, limit: 2 },
  { rule: 'duration_max', field: 'file', at: [{ facts: { duration: 899.999 } }, { facts: { duration: 900 } }], over: [{ facts: { duration: 900.001 } }], value: 900.001, limit: 900 },
];

const photos: readonly Edge[] = [
  ...titles,
  { rule: 'count_max', field: 'media', at: [{ photos: several(1) }, { photos: several(20) }], over: [{ photos: several(21) }], value: 21, limit: 20 },
  { rule: 'size_max', field: 'media[1]', at: [{ photos: [{}, { size: 20_000_000 }] }], over: [{ photos: [{}, { size: 20_000_001 }] }], value: 20_000_001, limit: 20_000_000 },
  { rule: 'format', field: 'media[0]', at: [{ photos: [{ image: { format: 'gif' } }] }], over: [{ photos: [{ image: { format: 'webp' } }] }], value: 'webp', limit: 'jpeg, png, gif' },
  { rule: 'description_max', field: 'description', at: [{ description: a(40_000) }], over: [{ description: a(40_001) }], value: 40_001, limit: 40_000 },
];

const texts: readonly Edge[] = [
  ...titles,
  { rule: 'description_max', field: 'description', at: [{ description: null }, { description: a(40_000) }], over: [{ description: a(40_001) }], value: 40_001, limit: 40_000 },
];

const given = ({ at, over, ...edge }: Edge): Edge => ({ ...edge, at: at.map((changes) => ({ options, ...changes })), over: over.map((changes) => ({ options, ...changes })) });

describe('what Reddit takes, at its edges', () => {
  it.each(videos)('of a video: $rule', (edge) => expectEdge(reddit, given(edge)));
  it.each(photos)('of photos: $rule', (edge) => expectEdge(reddit, given({ kind: 'photos', ...edge })));
  it.each(texts)('of a text: $rule', (edge) => expectEdge(reddit, given({ kind: 'text', ...edge })));
});

describe('the options', () => {
  it.each(['video', 'photos', 'text'] as const)('name the subreddit of a %s', (kind) => {
    const none: readonly Changes[] = [{ kind }, { kind, options: {} }, { kind, options: { nsfw: true } }];
    for (const changes of none) expect(broken(reddit, changes)).toEqual([`reddit.${kind}.subreddit_required`]);
    expect(broken(reddit, { kind, options })).toEqual([]);
  });

  it('name a flair by its id', () => {
    const flairId = '5c2f1b60-0f4e-11ef-8a5e-0242ac120002';
    expect(broken(reddit, { options: { ...options, flairId, flairText: 'News' } })).toEqual([]);
    expect(broken(reddit, { options: { ...options, flairText: 'News' } })).toEqual(['reddit.video.flair_id_required']);
  });

  it.each([{ subreddit: 'r/pics' }, { subreddit: 'a' }, { subreddit: 'https://reddit.com/r/pics' }, { subreddit: 'pics/../../api' }, { flairId: 'news' }, { more: 1 }])('are refused as %j', (odd) => {
    expect(optionsSchema.safeParse({ ...options, ...odd }).success).toBe(false);
    expect(broken(reddit, { options: { ...options, ...odd } })).toEqual(['reddit.video.options']);
  });
});
