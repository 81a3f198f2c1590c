import { describe, expect, it } from 'vitest';
import { multipartForm } from '../../platforms/multipart.ts';
import { facebookByHand, file, FILE_URL, GRAPH, parsed, refusal, textOf } from './facebook-by-hand.ts';
import { makeMp4, type Mp4 } from './make-mp4.ts';

type Hand = ReturnType<typeof facebookByHand>;

const LANDSCAPE = { width: 1280, height: 720 };

async function status({ get }: Hand, videoId: string): Promise<unknown> {
  return parsed(await get(`${videoId}?fields=status,published`));
}

/** A reel whose file Facebook has fetched and looked at. */
async function reel(hand: Hand, of: Mp4 = {}, headers: Readonly<Record<string, string>> = { file_url: FILE_URL }) {
  hand.files.set(FILE_URL, file(makeMp4(of), 'video/mp4'));
  const started = await hand.ofPage('video_reels', { upload_phase: 'start' });
  const uploaded = await hand.send({ method: 'POST', url: textOf(started, 'upload_url'), headers: { authorization: `OAuth ${hand.page.accessToken}`, ...headers } });
  await new Promise((resolve) => setImmediate(resolve));
  return { videoId: textOf(started, 'video_id'), uploaded };
}

const finish = (hand: Hand, videoId: string, more: Readonly<Record<string, string>> = {}) =>
  hand.ofPage('video_reels', { upload_phase: 'finish', video_id: videoId, video_state: 'PUBLISHED', description: 'Sea', ...more });

describe('a reel', () => {
  it('goes through its phases and is public when it is processed and finished', async () => {
    const hand = facebookByHand();
    const { videoId, uploaded } = await reel(hand);
    expect(parsed(uploaded)).toEqual({ success: true });
    expect(await status(hand, videoId)).toMatchObject({ published: false, status: { video_status: 'processing', uploading_phase: { status: 'complete' }, processing_phase: { status: 'in_progress' }, publishing_phase: { status: 'not_started' } } });
    hand.clock.advance(60);
    expect(await status(hand, videoId)).toMatchObject({ status: { video_status: 'upload_complete', processing_phase: { status: 'complete' }, publishing_phase: { status: 'not_started' } } });
    expect(await hand.posts()).toEqual([]);
    expect(parsed(await finish(hand, videoId))).toMatchObject({ success: true, post_id: expect.any(String) });
    expect(await status(hand, videoId)).toMatchObject({ published: true, status: { video_status: 'ready', publishing_phase: { status: 'complete', publish_status: 'published' } } });
    expect(await hand.posts()).toMatchObject([{ id: videoId, text: 'Sea', title: null }]);
  });

  it("is read with a slash behind its id too, as Meta's own client asks", async () => {
    const hand = facebookByHand();
    const { videoId } = await reel(hand);
    expect(parsed(await hand.get(`${videoId}/?fields=published`))).toEqual(parsed(await hand.get(`${videoId}?fields=published`)));
  });

  it('that is finished early is public only later; finished once, it is not finished again', async () => {
    const hand = facebookByHand();
    const { videoId } = await reel(hand);
    expect(parsed(await finish(hand, videoId))).toMatchObject({ success: true });
    expect(await status(hand, videoId)).toMatchObject({ status: { publishing_phase: { status: 'in_progress' } } });
    expect(await hand.posts()).toEqual([]);
    hand.clock.advance(60);
    expect(await hand.posts()).toHaveLength(1);
    expect(refusal(await finish(hand, videoId))).toEqual([400, 100]);
    expect(await hand.posts()).toHaveLength(1);
  });

  it.each<[string, Mp4]>([
    ['too short', { duration: 2.9 }],
    ['too long', { duration: 90.5 }],
    ['too small', { width: 538, height: 958 }],
    ['not upright', LANDSCAPE],
    ['too slow', { frameRate: 23 }],
    ['of another codec', { codec: 'mp4v' }],
    ['no MP4', { brand: 'qt  ' }],
  ])('that is %s fails in processing', async (_what, of) => {
    const hand = facebookByHand();
    const { videoId } = await reel(hand, of);
    hand.clock.advance(60);
    expect(await status(hand, videoId)).toMatchObject({ status: { video_status: 'error', processing_phase: { status: 'error', errors: [{ code: 1_363_024 }] } } });
    expect(refusal(await finish(hand, videoId))).toEqual([400, 352, 1_363_024]);
    expect(await hand.posts()).toEqual([]);
  });

  it('that cannot be fetched says so, and one without bytes cannot be finished', async () => {
    const hand = facebookByHand();
    const { videoId } = await reel(hand, {}, { file_url: 'https://media.test/nothing' });
    expect(await status(hand, videoId)).toMatchObject({ status: { video_status: 'upload_failed', uploading_phase: { status: 'error', errors: [{ code: 389 }] } } });
    const empty = textOf(await hand.ofPage('video_reels', { upload_phase: 'start' }), 'video_id');
    expect(refusal(await finish(hand, empty))).toEqual([400, 6000]);
    hand.clock.advance(24 * 3600);
    expect(await status(hand, empty)).toMatchObject({ status: { video_status: 'expired' } });
  });

  it('is pushed in one piece from the offset that is there', async () => {
    const hand = facebookByHand();
    const bytes = makeMp4();
    const started = await hand.ofPage('video_reels', { upload_phase: 'start' });
    const push = (headers: Readonly<Record<string, string>>, body: Uint8Array) =>
      hand.send({ method: 'POST', url: textOf(started, 'upload_url'), headers: { authorization: `OAuth ${hand.page.accessToken}`, ...headers }, body });
    expect(parsed(await push({ offset: 'x', file_size: String(bytes.length) }, bytes))).toMatchObject({ debug_info: { message: 'Header Offset not convertable' } });
    expect((await push({ offset: '1', file_size: String(bytes.length) }, bytes)).status).toBe(400);
    expect(parsed(await push({ offset: '0', file_size: String(bytes.length) }, bytes))).toEqual({ success: true });
  });

  it('takes the token as OAuth alone at the address for the upload', async () => {
    const hand = facebookByHand();
    const started = await hand.ofPage('video_reels', { upload_phase: 'start' });
    const upload = (authorization: string) => hand.send({ method: 'POST', url: textOf(started, 'upload_url'), headers: { authorization, file_url: FILE_URL } });
    expect(refusal(await upload(`Bearer ${hand.page.accessToken}`))).toEqual([401, 190]);
    expect(refusal(await upload('OAuth nonsense'))).toEqual([401, 190]);
  });

  it('comes at most thirty times in 24 hours', async () => {
    const hand = facebookByHand({ caps: { facebook: { reelsPerDay: 1 } } });
    expect(parsed(await finish(hand, (await reel(hand)).videoId))).toMatchObject({ success: true });
    const { videoId } = await reel(hand);
    expect(refusal(await finish(hand, videoId))).toEqual([400, 613]);
    hand.clock.advance(24 * 3600 - 1);
    const last = await reel(hand);
    expect(refusal(await finish(hand, last.videoId))).toEqual([400, 613]);
    hand.clock.advance(1);
    expect(parsed(await finish(hand, last.videoId))).toMatchObject({ success: true });
  });
});

