import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { facebook } from '../../../platforms/facebook/index.ts';
import { makeMp4 } from '../../sandbox/make-mp4.ts';
import { operations, stage, together, when, type Effect } from '../support/stage.ts';
import { answer, formOf, scriptedTools, TOKEN, workOf } from '../support/tools.ts';
import { graph } from '../support/words.ts';

const PAGE = '17841400000000001';
const PROOF = createHmac('sha256', 'its-secret').update(TOKEN).digest('hex');
const UPRIGHT = { container: 'mp4', duration: 10, width: 540, height: 960, videoCodec: 'h264', audioCodec: 'aac', frameRate: 30 };
const started = answer(200, { video_id: '77', upload_url: 'https://rupload.test/video-upload/v25.0/77' });
const done = answer(200, { success: true });

function reel(changes: Parameters<typeof workOf>[1] = {}) {
  const [video] = workOf(1000).upload.media;
  if (video === undefined) throw new Error('There is no video.');
  return workOf(1000, { ...changes, upload: { media: [{ ...video, facts: UPRIGHT }] } });
}

/** What a video says of itself. */
function says(videoStatus: string, phases: { uploading?: string; processing?: string; publishing?: string; publish_status?: string; errors?: readonly object[] } = {}) {
  const { uploading = 'complete', processing = 'complete', publishing = 'not_started', errors = [], ...rest } = phases;
  const of = (status: string) => ({ status, ...(status === 'error' && { errors }) });
  return { id: '77', status: { video_status: videoStatus, uploading_phase: of(uploading), processing_phase: of(processing), publishing_phase: { ...of(publishing), ...rest } } };
}

function told(...said: Parameters<typeof says>): Effect {
  return { effect: 'refuse', status: 200, body: says(...said) };
}

