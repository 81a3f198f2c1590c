import { describe, expect, it } from 'vitest';
import { facebook } from '../../../platforms/facebook/index.ts';
import { makeMp4 } from '../../sandbox/make-mp4.ts';
import { operations, stage, when } from '../support/stage.ts';
import { answer, formOf, scriptedTools, streamed, workOf } from '../support/tools.ts';
import { graph } from '../support/words.ts';

const MiB = 1024 * 1024;
const PAGE = '17841400000000001';
const landscape = makeMp4({ width: 1280, height: 720, size: 2.5 * MiB });
const limits = answer(200, { id: PAGE, video_upload_limits: { length: 14_400, size: 10_000_000_000 } });
const session = (end: number) => answer(200, { upload_session_id: '5', video_id: '77', start_offset: '0', end_offset: String(end) });
const wants = (start: number, end: number) => answer(200, { start_offset: String(start), end_offset: String(end) });
const mismatch = (start: number, end: number) =>
  answer(400, { error: { code: 6001, error_subcode: 1_363_037, message: 'x', error_data: { start_offset: start, end_offset: end } } });

describe('a video that is no reel', () => {
  it('is sent in the slices that Facebook wants, read by range, and finished with title and text', async () => {
    const world = await stage(facebook, { file: landscape });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 1 }, bytesSent: landscape.byteLength });
    expect(operations(world)).toEqual(['page.read', 'video.start', 'video.slice', 'video.slice', 'video.slice', 'video.finish', 'video.read']);
    expect(await world.sandbox.posts('facebook')).toMatchObject([{ kind: 'video', title: expect.stringContaining('harbour'), text: expect.stringContaining('All of it') }]);
    const finish = formOf(world.seen.find(({ operation }) => operation === 'video.finish')?.request);
    expect(finish).toMatchObject({ upload_phase: 'finish', published: 'true' });
  });

  it('goes on after a dead worker where the last slice ended', async () => {
    const checkpoint = { flow: 'video', videoId: '77', session: '5', start: 40, end: 100, corrections: 0, failed: {} };
    const ranges: number[][] = [];
    const streamRange = (_media: unknown, start: number, length: number) => {
      ranges.push([start, length]);
      return streamed(new Uint8Array(length));
    };
    const tools = scriptedTools([wants(100, 100)], { streamRange });
    expect(await facebook.transfer(workOf(100, { checkpoint }), tools)).toMatchObject({ kind: 'ready', bytesSent: 100, checkpoint: { start: 100 } });
    expect(ranges).toEqual([[40, 60]]);
  });

  it('follows Facebook to the place that it wants, and begins anew when that leads nowhere', async () => {
    const tools = scriptedTools([limits, session(60), mismatch(60, 100), wants(100, 100)]);
    expect(await facebook.transfer(workOf(100), tools)).toMatchObject({ kind: 'ready' });
    expect(tools.bytesSent).toEqual([0, 60, 100]);

    const stuck = { flow: 'video', videoId: '77', session: '5', start: 0, end: 100, corrections: 20, failed: {} };
    const again = scriptedTools([mismatch(0, 100)]);
    expect(await facebook.transfer(workOf(100, { checkpoint: stuck }), again)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    expect(again.checkpoints).toEqual([{ flow: 'nothing', failed: { 6000: 1 } }]);
  });

  it('is sent in slices of which not much is lost, however many bytes Facebook wants at once', async () => {
    const size = 40 * MiB;
    const sizes: number[] = [];
    const replies = [limits, session(size), wants(16 * MiB, size), wants(32 * MiB, size), wants(size, size)];
    const streamRange = (_media: unknown, _start: number, length: number) => {
      sizes.push(length);
      return streamed(new Uint8Array(length));
    };
    const tools = scriptedTools(replies, { streamRange });
    expect(await facebook.transfer(workOf(size), tools)).toMatchObject({ kind: 'ready' });
    expect(sizes).toEqual([16 * MiB, 16 * MiB, 8 * MiB]);
  });

  it('is not read behind its end, whatever Facebook wants', async () => {
    const tools = scriptedTools([limits, session(500), wants(100, 500)]);
    expect(await facebook.transfer(workOf(100), tools)).toMatchObject({ kind: 'ready', bytesSent: 100 });
  });

  it('stops between slices when the time of the step is over', async () => {
    const tools = scriptedTools([limits, session(100)], { hasTime: () => false });
    expect(await facebook.transfer(workOf(100), tools)).toEqual({ kind: 'again', afterSeconds: 0 });
    expect(tools.checkpoints).toMatchObject([{ session: '5', start: 0, end: 100 }]);
  });

  it('is not sent where it is beyond what the page may send', async () => {
    const small = answer(200, { id: PAGE, video_upload_limits: { length: 14_400, size: 99 } });
    const tools = scriptedTools([small]);
    expect(await facebook.transfer(workOf(100), tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'invalid_media', platformMessage: expect.stringContaining('100 of 99 bytes') } });
    // A page that does not say takes what it takes.
    expect(await facebook.transfer(workOf(100), scriptedTools([answer(200, { id: PAGE }), session(100), wants(100, 100)]))).toMatchObject({ kind: 'ready' });
  });

  it('is begun anew when its session is not there any more', async () => {
    const gone = when(facebook, 'video.slice', [2], () => ({ effect: 'refuse', ...graph(400, { code: 6001, error_subcode: 1_363_037 }) }));
    const world = await stage(facebook, { file: landscape, ...gone });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'video.start')).toHaveLength(2);
  });

  it('that Facebook keeps as a draft is not called uploaded', async () => {
    // Upright, and its facts could not be read: it went the wrong way.
    const body = { flow: 'video', pageId: PAGE, videoId: '77', session: '5', title: 'A title', description: '' };
    const draft = answer(200, { id: '77', published: false, status: { video_status: 'ready' } });
    const confirmed = await facebook.confirm(workOf(100), body, { n: 1, armedAt: '2026-11-21T12:00:00Z' }, scriptedTools([draft]));
    expect(confirmed).toMatchObject({ kind: 'absent', artefactLost: false, unfinished: true });
    const checkpoint = { flow: 'video', videoId: '77', session: '5', start: 100, end: 100, corrections: 0, failed: {} };
    expect(await facebook.transfer(workOf(100, { checkpoint }), scriptedTools([draft]))).toMatchObject({ kind: 'trouble', trouble: { code: 'media_rejected', message: expect.stringContaining('draft') } });
  });

  it('is out when it is ready and says so', async () => {
    const body = { flow: 'video', pageId: PAGE, videoId: '77', session: '5', title: 'A title', description: '' };
    const ready = answer(200, { id: '77', published: true, permalink_url: '/ada/videos/77/', status: { video_status: 'ready' } });
    expect(await facebook.confirm(workOf(100), body, { n: 1, armedAt: '2026-11-21T12:00:00Z' }, scriptedTools([ready]))).toEqual({ kind: 'found', externalId: '77', externalUrl: 'https://www.facebook.com/ada/videos/77/' });
    for (const status of ['uploading', 'upload_complete']) {
      const open = answer(200, { id: '77', published: false, status: { video_status: status } });
      expect(await facebook.confirm(workOf(100), body, { n: 1, armedAt: '2026-11-21T12:00:00Z' }, scriptedTools([open]))).toMatchObject({ kind: 'absent' });
    }
  });
});
