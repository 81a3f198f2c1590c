import { describe, expect, it } from 'vitest';
import { facebook } from '../../../platforms/facebook/index.ts';
import { operations, stage, together, when } from '../support/stage.ts';
import { answer, formOf, scriptedTools, TOKEN, workOf } from '../support/tools.ts';
import { graph } from '../support/words.ts';

const PAGE = '17841400000000001';
const body = { flow: 'post', pageId: PAGE, message: 'A title\n\nMore', link: null, photoIds: [] };

function item(message: string | undefined, time: string, id = `${PAGE}_1`) {
  return { id, message, created_time: `2026-11-21T${time}+0000`, permalink_url: `https://www.facebook.com/${id}` };
}

function text(changes: Parameters<typeof workOf>[1] = {}) {
  return workOf(0, { ...changes, upload: { kind: 'text', media: [], ...changes.upload } });
}

const refused = (code: number, subcode?: number) => answer(400, graph(400, { code, ...(subcode !== undefined && { error_subcode: subcode }) }).body);

describe('a text', () => {
  it('is posted in one call, with its card and without anything else', async () => {
    const work = text({ options: { link: 'https://example.com/a?b=c' } });
    const ready = await facebook.transfer(work, scriptedTools([]));
    if (ready.kind !== 'ready') throw new Error(`It is ${ready.kind}.`);
    const composed = facebook.compose({ ...work, checkpoint: ready.checkpoint });
    const tools = scriptedTools([answer(200, { id: `${PAGE}_9` })]);
    expect(await facebook.publish(work, composed, tools)).toEqual({ kind: 'published', externalId: `${PAGE}_9`, externalUrl: `https://www.facebook.com/${PAGE}_9` });
    const [request] = tools.requests;
    expect(request?.url).toMatch(new RegExp(`^https://graph\\.test/v25\\.0/${PAGE}/feed\\?appsecret_proof=[0-9a-f]{64}$`, 'u'));
    expect(request?.headers).toEqual({ 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` });
    expect(JSON.parse(String(request?.body))).toEqual({ message: 'A title\n\nWhat it is about', published: true, link: 'https://example.com/a?b=c' });
    expect(JSON.stringify(composed)).not.toContain(TOKEN);
  });

  it('that says the same as the post before is refused: nothing of ours can be there', async () => {
    expect(await facebook.publish(text(), body, scriptedTools([refused(506, 1_455_006)]))).toMatchObject({ kind: 'refused', trouble: { class: 'duplicate', code: 'duplicate_content' } });
  });

  it('that says the same as the post before is looked for when an earlier attempt is in doubt', async () => {
    const work = text({ attempts: { made: 2, doubtedSince: '2026-11-21T11:50:00Z' } });
    expect(await facebook.publish(work, body, scriptedTools([refused(506)]))).toMatchObject({ kind: 'ambiguous' });
    const tools = scriptedTools([answer(200, { data: [item('A title\n\nMore', '11:51:00')] })]);
    expect(await facebook.confirm(work, body, { n: 2, armedAt: '2026-11-21T12:20:00Z' }, tools)).toMatchObject({ kind: 'found', externalId: `${PAGE}_1` });
    // What is wrong with the text itself has nothing to do with that.
    expect(await facebook.publish(work, body, scriptedTools([refused(100)]))).toMatchObject({ kind: 'refused', trouble: { class: 'invalid_metadata' } });
  });

  it('is not posted twice where the list of posts lags behind the first call', async () => {
    const lost = when(facebook, 'feed.publish', [1], () => ({ effect: 'drop_after' }));
    const empty = when(facebook, 'posts.list', [1], () => ({ effect: 'refuse', status: 200, body: { data: [] } }));
    const world = await stage(facebook, { kind: 'text', ...together(lost, empty) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 }, proofs: [{ kind: 'absent' }] });
    expect(await world.sandbox.posts('facebook')).toHaveLength(1);
    expect(operations(world).filter((name) => name === 'posts.list')).toHaveLength(2);
  });

  it.each([
    ['500', answer(500)],
    ['a page', answer(400, '<html>')],
    ['what passes by itself', refused(2)],
    ['200 without an id', answer(200, { success: true })],
  ])('is in doubt after %s', async (_what, said) => {
    expect(await facebook.publish(text(), body, scriptedTools([said]))).toMatchObject({ kind: 'ambiguous' });
  });
});

const look = (...data: readonly object[]) => facebook.confirm(text(), body, { n: 1, armedAt: '2026-11-21T12:00:00Z' }, scriptedTools([answer(200, { data })]));

describe('looking for a post whose answer was lost', () => {
  const ours = item('A title\n\nMore', '12:00:03');

  it('binds it by text and time', async () => {
    expect(await look(item('Other', '12:00:09', '2'), ours)).toEqual({ kind: 'found', externalId: `${PAGE}_1`, externalUrl: `https://www.facebook.com/${PAGE}_1` });
    expect(await look(item('A title\n\nMore', '11:44:00'))).toMatchObject({ kind: 'absent' });
    expect(await look(item(undefined, '12:00:03'))).toMatchObject({ kind: 'absent' });
  });

  it('decides nothing where several can be meant, or one look does not show all', async () => {
    expect(await look(ours, { ...ours, id: '2' })).toMatchObject({ kind: 'undecided' });
    expect(await look(...Array.from({ length: 10 }, (_, n) => item('Other', '12:00:03', String(n))))).toMatchObject({ kind: 'undecided' });
    expect(await look({ ...ours, created_time: 'yesterday' })).toMatchObject({ kind: 'undecided' });
  });

  it('asks for nothing but the newest posts', async () => {
    const tools = scriptedTools([answer(200, { data: [] })]);
    await facebook.confirm(text(), body, { n: 1, armedAt: '2026-11-21T12:00:00Z' }, tools);
    expect(tools.requests).toMatchObject([{ method: 'GET', url: expect.stringContaining(`/${PAGE}/published_posts?fields=id%2Cmessage%2Ccreated_time%2Cpermalink_url&limit=10`) }]);
  });
});

describe('photos', () => {
  it('are fetched one by one, belong to no post until then, and keep their order', async () => {
    const world = await stage(facebook, { kind: 'photos' });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world)).toEqual(['photo.create', 'photo.create', 'feed.publish', 'post.read']);
    expect(formOf(world.seen[0]?.request)).toEqual({ url: expect.stringContaining('one.jpg'), published: 'false' });
    expect(await world.sandbox.posts('facebook')).toMatchObject([{ kind: 'photos', mediaSha256: world.sha256 }]);
  });

  it('are gone on with after the last one that was noted', async () => {
    const upload = workOf(10).upload;
    const [photo] = upload.media;
    if (photo === undefined) throw new Error('There is no file.');
    const checkpoint = { flow: 'post', photoIds: ['1'], failed: {} };
    const tools = scriptedTools([answer(200, { id: '2' })]);
    const options = { altTexts: ['Sea', 'Sand'] };
    const work = workOf(10, { checkpoint, options, upload: { kind: 'photos', media: [photo, { ...photo, mediaId: 'med_2' }] } });
    expect(await facebook.transfer(work, tools)).toEqual({ kind: 'ready', checkpoint: { ...checkpoint, photoIds: ['1', '2'] } });
    expect(formOf(tools.requests[0])).toMatchObject({ alt_text_custom: 'Sand' });
  });

  it('that cannot be fetched are tried once more, and are then the operator’s matter', async () => {
    const world = await stage(facebook, { kind: 'photos', ...when(facebook, 'photo.create', 'always', () => ({ effect: 'refuse', ...graph(400, { code: 389 }) })) });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'internal_error' } });
    expect(operations(world)).toHaveLength(2);
  });

  it('that were posted already prove that an earlier attempt went through', async () => {
    const posted = { ...body, photoIds: ['1'] };
    const doubted = text({ attempts: { made: 2, doubtedSince: '2026-11-21T11:50:00Z' } });
    expect(await facebook.publish(doubted, posted, scriptedTools([refused(1_366_051)]))).toMatchObject({ kind: 'ambiguous' });
  });
});

const decorate = (said: Parameters<typeof scriptedTools>[0][number]) => facebook.decorate?.(text(), { externalId: `${PAGE}_1` }, scriptedTools([said]));

describe('after the post is there', () => {
  it('its address is read, and nothing is lost without it', async () => {
    expect(await decorate(answer(200, { permalink_url: 'https://www.facebook.com/ada/posts/1' }))).toEqual({ warnings: [], externalUrl: 'https://www.facebook.com/ada/posts/1' });
    expect(await decorate(answer(200, { permalink_url: 'javascript:alert(1)' }))).toEqual({ warnings: [], externalUrl: null });
    expect(await decorate(answer(500))).toEqual({ warnings: [expect.stringContaining('could not be read')], externalUrl: null });
  });
});