describe('a reel', () => {
  it('has its id before Facebook is told where the file lies; the token goes in headers, with a proof', async () => {
    const tools = scriptedTools([started, done]);
    expect(await facebook.transfer(reel(), tools)).toEqual({ kind: 'again', afterSeconds: 5 });
    const [start, fetch] = tools.requests;
    expect(start).toMatchObject({ method: 'POST', url: `https://graph.test/v25.0/${PAGE}/video_reels?appsecret_proof=${PROOF}`, headers: { authorization: `Bearer ${TOKEN}` } });
    expect(formOf(start)).toEqual({ upload_phase: 'start' });
    expect(fetch).toEqual({
      method: 'POST',
      url: 'https://rupload.test/video-upload/v25.0/77',
      headers: { authorization: `OAuth ${TOKEN}`, file_url: 'https://media.test/one.mp4?X-Amz-Signature=abc&X-Amz-Expires=21600' },
    });
    expect(tools.checkpoints).toMatchObject([{ flow: 'reel', videoId: '77', fetches: 0 }, { fetches: 1 }]);
    expect(JSON.stringify(tools.checkpoints)).not.toContain(TOKEN);
  });

  it('is not sent with the token to an address that is not Facebook’s', async () => {
    for (const url of ['https://rupload.test.evil.example/77', 'http://rupload.test/77', 'nonsense']) {
      const tools = scriptedTools([answer(200, { video_id: '77', upload_url: url })]);
      expect(await facebook.transfer(reel(), tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
      expect(tools.requests).toHaveLength(1);
    }
  });

  it('is asked for in the other form after the server for uploads refused the first one, and not for ever', async () => {
    const refused: Effect = { effect: 'refuse', status: 400, body: { debug_info: { message: 'Header Offset not convertable' } } };
    const world = await stage(facebook, when(facebook, 'reel.upload', [1], () => refused));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    const asked = world.seen.filter(({ operation }) => operation === 'reel.upload').map(({ request }) => Object.keys(request.headers));
    expect(asked).toEqual([['file_url', 'authorization'], ['file_url', 'offset', 'file_size', 'authorization']]);

    const never = await stage(facebook, when(facebook, 'reel.upload', 'always', () => refused));
    expect(await never.run()).toMatchObject({ status: 'failed', error: { code: 'internal_error' } });
    expect(operations(never).filter((name) => name === 'reel.start')).toHaveLength(2);
    expect(operations(never).filter((name) => name === 'reel.upload')).toHaveLength(8);
  });

  it('is published when it is processed, and looked at until it is out', async () => {
    const world = await stage(facebook);
    expect(await world.run()).toMatchObject({ status: 'uploaded', receipt: { externalUrl: expect.stringContaining('https://www.facebook.com/reel/') } });
    expect(operations(world).slice(-3)).toEqual(['video.read', 'reel.finish', 'video.read']);
    const finish = world.seen.find(({ operation }) => operation === 'reel.finish');
    expect(formOf(finish?.request)).toMatchObject({ upload_phase: 'finish', video_state: 'PUBLISHED', description: expect.stringContaining('harbour') });
  });

  it('waits for a slow processing with growing pauses, and is not given up for it', async () => {
    const world = await stage(facebook, { processingSeconds: 3600 });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 1 } });
    expect(operations(world).filter((name) => name === 'video.read').length).toBeLessThan(60);
  });

  it.each([
    ['a file that Facebook cannot use', says('error', { processing: 'error', errors: [{ code: 1_363_024, message: 'bad codec' }] }), 1, 'media_rejected'],
    ['an error that nobody knows', says('error', { processing: 'error' }), 3, 'media_rejected'],
    ['a file that cannot be fetched', says('upload_failed', { uploading: 'error', errors: [{ code: 389, message: 'no' }] }), 2, 'internal_error'],
    ['a video that has expired', says('expired'), 3, 'platform_unavailable'],
  ])('fails for good after %s', async (_what, said, starts, code) => {
    const world = await stage(facebook, when(facebook, 'video.read', 'always', () => ({ effect: 'refuse', status: 200, body: said })));
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code } });
    expect(operations(world).filter((name) => name === 'reel.start')).toHaveLength(starts);
    expect(operations(world)).not.toContain('reel.finish');
  });

  it('is begun anew when it is not there any more', async () => {
    const world = await stage(facebook, when(facebook, 'video.read', [1], () => ({ effect: 'refuse', ...graph(400, { code: 100, error_subcode: 33 }) })));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'reel.start')).toHaveLength(2);
  });

  it('is not begun anew where it is not to be seen and may have been published', async () => {
    const checkpoint = { flow: 'reel', videoId: '77', uploadUrl: 'https://rupload.test/video-upload/v25.0/77', fetches: 1, polls: 3, failed: {} };
    const missing = answer(400, graph(400, { code: 100, error_subcode: 33 }).body);
    const doubted = scriptedTools([missing]);
    expect(await facebook.transfer(reel({ checkpoint, attempts: { made: 1, doubtedSince: '2026-11-21T11:00:00Z' } }), doubted)).toMatchObject({ kind: 'trouble', trouble: { class: 'auth_revoked' } });
    expect(doubted.checkpoints).toEqual([]);
    const surely = scriptedTools([missing]);
    await facebook.transfer(reel({ checkpoint }), surely);
    expect(surely.checkpoints).toEqual([{ flow: 'nothing', failed: { 6000: 1 } }]);
  });

  it('that the stand-in refuses for what it is fails with its words', async () => {
    const world = await stage(facebook, { file: makeMp4({ duration: 91 }) });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'media_rejected' } });
    expect(await world.sandbox.posts('facebook')).toEqual([]);
  });
});

const refused = (code: number, subcode?: number) => answer(400, graph(400, { code, ...(subcode !== undefined && { error_subcode: subcode }) }).body);

