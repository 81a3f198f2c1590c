import { describe, expect, it } from 'vitest';
import { instagram } from '../../../platforms/instagram/index.ts';
import { operations, stage, together, when, type Effect } from '../support/stage.ts';
import { answer, formOf, scriptedTools, TOKEN, workOf } from '../support/tools.ts';
import { graph } from '../support/words.ts';

const PERSON = '17841400000000001';

function item(caption: string | undefined, timestamp: string, id = '18000000000000001') {
  return { id, caption, timestamp, permalink: `https://www.instagram.com/reel/${id}/` };
}

function listed(...data: readonly object[]) {
  return answer(200, { data });
}

function says(statusCode: string) {
  return answer(200, { id: '17900000000000001', status_code: statusCode, status: '' });
}

/** The reel is published, and nobody hears so. */
function lost() {
  return when(instagram, 'media.publish', [1], () => ({ effect: 'drop_after' }));
}

/** These publish calls do not arrive. */
function cut(...calls: readonly number[]) {
  return when(instagram, 'media.publish', calls, () => ({ effect: 'drop_before' }));
}

describe('the publish call', () => {
  const body = { userId: PERSON, container: '17900000000000001', caption: 'A title' };
  const publish = (said: Parameters<typeof scriptedTools>[0][number]) => instagram.publish(workOf(1), body, scriptedTools([said]));

  it('names the container, and its answer names the reel', async () => {
    const tools = scriptedTools([answer(200, { id: '18000000000000001' })]);
    expect(await instagram.publish(workOf(1), body, tools)).toEqual({ kind: 'published', externalId: '18000000000000001', externalUrl: null });
    expect(tools.requests).toMatchObject([{ method: 'POST', url: `https://graph.test/v25.0/${PERSON}/media_publish`, headers: { authorization: `Bearer ${TOKEN}` } }]);
    expect(formOf(tools.requests[0])).toEqual({ creation_id: '17900000000000001' });
  });

  it.each([
    ['2207008, the builder is gone', 400, graph(400, { code: 24, error_subcode: 2207008 }).body],
    ['2207006, the media was not found', 400, graph(400, { code: 24, error_subcode: 2207006 }).body],
    ['2207001, a server error', 400, graph(400, { code: -1, error_subcode: 2207001 }).body],
    ['2207020, expired', 400, graph(400, { code: -2, error_subcode: 2207020 }).body],
    ['what passes by itself', 400, graph(400, { code: 2, is_transient: true }).body],
    ['500', 500, graph(500, { code: 10 }).body],
    ['a page', 400, '<html>'],
    ['429 without words', 429, ''],
    ['200 without an id', 200, '{"success":true}'],
    ['a redirect', 302, ''],
  ])('is open after %s', async (_what, status, said) => {
    expect(await publish(answer(status, said))).toMatchObject({ kind: 'ambiguous' });
  });

  it.each([
    [190, 463, 'auth_expired'],
    [9, 2207042, 'quota'],
    [4, 2207051, 'permanent'],
    [25, 2207050, 'permanent'],
    [80_002, undefined, 'rate_limited'],
    [36_004, 2207010, 'invalid_metadata'],
  ])('is refused with %i/%s', async (code, subcode, troubleClass) => {
    const said = graph(400, { code, ...(subcode !== undefined && { error_subcode: subcode }) });
    expect(await publish(answer(400, said.body))).toMatchObject({ kind: 'refused', trouble: { class: troubleClass } });
  });

  it('waits on when the container is not ready after all, and publishes it then', async () => {
    const notReady = when(instagram, 'media.publish', [1], () => ({ effect: 'refuse', ...graph(400, { code: 9007, error_subcode: 2207027 }) }));
    const world = await stage(instagram, notReady);
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 }, proofs: [{ kind: 'refused', evidence: '400 9007/2207027' }] });
    expect(operations(world).slice(-4)).toEqual(['media.publish', 'container.read', 'media.publish', 'media.read']);
  });
});

