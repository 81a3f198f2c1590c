import { describe, expect, it } from 'vitest';
import { youtube } from '../../../platforms/youtube/index.ts';
import { operations, stage, together, when } from '../support/stage.ts';
import { answer, scriptedTools, TOKEN, workOf } from '../support/tools.ts';
import { google } from '../support/words.ts';

/** Bytes. */
const UNIT = 256 * 1024;

function item(title: string, publishedAt: string, videoId = 'dQw4w9WgXcQ') {
  return { snippet: { title, publishedAt }, contentDetails: { videoId } };
}

function listed(...items: readonly object[]) {
  return answer(200, { items });
}

describe('the last slice', () => {
  const body = { uri: 'https://api.test/s?upload_id=1', total: 300_000, start: UNIT, contentType: 'video/mp4', title: 'A title' };
  const work = workOf(300_000);

  it('is sent from where the session stands, with the token, and makes the video', async () => {
    const tools = scriptedTools([answer(200, { kind: 'youtube#video', id: 'dQw4w9WgXcQ' })]);
    expect(await youtube.publish(work, body, tools)).toEqual({ kind: 'published', externalId: 'dQw4w9WgXcQ', externalUrl: 'https://www.youtube.com/watch?v=dQw4w9WgXcQ' });
    expect(tools.requests).toMatchObject([
      { method: 'PUT', url: body.uri, headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'video/mp4', 'content-range': `bytes ${UNIT}-299999/300000` } },
    ]);
    expect(tools.requests[0]?.body).toHaveLength(300_000 - UNIT);
  });

  it('is refused, and goes on, when the session says that it holds less than all', async () => {
    const tools = scriptedTools([answer(308, '', { range: `bytes=0-${UNIT + 4999}` })]);
    expect(await youtube.publish(work, body, tools)).toMatchObject({ kind: 'refused', unfinished: true, trouble: { class: 'retryable' }, evidence: `the session holds ${UNIT + 5000} of 300000 bytes` });
  });

  it('proves nothing with a 308 that does not say what is there', async () => {
    for (const headers of [{}, { range: 'bytes=0-299999' }, { range: 'bytes=5-10' }, { range: 'bytes=0-300000' }]) {
      expect(await youtube.publish(work, body, scriptedTools([answer(308, '', headers)])), JSON.stringify(headers)).toMatchObject({ kind: 'ambiguous' });
    }
  });

  it.each([
    [200, '{"kind":"youtube#video"}'],
    [200, '<html>'],
    [201, ''],
    [204, ''],
    [302, ''],
    [404, JSON.stringify(google(404, 'notFound').body)],
    [410, ''],
    [400, 'Bad Request'],
    [429, '<html>'],
    [408, JSON.stringify(google(408, 'timeout').body)],
    [400, JSON.stringify(google(400, 'backendError').body)],
    [500, JSON.stringify(google(500, 'internalError').body)],
    [503, JSON.stringify(google(503, 'quotaExceeded').body)],
  ])('is open when the answer is %i %s', async (status, text) => {
    expect(await youtube.publish(work, body, scriptedTools([answer(status, text)]))).toMatchObject({ kind: 'ambiguous' });
  });

  it.each([
    [401, 'authError', 'auth_expired'],
    [403, 'quotaExceeded', 'quota'],
    [400, 'uploadLimitExceeded', 'quota'],
    [400, 'invalidTitle', 'invalid_metadata'],
    [403, 'channelSuspended', 'permanent'],
  ])('is refused with %i %s', async (status, reason, troubleClass) => {
    const outcome = await youtube.publish(work, body, scriptedTools([answer(status, google(status, reason).body)]));
    expect(outcome).toMatchObject({ kind: 'refused', evidence: `${status} ${reason}`, trouble: { class: troubleClass } });
    expect(outcome).not.toMatchObject({ unfinished: true });
  });

  it('passes on what the transport says', async () => {
    expect(await youtube.publish(work, body, scriptedTools([{ kind: 'never_sent', reason: 'refused' }]))).toEqual({ kind: 'never_sent', evidence: 'refused' });
    expect(await youtube.publish(work, body, scriptedTools([{ kind: 'ambiguous', reason: 'reset' }]))).toEqual({ kind: 'ambiguous', evidence: 'reset' });
  });

  it('is not sent when the file has become shorter', async () => {
    const tools = scriptedTools([], { readRange: () => Promise.resolve(new Uint8Array(5)) });
    await expect(youtube.publish(work, body, tools)).rejects.toThrow('shorter');
  });

  it('is cut off and kept in part: the session is asked, and the rest alone is sent', async () => {
    const ready = await youtube.transfer(workOf(300_000), scriptedTools([answer(200, '', { location: body.uri }), answer(308, '', { range: `bytes=0-${UNIT - 1}` })]));
    if (ready.kind !== 'ready') throw new Error(ready.kind);
    expect(ready.checkpoint).toMatchObject({ stored: UNIT });
    const kept = answer(308, '', { range: `bytes=0-${UNIT + 999}` });
    const attempt = { n: 1, armedAt: '2026-11-21T12:00:00Z' };
    expect(await youtube.confirm(work, body, attempt, scriptedTools([kept]))).toMatchObject({ kind: 'absent', artefactLost: false, unfinished: true });
    const again = await youtube.transfer(workOf(300_000, { checkpoint: ready.checkpoint }), scriptedTools([kept]));
    if (again.kind !== 'ready') throw new Error(again.kind);
    expect(youtube.compose(workOf(300_000, { checkpoint: again.checkpoint }))).toMatchObject({ start: UNIT + 1000 });
  });
});