describe('finishing a reel', () => {
  const body = { flow: 'reel', pageId: PAGE, videoId: '77', description: 'A title' };
  const finish = (said: Parameters<typeof scriptedTools>[0][number], doubtedSince: string | null = null) =>
    facebook.publish(reel({ attempts: { made: 1, doubtedSince } }), body, scriptedTools([said]));
  it('is believed to be accepted by its success alone', async () => {
    expect(await finish(done)).toMatchObject({ kind: 'accepted', afterSeconds: 5 });
    for (const said of [answer(200, { success: false }), answer(200, '<html>'), answer(500), answer(400, 'no'), answer(302), refused(1), refused(2)]) {
      expect(await finish(said)).toMatchObject({ kind: 'ambiguous' });
    }
  });

  it('goes on with the same reel where it was not ready, or its bytes are missing', async () => {
    expect(await finish(refused(9007))).toMatchObject({ kind: 'refused', unfinished: true, trouble: { class: 'retryable' } });
    expect(await finish(refused(6000))).toMatchObject({ kind: 'refused', unfinished: true, trouble: { class: 'retryable' } });
    expect(await finish(refused(100, 33))).toMatchObject({ kind: 'refused', unfinished: true, trouble: { class: 'retryable' } });
  });

  it('is refused in Facebook’s own words, unless an earlier attempt is in doubt', async () => {
    expect(await finish(refused(100))).toMatchObject({ kind: 'refused', trouble: { class: 'invalid_metadata' } });
    expect(await finish(refused(100), '2026-11-21T11:00:00Z')).toMatchObject({ kind: 'ambiguous' });
    expect(await finish(refused(190, 463), '2026-11-21T11:00:00Z')).toMatchObject({ kind: 'refused', trouble: { class: 'auth_expired' } });
    expect(await finish(refused(613), '2026-11-21T11:00:00Z')).toMatchObject({ kind: 'refused', trouble: { class: 'rate_limited' } });
  });

  it('waits an hour and more while the page has had its 30 reels', async () => {
    const world = await stage(facebook, { caps: { facebook: { reelsPerDay: 0 } } });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'rate_limited' } });
    expect(await world.sandbox.posts('facebook')).toEqual([]);
  });
});

describe('a reel whose publishing is in doubt', () => {
  const body = { flow: 'reel', pageId: PAGE, videoId: '77', description: 'A title' };
  const look = (said: object, n = 1) => facebook.confirm(reel(), body, { n, armedAt: '2026-11-21T12:00:00Z' }, scriptedTools([answer(200, said)]));

  it('is found when its phase of publishing is complete', async () => {
    expect(await look({ ...says('ready', { publishing: 'complete', publish_status: 'published' }), permalink_url: '/reel/77/' })).toEqual({ kind: 'found', externalId: '77', externalUrl: 'https://www.facebook.com/reel/77/' });
    expect(await look(says('ready', { publishing: 'complete', publish_status: 'published' }))).toMatchObject({ externalUrl: 'https://www.facebook.com/reel/77' });
  });

  it('is not believed to be out because it says `published` before it was asked to be', async () => {
    expect(await look({ ...says('ready'), published: true })).toMatchObject({ kind: 'absent', artefactLost: false });
  });

  it('is kept after however many attempts that did nothing: of another one there could be two posts', async () => {
    for (const n of [1, 3, 30]) expect(await look(says('upload_complete'), n)).toMatchObject({ kind: 'absent', artefactLost: false });
    expect(await look(says('uploading', { uploading: 'not_started' }))).toMatchObject({ kind: 'absent', artefactLost: false, unfinished: true });
  });

  it('is undecided while it is processed or published, and where it cannot be seen', async () => {
    expect(await look(says('processing', { processing: 'in_progress' }))).toMatchObject({ kind: 'undecided', trouble: null });
    expect(await look(says('processing', { publishing: 'in_progress' }))).toMatchObject({ kind: 'undecided', trouble: null });
    const missing = scriptedTools([answer(400, graph(400, { code: 100, error_subcode: 33 }).body)]);
    expect(await facebook.confirm(reel(), body, { n: 1, armedAt: '2026-11-21T12:00:00Z' }, missing)).toMatchObject({ kind: 'undecided' });
  });

  it('fails with Facebook’s reason when it came to nothing after it was accepted', async () => {
    const broken = told('error', { processing: 'error', errors: [{ code: 1_363_024, message: 'bad codec' }] });
    let finished = false;
    const world = await stage(
      facebook,
      together(
        when(facebook, 'reel.finish', [1], () => {
          finished = true;
          return { effect: 'refuse', status: 200, body: { success: true } };
        }),
        when(facebook, 'video.read', 'always', () => (finished ? broken : undefined)),
      ),
    );
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'media_rejected', platformMessage: 'bad codec' }, proofs: [{ kind: 'absent' }] });
    expect(operations(world).filter((name) => name === 'reel.finish')).toHaveLength(1);
  });

  it('is finished again, with the same id, when the first call did not arrive', async () => {
    const world = await stage(facebook, when(facebook, 'reel.finish', [1], () => ({ effect: 'drop_before' })));
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 }, proofs: [{ kind: 'absent' }] });
    const ids = world.seen.filter(({ operation }) => operation === 'reel.finish').map(({ request }) => formOf(request)['video_id']);
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(2);
  });
});
