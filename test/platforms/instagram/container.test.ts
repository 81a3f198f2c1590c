import { describe, expect, it } from 'vitest';
import { instagram } from '../../../platforms/instagram/index.ts';
import { operations, stage, when, type Effect } from '../support/stage.ts';
import { answer, formOf, scriptedTools, TOKEN, workOf } from '../support/tools.ts';
import { graph } from '../support/words.ts';

const PERSON = '17841400000000001';

/** What a container says of itself. */
function container(statusCode: string, status = statusCode): Effect {
  return { effect: 'refuse', status: 200, body: { id: '17900000000000001', status_code: statusCode, status } };
}

describe('a container', () => {
  const limit = answer(200, { data: [{ quota_usage: 3, config: { quota_total: 50, quota_duration: 86_400 } }] });

  it('is made from a signed address in a form, with the whole caption, the token in a header alone', async () => {
    const options = { shareToFeed: false, thumbOffset: 1500, collaborators: ['ada', 'bob'], locationId: '7', audioName: 'Sea' };
    const tools = scriptedTools([limit, answer(200, { id: '17900000000000001' })]);
    expect(await instagram.transfer(workOf(1000, { options }), tools)).toEqual({ kind: 'again', afterSeconds: 5 });
    const [asked, made] = tools.requests;
    expect(asked).toMatchObject({ method: 'GET', url: `https://graph.test/v25.0/${PERSON}/content_publishing_limit?fields=config%2Cquota_usage` });
    expect(made).toMatchObject({
      method: 'POST',
      url: `https://graph.test/v25.0/${PERSON}/media`,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(formOf(made)).toEqual({
      media_type: 'REELS',
      video_url: 'https://media.test/one.mp4?X-Amz-Signature=abc&X-Amz-Expires=21600',
      caption: 'A title\n\nWhat it is about',
      share_to_feed: 'false',
      thumb_offset: '1500',
      collaborators: '["ada","bob"]',
      location_id: '7',
      audio_name: 'Sea',
    });
    expect(JSON.stringify(tools.requests.map(({ url, body }) => [url, body]))).not.toContain(TOKEN);
    expect(tools.checkpoints).toMatchObject([{ container: '17900000000000001', polls: 0 }]);
  });

  it('may be fetched for six hours', async () => {
    let seconds = 0;
    const signGet = (_media: unknown, expiresIn: number) => Promise.resolve(`https://media.test/${(seconds = expiresIn)}`);
    await instagram.transfer(workOf(1000), scriptedTools([limit, answer(200, { id: '1' })], { signGet }));
    expect(seconds).toBe(6 * 3600);
  });

  it('is looked at soon, then once a minute, then every five', async () => {
    const world = await stage(instagram, { processingSeconds: 30 * 60 });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    // 5 s, 19 times 60 s, then every 300 s until 30 minutes are over.
    expect(world.time.elapsed()).toBe(5 + 19 * 60 + 3 * 300);
    expect(operations(world).filter((name) => name === 'container.read')).toHaveLength(1 + 19 + 3);
  });

  it('is not made while the account may not post: asked again each hour, failed after a day', async () => {
    const world = await stage(instagram, { caps: { instagram: { postsPerDay: 0 } } });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'quota_exhausted', platformMessage: '0 of 0' } });
    expect(new Set(operations(world))).toEqual(new Set(['publishing-limit.read']));
    expect(world.time.elapsed()).toBeGreaterThanOrEqual(24 * 3600);
  });

  it('is made where the network does not say what the account may do', async () => {
    const tools = scriptedTools([answer(200, { data: [{ quota_usage: 60 }] }), answer(200, { id: '1' })]);
    expect(await instagram.transfer(workOf(1000), tools)).toMatchObject({ kind: 'again' });
  });

  it.each([
    ['2207003, the download timed out', 'Error: 2207003', 3, 'platform_unavailable'],
    ['2207052, it cannot be fetched', 'Error: 2207052', 1, 'internal_error'],
    ['2207076, it cannot be processed', 'Error: 2207076', 2, 'media_rejected'],
    ['what nobody knows', 'Error', 2, 'media_rejected'],
  ])('that fails with %s is made anew, and not for ever', async (_what, status, times, code) => {
    for (const failures of [times, times + 1]) {
      const reads = Array.from({ length: failures }, (_, n) => n + 1);
      const world = await stage(instagram, { processingSeconds: 1, ...when(instagram, 'container.read', reads, () => container('ERROR', status)) });
      const ended = await world.run();
      expect(ended.status).toBe(failures === times ? 'uploaded' : 'failed');
      if (failures > times) expect(ended.error).toMatchObject({ code, platformMessage: status });
      expect(operations(world).filter((name) => name === 'container.create')).toHaveLength(times + 1);
      expect(await world.sandbox.posts('instagram')).toHaveLength(failures === times ? 1 : 0);
    }
  });

  it('is given up at once when the file itself is refused', async () => {
    const world = await stage(instagram, when(instagram, 'container.read', [1], () => container('ERROR', 'Error: 2207026')));
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'media_rejected', platformCode: '2207026' } });
  });

  it.each(['EXPIRED', 'missing'])('that is %s before it was published is made anew', async (how) => {
    const said: Effect = how === 'EXPIRED' ? container('EXPIRED') : { effect: 'refuse', ...graph(400, { code: 100, error_subcode: 33 }) };
    const world = await stage(instagram, when(instagram, 'container.read', [1], () => said));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'container.create')).toHaveLength(2);
  });

  it('that is ready is published with its caption noted, to be known again', async () => {
    const checkpoint = { children: [], finished: 0, container: '1', polls: 0, failed: {} };
    const ready = await instagram.transfer(workOf(1000, { checkpoint }), scriptedTools([answer(200, { status_code: 'FINISHED' })]));
    expect(ready).toEqual({ kind: 'ready', checkpoint });
    expect(instagram.compose(workOf(1000, { checkpoint }))).toEqual({ userId: PERSON, container: '1', caption: 'A title\n\nWhat it is about' });
    expect(() => instagram.compose(workOf(1000))).toThrow('no container');
  });
});
