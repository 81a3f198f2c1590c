import { describe, expect, it } from 'vitest';
import { threads } from '../../../platforms/threads/index.ts';
import { operations, stage, together, when, type Effect } from '../support/stage.ts';
import { answer, formOf, scriptedTools, TOKEN, workOf } from '../support/tools.ts';
import { graph } from '../support/words.ts';

const PERSON = '17841400000000001';
const ROOT = 'https://graph.test/v1.0';
const limit = answer(200, { data: [{ quota_usage: 3, config: { quota_total: 250, quota_duration: 86_400 } }] });
const made = answer(200, { id: '17900000000000001' });
const nothing = { children: [], finished: 0, container: null, polls: 0, failed: {} };
const [file] = workOf(1000).upload.media;
const photos = (count: number) => (file === undefined ? [] : Array.from({ length: count }, (_, n) => ({ ...file, objectKey: `in/${n + 1}.jpg`, contentType: 'image/jpeg' })));
const signGet = (media: { objectKey: string }) => Promise.resolve(`https://media.test/${media.objectKey}?a=b&c=d`);

/** What a container says of itself. */
function state(status: string, error?: string): Effect {
  return { effect: 'refuse', status: 200, body: { id: '17900000000000001', status, ...(error !== undefined && { error_message: error }) } };
}

describe('a container', () => {
  it('of a video is made from a signed address in a form, the token in a header alone, and looked at after half a minute', async () => {
    const tools = scriptedTools([limit, made], { signGet });
    const options = { replyControl: 'mentioned_only', topicTag: 'Sea', altTexts: ['A pier'] };
    expect(await threads.transfer(workOf(1000, { options }), tools)).toEqual({ kind: 'again', afterSeconds: 30 });
    expect(tools.requests).toMatchObject([
      { method: 'GET', url: `${ROOT}/${PERSON}/threads_publishing_limit?fields=config%2Cquota_usage` },
      { method: 'POST', url: `${ROOT}/${PERSON}/threads`, headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/x-www-form-urlencoded' } },
    ]);
    expect(formOf(tools.requests[1])).toEqual({
      media_type: 'VIDEO',
      video_url: 'https://media.test/in/one.mp4?a=b&c=d',
      text: 'A title\n\nWhat it is about',
      alt_text: 'A pier',
      reply_control: 'mentioned_only',
      topic_tag: 'Sea',
    });
    expect(JSON.stringify(tools.requests.map(({ url, body }) => [url, body]))).not.toContain(TOKEN);
    expect(tools.checkpoints).toEqual([{ ...nothing, container: '17900000000000001' }]);
  });

  it('of a text has no file, and is not published by being made', async () => {
    const tools = scriptedTools([limit, made]);
    const upload = { kind: 'text', media: [] } as const;
    expect(await threads.transfer(workOf(0, { upload, options: { link: 'https://a.test/' } }), tools)).toEqual({ kind: 'again', afterSeconds: 5 });
    expect(formOf(tools.requests[1])).toEqual({ media_type: 'TEXT', text: 'A title\n\nWhat it is about', link_attachment: 'https://a.test/' });
  });

  it('of a single photo takes it and the text', async () => {
    const tools = scriptedTools([limit, made], { signGet });
    await threads.transfer(workOf(0, { upload: { kind: 'photos', media: photos(1) } }), tools);
    expect(formOf(tools.requests[1])).toEqual({ media_type: 'IMAGE', image_url: 'https://media.test/in/1.jpg?a=b&c=d', text: 'A title\n\nWhat it is about' });
  });

  it('of several photos is one each, then a carousel of them in order', async () => {
    const upload = { kind: 'photos', media: photos(2) } as const;
    const first = scriptedTools([limit, answer(200, { id: '1' }), answer(200, { id: '2' })], { signGet });
    await threads.transfer(workOf(0, { upload, options: { topicTag: 'Sea', altTexts: ['One', 'Two'] } }), first);
    expect(first.requests.slice(1).map(formOf)).toEqual([
      { media_type: 'IMAGE', image_url: 'https://media.test/in/1.jpg?a=b&c=d', alt_text: 'One', is_carousel_item: 'true' },
      { media_type: 'IMAGE', image_url: 'https://media.test/in/2.jpg?a=b&c=d', alt_text: 'Two', is_carousel_item: 'true' },
    ]);
    const then = scriptedTools([answer(200, { status: 'FINISHED' }), answer(200, { status: 'FINISHED', error_message: null }), answer(200, { id: '9' })]);
    await threads.transfer(workOf(0, { upload, options: { topicTag: 'Sea' }, checkpoint: first.checkpoints.at(-1) }), then);
    expect(then.requests[0]).toMatchObject({ url: `${ROOT}/1?fields=status%2Cerror_message` });
    expect(formOf(then.requests[2])).toEqual({ media_type: 'CAROUSEL', children: '1,2', text: 'A title\n\nWhat it is about', topic_tag: 'Sea' });
  });

  it('is not made while the account may not post: asked again each hour, failed after a day', async () => {
    const world = await stage(threads, { kind: 'text', caps: { threads: { postsPerDay: 0 } } });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'quota_exhausted', platformMessage: '0 of 0' } });
    expect(new Set(operations(world))).toEqual(new Set(['publishing-limit.read']));
  });

  it.each([
    ['FAILED_DOWNLOADING_VIDEO', 3, 'internal_error'],
    ['UNKNOWN', 2, 'media_rejected'],
    ['INVALID_DURATION', 0, 'media_rejected'],
  ])('that fails with %s is made anew %i times', async (word, times, code) => {
    const world = await stage(threads, { processingSeconds: 1, ...when(threads, 'container.read', 'always', () => state('ERROR', word)) });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code, platformCode: word } });
    expect(operations(world).filter((name) => name === 'container.create')).toHaveLength(times + 1);
  });

  it.each(['EXPIRED', 'missing'])('that is %s before it was published is made anew', async (how) => {
    const said: Effect = how === 'EXPIRED' ? state('EXPIRED') : { effect: 'refuse', ...graph(400, { code: 100, error_subcode: 33 }) };
    const world = await stage(threads, when(threads, 'container.read', [1], () => said));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'container.create')).toHaveLength(2);
  });
});