const MiB = 1024 * 1024;

async function session(hand: Hand, bytes: Uint8Array) {
  const started = await hand.ofPage('videos', { upload_phase: 'start', file_size: String(bytes.byteLength) });
  return { session: textOf(started, 'upload_session_id'), videoId: textOf(started, 'video_id'), started: parsed(started) };
}

function slice(hand: Hand, uploadSession: string, start: number, bytes: Uint8Array) {
  const { contentType, body } = multipartForm({ upload_phase: 'transfer', upload_session_id: uploadSession, start_offset: String(start) }, { field: 'video_file_chunk', fileName: 'x', bytes });
  return hand.send({ method: 'POST', url: `${GRAPH}/v25.0/${hand.page.externalId}/videos`, headers: { authorization: `Bearer ${hand.page.accessToken}`, 'content-type': contentType }, body });
}

describe('another video', () => {
  it('comes in the slices that are wanted, and is public when it is processed after its finish', async () => {
    const hand = facebookByHand();
    const bytes = makeMp4({ ...LANDSCAPE, size: MiB + 10 });
    const { session: id, videoId, started } = await session(hand, bytes);
    expect(started).toMatchObject({ start_offset: '0', end_offset: String(MiB) });
    expect(refusal(await slice(hand, id, 5, bytes.subarray(5, 10)))).toEqual([400, 6001, 1_363_037]);
    expect(parsed(await slice(hand, id, 5, bytes.subarray(5, 10)))).toMatchObject({ error: { error_data: { start_offset: 0, end_offset: MiB } } });
    expect(parsed(await slice(hand, id, 0, bytes.subarray(0, MiB)))).toEqual({ start_offset: String(MiB), end_offset: String(MiB + 10) });
    expect(refusal(await hand.ofPage('videos', { upload_phase: 'finish', upload_session_id: id }))).toEqual([400, 6000]);
    expect(parsed(await slice(hand, id, MiB, bytes.subarray(MiB)))).toEqual({ start_offset: String(MiB + 10), end_offset: String(MiB + 10) });
    expect(parsed(await hand.ofPage('videos', { upload_phase: 'finish', upload_session_id: id, title: 'Harbour', published: 'true' }))).toEqual({ success: true });
    expect(await hand.posts()).toEqual([]);
    hand.clock.advance(60);
    expect(await hand.posts()).toMatchObject([{ id: videoId, title: 'Harbour', text: null }]);
  });

  it('that is upright becomes a draft that nobody sees', async () => {
    const hand = facebookByHand();
    const bytes = makeMp4();
    const { session: id, videoId } = await session(hand, bytes);
    await slice(hand, id, 0, bytes);
    expect(parsed(await hand.ofPage('videos', { upload_phase: 'finish', upload_session_id: id }))).toEqual({ success: true });
    hand.clock.advance(60);
    expect(await status(hand, videoId)).toMatchObject({ published: false, status: { video_status: 'ready', publishing_phase: { publish_status: 'draft' } } });
    expect(await hand.posts()).toEqual([]);
  });

  it('in phases that are not known, or with fields that are not, is refused', async () => {
    const hand = facebookByHand();
    expect(refusal(await hand.ofPage('videos', { file_url: FILE_URL }))).toEqual([400, 2500]);
    expect(refusal(await hand.ofPage('videos', { upload_phase: 'start', file_size: '10', colour: 'red' }))).toEqual([400, 100]);
    expect(refusal(await hand.ofPage('videos', { upload_phase: 'start', file_size: '0' }))).toEqual([400, 352, 1_363_023]);
    expect(refusal(await hand.ofPage('videos', { upload_phase: 'finish', upload_session_id: '1' }))).toEqual([400, 100, 33]);
  });
});