describe('looking for a video whose answer was lost', () => {
  const body = { uri: 'https://api.test/s?upload_id=1', total: 300_000, start: UNIT, contentType: 'video/mp4', title: 'A title' };
  const attempt = { n: 1, armedAt: '2026-11-21T12:00:00Z' };
  const channel = answer(200, { items: [{ contentDetails: { relatedPlaylists: { uploads: 'UU123' } } }] });
  const look = (...answers: Parameters<typeof scriptedTools>[0]) => youtube.confirm(workOf(300_000), body, attempt, scriptedTools(answers));

  it('asks the session first, and believes it', async () => {
    expect(await look(answer(200, { id: 'dQw4w9WgXcQ' }))).toEqual({ kind: 'found', externalId: 'dQw4w9WgXcQ', externalUrl: 'https://www.youtube.com/watch?v=dQw4w9WgXcQ' });
    expect(await look(answer(308))).toEqual({ kind: 'absent', evidence: 'the session holds 0 of 300000 bytes', artefactLost: false, unfinished: true });
    expect(await look(answer(308, '', { range: 'bytes=0-299999' }))).toMatchObject({ kind: 'undecided', trouble: null });
  });

  it.each([404, 410])('asks the channel when the session answers %i', async (status) => {
    expect(await look(answer(status), channel, listed(item('Other', '2026-11-21T12:00:01Z'), item(' A  title ', '2026-11-21T12:00:05Z')))).toMatchObject({
      kind: 'found',
      externalId: 'dQw4w9WgXcQ',
    });
    expect(await look(answer(status), channel, listed())).toMatchObject({ kind: 'absent', artefactLost: true });
  });

  it('takes no older video of this title for the new one, and allows clocks to differ', async () => {
    expect(await look(answer(404), channel, listed(item('A title', '2026-11-21T11:44:59Z')))).toMatchObject({ kind: 'absent' });
    expect(await look(answer(404), channel, listed(item('A title', '2026-11-21T11:50:00Z')))).toMatchObject({ kind: 'found' });
  });

  it('decides nothing by two videos of this title, or by a list that is too short to see back', async () => {
    const two = listed(item('A title', '2026-11-21T12:00:05Z', 'one'), item('A title', '2026-11-21T12:00:09Z', 'two'));
    expect(await look(answer(404), channel, two)).toMatchObject({ kind: 'undecided' });
    const full = listed(...Array.from({ length: 10 }, (_, n) => item(`Other ${n}`, '2026-11-21T12:00:05Z')));
    expect(await look(answer(404), channel, full)).toMatchObject({ kind: 'undecided' });
  });

  it('decides nothing without an answer, and says what is wrong', async () => {
    expect(await look({ kind: 'ambiguous', reason: 'reset' })).toMatchObject({ kind: 'undecided', trouble: { class: 'retryable' } });
    expect(await look(answer(401, google(401, 'authError').body))).toMatchObject({ kind: 'undecided', trouble: { class: 'auth_expired' } });
    expect(await look(answer(404), answer(500))).toMatchObject({ kind: 'undecided', trouble: { class: 'retryable' } });
    expect(await look(answer(404), channel, answer(403, google(403, 'quotaExceeded').body))).toMatchObject({ kind: 'undecided', trouble: { class: 'quota' } });
    expect(await look(answer(404), channel, listed({ snippet: { title: 'A title', publishedAt: 'yesterday' }, contentDetails: { videoId: 'x' } }))).toMatchObject({ kind: 'undecided' });
    expect(await look(answer(404), answer(200, { items: [] }))).toMatchObject({ kind: 'undecided' });
  });

  it('finds it on the channel when the session has been forgotten after it was done', async () => {
    const lost = when(youtube, 'upload.last-slice', [1], () => ({ effect: 'drop_after' }));
    const gone = when(youtube, 'upload.probe', 'always', () => ({ effect: 'refuse', ...google(404, 'notFound') }));
    const world = await stage(youtube, together(lost, gone));
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 1 } });
    expect(operations(world).slice(-5)).toEqual(['upload.last-slice', 'upload.probe', 'channels.list', 'playlist-items.list', 'videos.list']);
    expect(await world.sandbox.posts('youtube')).toHaveLength(1);
  });

  it('begins anew when the session was forgotten before it was done', async () => {
    const forgotten = when(youtube, 'upload.last-slice', [1], (sandbox) => {
      sandbox.reset();
      return { effect: 'drop_before' };
    });
    const world = await stage(youtube, forgotten);
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 }, proofs: [{ kind: 'absent' }] });
    expect(operations(world).filter((name) => name === 'upload.start')).toHaveLength(2);
    expect(await world.sandbox.posts('youtube')).toHaveLength(1);
  });
});