describe('the publish call', () => {
  const body = { userId: PERSON, container: '1', caption: 'A title' };

  it('names the container, and its answer names the post', async () => {
    const tools = scriptedTools([answer(200, { id: '18000000000000001' })]);
    expect(await threads.publish(workOf(1), body, tools)).toEqual({ kind: 'published', externalId: '18000000000000001', externalUrl: null });
    expect(tools.requests).toMatchObject([{ method: 'POST', url: `${ROOT}/${PERSON}/threads_publish` }]);
    expect(formOf(tools.requests[0])).toEqual({ creation_id: '1' });
  });

  it('that does not find the container though it is finished is repeated with the same one', async () => {
    const notFound = when(threads, 'media.publish', [1, 2], () => ({ effect: 'refuse', ...graph(400, { code: 24, error_subcode: 4_279_009 }) }));
    const world = await stage(threads, { kind: 'text', ...notFound });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 3 }, proofs: [{ kind: 'absent' }, { kind: 'absent' }] });
    expect(operations(world).filter((name) => name === 'container.create')).toHaveLength(1);
    expect(await world.sandbox.posts('threads')).toHaveLength(1);
  });

  it('whose answer says not found because the container was published already ends as published', async () => {
    // At the first look after it, the state lags behind.
    const late = when(threads, 'container.read', [2], () => state('FINISHED'));
    const world = await stage(threads, { kind: 'text', processingSeconds: 1, ...together(lost(), late) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 } });
    expect(await world.sandbox.posts('threads')).toHaveLength(1);
  });

  it('is refused for good where the person has to act', async () => {
    const restricted = when(threads, 'media.publish', [1], () => ({ effect: 'refuse', ...graph(400, { code: 10, error_subcode: 4_279_013 }) }));
    const world = await stage(threads, { kind: 'text', ...restricted });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'permission_denied' } });
    expect(await world.sandbox.posts('threads')).toEqual([]);
  });
});

/** The post is published, and nobody hears so. */
function lost() {
  return when(threads, 'media.publish', [1], () => ({ effect: 'drop_after' }));
}

describe('a lost answer', () => {
  it.each(['video', 'photos', 'text'] as const)('leaves a post that is known by its container, and named by text and time (%s)', async (kind) => {
    const world = await stage(threads, { kind, processingSeconds: 1, ...lost() });
    const ended = await world.run();
    const [post] = await world.sandbox.posts('threads');
    expect(ended).toMatchObject({ status: 'uploaded', attempt: { n: 1 }, receipt: { externalId: post?.id, externalUrl: expect.stringContaining('threads.net/@ada/post/') } });
    expect(operations(world).slice(-4)).toEqual(['media.publish', 'container.read', 'media.list', 'media.read']);
  });

  it('leaves it without a name where another post has the same text', async () => {
    const items = ['1', '2'].map((id) => ({ id, text: 'T', timestamp: '2026-11-21T12:00:03+0000' }));
    const tools = scriptedTools([answer(200, { status: 'PUBLISHED' }), answer(200, { data: items })]);
    expect(await threads.confirm(workOf(1), { userId: PERSON, container: '1', caption: 'T' }, { n: 1, armedAt: '2026-11-21T12:00:00Z' }, tools)).toEqual({ kind: 'found', externalId: null, externalUrl: null });
    expect(tools.requests[1]).toMatchObject({ url: `${ROOT}/${PERSON}/threads?fields=id%2Ctext%2Ctimestamp%2Cpermalink&limit=10` });
  });

  it('is not repeated while nobody can decide', async () => {
    const busy = when(threads, 'container.read', Array.from({ length: 20 }, (_, n) => n + 2), () => state('IN_PROGRESS'));
    const world = await stage(threads, { kind: 'text', processingSeconds: 1, ...together(lost(), busy) });
    expect(await world.run()).toMatchObject({ status: 'unknown', attempt: { n: 1, phase: 'armed' } });
    expect(operations(world).filter((name) => name === 'media.publish')).toHaveLength(1);
  });
});
