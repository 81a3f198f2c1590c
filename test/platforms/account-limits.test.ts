import { describe, expect, it } from 'vitest';
import type { AccountLimits } from '../../core/model.ts';
import type { HttpAnswer } from '../../core/ports/index.ts';
import type { Platform } from '../../platforms/platform.ts';
import { facebook } from '../../platforms/facebook/index.ts';
import { instagram } from '../../platforms/instagram/index.ts';
import { platforms } from '../../platforms/registry.ts';
import { threads } from '../../platforms/threads/index.ts';
import { tiktok } from '../../platforms/tiktok/index.ts';
import { x } from '../../platforms/x/index.ts';
import { youtube } from '../../platforms/youtube/index.ts';
import { stage } from './support/stage.ts';
import { broken } from './support/subjects.ts';
import { answer, scriptedTools, workOf } from './support/tools.ts';

const account = { externalId: '17841400000000001', name: 'ada' };
const creator = (changes: object) =>
  answer(200, { data: { creator_username: 'ada', privacy_level_options: ['SELF_ONLY'], max_video_post_duration_sec: 60, ...changes }, error: { code: 'ok', message: '', log_id: '1' } });
const channel = (longUploadsStatus?: string) => answer(200, { items: [{ id: 'UC1', status: { privacyStatus: 'public', longUploadsStatus } }] });
const subscription = (type: string) => answer(200, { data: { id: '1', name: 'Ada', username: 'ada', subscription_type: type } });
const published = (quota_usage: number, quota_total: number) => answer(200, { data: [{ quota_usage, config: { quota_total, quota_duration: 86_400 } }] });

/** What each network says of an account, and what that means. */
const told: readonly (readonly [Platform, HttpAnswer, AccountLimits])[] = [
  [tiktok, creator({}), { 'video.duration_max': 60, 'video.privacy_level': ['SELF_ONLY'], 'photos.privacy_level': ['SELF_ONLY'] }],
  [tiktok, creator({ max_video_post_duration_sec: undefined, privacy_level_options: [] }), { 'video.privacy_level': [], 'photos.privacy_level': [] }],
  [facebook, answer(200, { video_upload_limits: { length: 1200, size: 1_000_000_000 }, id: '1' }), { 'video.duration_max': 1200, 'video.size_max': 1_000_000_000 }],
  [facebook, answer(200, { id: '1' }), {}],
  [instagram, published(3, 25), { posts_per_day: 25 }],
  [threads, published(0, 250), { posts_per_day: 250 }],
  [x, subscription('None'), {}],
  [x, subscription('Premium'), { 'video.text_max': 25_000, 'photos.text_max': 25_000, 'text.text_max': 25_000, 'video.duration_max': 14_400, 'video.size_max': 8_000_000_000 }],
  [youtube, channel('allowed'), {}],
  [youtube, channel(), {}],
  [youtube, channel('eligible'), { 'video.duration_max': 900 }],
  [youtube, channel('disallowed'), { 'video.duration_max': 900 }],
];

/** What a video that lies on its side breaks. */
const lasting = (duration: number, limits: AccountLimits, platform = youtube) => broken(platform, { facts: { duration, width: 1920, height: 1080 }, limits, options: platform === tiktok ? { privacyLevel: 'SELF_ONLY' } : undefined });

/** A video of so many seconds, inspected. */
const work = (duration: number) => {
  const [video] = workOf(10).upload.media;
  if (video?.facts === undefined) throw new Error('There is no video.');
  return workOf(10, { upload: { media: [{ ...video, facts: { container: 'mp4', duration, width: 1920, height: 1080, videoCodec: 'h264', audioCodec: 'aac', frameRate: 30 } }] } });
};

describe('the limits that a network tells of an account', () => {
  it.each(told.map(([platform, said, limits]) => [platform.network, limits, platform, said] as const))('of %s are %j', async (_, limits, platform, said) => {
    const tools = scriptedTools([said]);
    expect(await platform.accountLimits?.read(account, tools)).toEqual({ kind: 'limits', limits });
    expect(tools.requests).toHaveLength(1);
    expect(JSON.stringify(limits)).not.toContain('null');
  });

  const asking = platforms.filter(({ accountLimits }) => accountLimits !== undefined);
  it.each(asking.map((platform) => [platform.network, platform] as const))('of %s are of rules that it has', (_, platform) => {
    const rules = [...platform.limits.map(({ kind, check }) => `${kind}.${check}`), 'video.privacy_level', 'photos.privacy_level'];
    expect(rules).toEqual(expect.arrayContaining([...(platform.accountLimits?.rules ?? [])]));
  });

  it.each(asking.map((platform) => [platform.network, platform] as const))('of %s are trouble where it does not answer', async (_, platform) => {
    const tools = scriptedTools([{ kind: 'never_sent', reason: 'nobody there' }]);
    expect(await platform.accountLimits?.read(account, tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
  });

  it('lower and raise what its rules let pass, at the very edge', () => {
    expect(lasting(901, {})).toEqual([]);
    expect(lasting(900, { 'video.duration_max': 900 })).toEqual([]);
    expect(lasting(900.001, { 'video.duration_max': 900 })).toEqual(['youtube.video.duration_max']);
    expect(lasting(140.001, {}, x)).toEqual(['x.video.duration_max']);
    expect(lasting(14_400, { 'video.duration_max': 14_400 }, x)).toEqual([]);
    expect(lasting(700, { 'video.duration_max': 700, 'video.privacy_level': ['SELF_ONLY'] }, tiktok)).toEqual([]);
    expect(lasting(10, { 'video.privacy_level': ['PUBLIC_TO_EVERYONE'] }, tiktok)).toEqual(['tiktok.video.privacy_level']);
  });

  it('of a page are not those of its reels', () => {
    const limits = { 'video.duration_max': 1200 };
    expect(broken(facebook, { facts: { duration: 1200.5, width: 1920, height: 1080 }, limits })).toEqual(['facebook.video.duration_max']);
    expect(broken(facebook, { facts: { duration: 91, width: 540, height: 960 }, limits })).toEqual(['facebook.video.duration_max']);
  });
});

describe('a long video on YouTube', () => {
  const opened = answer(200, '', { location: 'https://api.test/upload/youtube/v3/videos?upload_id=1' });

  it('is sent only if the channel may have it, which is asked and kept', async () => {
    const verified = scriptedTools([channel('allowed'), opened]);
    expect(await youtube.transfer(work(900.001), verified)).toMatchObject({ kind: 'ready' });
    expect(verified.limits).toEqual([{}]);
    const other = scriptedTools([channel('eligible')]);
    expect(await youtube.transfer(work(900.001), other)).toMatchObject({ kind: 'trouble', trouble: { class: 'invalid_media', message: expect.stringMatching('verif') } });
    expect(other.limits).toEqual([{ 'video.duration_max': 900 }]);
  });

  it('of 15 minutes costs no question', async () => {
    const tools = scriptedTools([opened]);
    expect(await youtube.transfer(work(900), tools)).toMatchObject({ kind: 'ready' });
    expect(tools.requests).toHaveLength(1);
  });
});

describe('what publishing finds out of an account', () => {
  it('is kept on it', async () => {
    const world = await stage(tiktok, {});
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect((await world.account()).limits).toMatchObject({ 'video.duration_max': expect.any(Number), 'video.privacy_level': expect.arrayContaining(['SELF_ONLY']) });
  });
});