describe('looking for a reel whose answer was lost', () => {
  const body = { userId: PERSON, container: '17900000000000001', caption: 'A title\n\nMore' };
  const missing = answer(400, graph(400, { code: 100, error_subcode: 33 }).body);
  const ours = item('A title\n\nMore', '2026-11-21T12:00:03+0000');
  const found = { kind: 'found', externalId: '18000000000000001', externalUrl: 'https://www.instagram.com/reel/18000000000000001/' };
  const unnamed = { kind: 'found', externalId: null, externalUrl: null };

  function look(said: Parameters<typeof scriptedTools>[0], n = 1) {
    return instagram.confirm(workOf(1), body, { n, armedAt: '2026-11-21T12:00:00Z' }, scriptedTools(said));
  }

  it('believes a container that says it is published, and binds the id by caption and time', async () => {
    expect(await look([says('PUBLISHED'), listed(item('Other', '2026-11-21T12:00:09+0000', '2'), ours)])).toEqual(found);
  });

  it('names no reel where none, or more than one, can be meant', async () => {
    expect(await look([says('PUBLISHED'), listed()])).toEqual(unnamed);
    expect(await look([says('PUBLISHED'), listed(item('Other', '2026-11-21T12:00:03+0000'), item(undefined, '2026-11-21T12:00:03+0000'))])).toEqual(unnamed);
    expect(await look([says('PUBLISHED'), listed(item('A title\n\nMore', '2026-11-21T11:00:00+0000'))])).toEqual(unnamed);
    expect(await look([says('PUBLISHED'), listed(ours, item('A title\n\nMore', '2026-11-21T12:00:01+0000', '2'))])).toEqual(unnamed);
  });

  it('does not lose a published reel because it cannot be listed', async () => {
    expect(await look([says('PUBLISHED'), answer(500), listed(ours)])).toEqual(found);
    expect(await look([says('PUBLISHED'), answer(500), answer(500)])).toEqual(unnamed);
  });

  it('takes a finished container for unpublished, and leaves it after every third attempt', async () => {
    for (const [n, artefactLost] of [[1, false], [2, false], [3, true], [4, false], [6, true]] as const) {
      expect(await look([says('FINISHED')], n)).toMatchObject({ kind: 'absent', artefactLost });
    }
  });

  it.each([['EXPIRED', says('EXPIRED')], ['ERROR', says('ERROR')], ['missing', missing]])('looks at the account when the container is %s', async (_how, said) => {
    expect(await look([said, listed(ours)])).toEqual(found);
    expect(await look([said, listed(item('Other', '2026-11-21T12:00:03+0000'))])).toMatchObject({ kind: 'absent', artefactLost: true });
    expect(await look([said, listed(ours, { ...ours, id: '2' })])).toMatchObject({ kind: 'undecided' });
    expect(await look([said, listed(...Array.from({ length: 10 }, () => item('Other', '2026-11-21T12:00:03+0000')))])).toMatchObject({ kind: 'undecided' });
    expect(await look([said, answer(500)])).toMatchObject({ kind: 'undecided', trouble: { class: 'retryable' } });
    expect(await look([said, listed({ ...ours, timestamp: 'yesterday' })])).toMatchObject({ kind: 'undecided' });
  });

  it('decides nothing while the container is in progress, or when nobody answers', async () => {
    expect(await look([says('IN_PROGRESS')])).toMatchObject({ kind: 'undecided', trouble: null });
    expect(await look([{ kind: 'ambiguous', reason: 'reset' }])).toMatchObject({ kind: 'undecided', trouble: { class: 'retryable' } });
    expect(await look([says('SOMETHING_NEW')])).toMatchObject({ kind: 'undecided', trouble: { class: 'retryable' } });
    expect(await look([answer(400, graph(400, { code: 190, error_subcode: 463 }).body)])).toMatchObject({ kind: 'undecided', trouble: { class: 'auth_expired' } });
  });
});

describe('from the lost answer to the end', () => {
  /** Ready at the first poll: whatever is read of a container from the second time on, is read after the publish call. */
  const READY = { processingSeconds: 1 };
  const expired: Effect = { effect: 'refuse', status: 200, body: { id: '1', status_code: 'EXPIRED' } };

  it('a published reel gets its id and its address', async () => {
    const world = await stage(instagram, { ...READY, ...lost() });
    const ended = await world.run();
    const [post] = await world.sandbox.posts('instagram');
    expect(ended).toMatchObject({ status: 'uploaded', attempt: { n: 1 }, receipt: { externalId: post?.id, externalUrl: expect.stringContaining('/reel/') } });
    expect(operations(world).slice(-4)).toEqual(['media.publish', 'container.read', 'media.list', 'media.read']);
  });

  it('a reel that cannot be named is published all the same, with a warning', async () => {
    const nothing = when(instagram, 'media.list', 'always', () => ({ effect: 'refuse', status: 200, body: { data: [] } }));
    const world = await stage(instagram, { ...READY, ...together(lost(), nothing) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', receipt: { externalId: null }, warnings: [expect.stringContaining('did not say')] });
  });

  it('an unpublished container is published itself, and another one made after three attempts', async () => {
    const world = await stage(instagram, { ...READY, ...cut(1, 2, 3) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 4 }, proofs: [{ kind: 'absent' }, { kind: 'absent' }, { kind: 'absent' }] });
    expect(operations(world).filter((name) => name === 'container.create')).toHaveLength(2);
    expect(await world.sandbox.posts('instagram')).toHaveLength(1);
  });

  it('a container that expired unpublished is made anew', async () => {
    const world = await stage(instagram, { ...READY, ...together(cut(1), when(instagram, 'container.read', [2], () => expired), when(instagram, 'container.read', [3], () => expired)) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 }, proofs: [{ kind: 'absent' }] });
    expect(await world.sandbox.posts('instagram')).toHaveLength(1);
  });

  it('a container that expired after it was published is not', async () => {
    const world = await stage(instagram, { ...READY, ...together(lost(), when(instagram, 'container.read', [2, 3, 4], () => expired)) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 1 } });
    expect(await world.sandbox.posts('instagram')).toHaveLength(1);
  });

  it('what nobody can decide stays unknown, and is not repeated', async () => {
    const busy = when(instagram, 'container.read', Array.from({ length: 20 }, (_, n) => n + 2), () => ({ ...expired, body: { status_code: 'IN_PROGRESS' } }));
    const world = await stage(instagram, { ...READY, ...together(lost(), busy) });
    expect(await world.run()).toMatchObject({ status: 'unknown', error: { code: 'outcome_unknown' }, attempt: { n: 1, phase: 'armed' } });
    expect(operations(world).filter((name) => name === 'media.publish')).toHaveLength(1);
  });
});
