import { describe, expect, it } from 'vitest';
import { pinterest } from '../../../platforms/pinterest/index.ts';
import { clip, operations, stage, together, when, type Stage, type StageOptions } from '../support/stage.ts';
import { answer, scriptedTools, TOKEN, workOf } from '../support/tools.ts';
import { pinterestError } from '../support/words.ts';
import { DESCRIPTION, TITLE } from '../support/records.ts';

const ID = '813744226420795884';
const BOARD = '549755885175';
const NOW = '2026-11-21T12:00:00Z';
const prepared = { since: '2026-11-21T11:00:00Z', video: { mediaId: '12345', sent: true, polls: 1 }, failed: 0, earlier: ['1'] };
const video = workOf(10, { options: { board: BOARD }, checkpoint: prepared });
const [file] = video.upload.media;
if (file === undefined) throw new Error('There is no file.');
const photos = (count: number) =>
  workOf(10, { options: { board: BOARD }, checkpoint: { ...prepared, video: null }, upload: { kind: 'photos', media: Array.from({ length: count }, (_, n) => ({ ...file, mediaId: `med_${n}` })) } });

/** A stage on which calls of an operation are refused. */
function refusing(operation: string, calls: 'always' | readonly number[], said: { status: number; body: Readonly<Record<string, unknown>> }, options: StageOptions = {}) {
  return stage(pinterest, { ...options, ...when(pinterest, operation, calls, () => ({ effect: 'refuse', status: said.status, body: { ...said.body } })) });
}

function count(world: Stage, operation: string): number {
  return operations(world).filter((name) => name === operation).length;
}

describe('the pin', () => {
  it('names its board and says what was said of it', () => {
    const options = { board: BOARD, boardSection: '77', link: 'https://shop.example/one', altText: 'A harbour' };
    expect(pinterest.compose({ ...video, options })).toEqual({
      pin: {
        board_id: BOARD,
        board_section_id: '77',
        title: 'A title',
        description: 'What it is about',
        link: 'https://shop.example/one',
        alt_text: 'A harbour',
        media_source: { source_type: 'video_id', media_id: '12345', cover_image_key_frame_time: 0 },
      },
      photoIds: [],
    });
    expect(pinterest.compose({ ...photos(1), upload: { ...photos(1).upload, title: '', description: null } })).toEqual({ pin: { board_id: BOARD }, photoIds: ['med_0'] });
  });

  it('is made by one request, and has its address', async () => {
    const tools = scriptedTools([answer(201, { id: ID, board_id: BOARD })]);
    expect(await pinterest.publish(video, pinterest.compose(video), tools)).toEqual({ kind: 'published', externalId: ID, externalUrl: `https://www.pinterest.com/pin/${ID}/` });
    expect(tools.requests).toMatchObject([{ method: 'POST', url: 'https://api.test/v5/pins', headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' } }]);
  });

  it('of photos brings their addresses, which are stored nowhere', async () => {
    for (const [work, source] of [
      [photos(1), { source_type: 'image_url', url: expect.stringContaining('X-Amz-Signature') }],
      [photos(3), { source_type: 'multiple_image_urls', items: [0, 1, 2].map(() => ({ url: expect.stringContaining('X-Amz-Signature') })) }],
    ] as const) {
      const tools = scriptedTools([answer(400, { code: 1, message: 'Bad: https://media.test/one.mp4?X-Amz-Signature=abc&X-Amz-Expires=21600' })]);
      const body = pinterest.compose(work);
      const outcome = await pinterest.publish(work, body, tools);
      expect(JSON.parse(String(tools.requests[0]?.body))).toMatchObject({ media_source: source });
      expect(outcome).toMatchObject({ kind: 'refused', trouble: { platformMessage: 'Bad: [removed]' } });
      expect(JSON.stringify(body)).not.toContain('X-Amz');
    }
  });

  it('of one photo is no carousel, and has its bytes', async () => {
    const world = await stage(pinterest, { kind: 'photos', photos: 1 });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(await world.sandbox.posts('pinterest')).toMatchObject([{ kind: 'photos', mediaSha256: world.sha256 }]);
    expect(operations(world)).toEqual(['pins.list', 'pins.create']);
  });

  it.each([
    [200, '{}'],
    [201, ''],
    [204, ''],
    [302, ''],
    [403, '<html>'],
    [409, JSON.stringify(pinterestError(409, 1).body)],
    [429, ''],
    [408, JSON.stringify(pinterestError(408, 1).body)],
    [500, JSON.stringify(pinterestError(500, 11).body)],
  ])('is open when the answer is %i %s', async (status, body) => {
    expect(await pinterest.publish(video, pinterest.compose(video), scriptedTools([answer(status, body)]))).toMatchObject({ kind: 'ambiguous' });
  });

  it('waits when the video is not ready after all, and does not send it again', async () => {
    const world = await refusing('pins.create', [1], pinterestError(400, 12, 'The media is not ready'));
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 }, proofs: [{ kind: 'refused' }] });
    expect(count(world, 'media.upload')).toBe(1);
  });

  it('of a video that Pinterest knows no more is made of the video sent again', async () => {
    const world = await refusing('pins.create', [1], pinterestError(404, 7, 'Media not found.'));
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 } });
    expect(count(world, 'media.upload')).toBe(2);
  });

  it('of a photo out of reach is tried once more, and then fails for its file', async () => {
    const said = pinterestError(400, 235, 'Unable to reach the URL. Please check the URL is correct and try again.');
    expect(await (await refusing('pins.create', [1], said, { kind: 'photos' })).run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 } });
    expect(await (await refusing('pins.create', 'always', said, { kind: 'photos' })).run()).toMatchObject({ status: 'failed', attempt: { n: 2 }, error: { code: 'media_rejected' } });
  });

  it('fails when its board is gone, and says so', async () => {
    const world = await refusing('pins.create', 'always', pinterestError(404, 40, 'Board not found.'));
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'metadata_rejected', message: expect.stringContaining('board') } });
  });
});

/** A pin that says what the upload says, made by somebody else. */
async function pinByHand({ sandbox, linked }: Pick<Stage, 'sandbox' | 'linked'>, more: object = { title: TITLE, description: DESCRIPTION }): Promise<void> {
  const data = Buffer.from('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64').toString('base64');
  const pin = { board_id: linked.defaults['board'], ...more, media_source: { source_type: 'image_base64', content_type: 'image/png', data } };
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${linked.accessToken}` };
  const made = await sandbox.handle({ method: 'POST', target: '/pinterest/api/v5/pins', headers, body: Buffer.from(JSON.stringify(pin)) });
  expect(made).toMatchObject({ answer: { status: 201 } });
}

describe('a lost answer', () => {
  it('is not settled by an older pin that says the same', async () => {
    const lost = await stage(pinterest, when(pinterest, 'pins.create', [1], () => ({ effect: 'drop_before' })));
    await pinByHand(lost);
    await lost.time.run(lost.time.sleep(120));
    expect(await lost.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 }, proofs: [{ kind: 'absent' }] });
    expect(await lost.sandbox.posts('pinterest')).toHaveLength(2);
  });

  it('stays open when two new pins say the same', async () => {
    const lost = when(pinterest, 'pins.create', [1], () => ({ effect: 'drop_after' }));
    let made = Promise.resolve();
    const twin: typeof lost = {
      weather: (call, world) => {
        if (call.operation === 'pins.create') made = world.time.sleep(5).then(() => pinByHand(world));
        return undefined;
      },
    };
    const world = await stage(pinterest, together(lost, twin));
    expect(await world.run()).toMatchObject({ status: 'unknown', attempt: { n: 1 } });
    await made;
  });

  it.each([
    ['without texts stays open, since any new pin may be it', { effect: 'drop_after' }, 'unknown'],
    ['without texts is sent again when there is no new pin', { effect: 'drop_before' }, 'uploaded'],
  ] as const)('of a pin %s', async (_, effect, status) => {
    const world = await stage(pinterest, { upload: { title: '', description: null }, ...when(pinterest, 'pins.create', [1], () => effect) });
    expect(await world.run()).toMatchObject({ status });
    expect(await world.sandbox.posts('pinterest')).toMatchObject([{ title: null, text: null }]);
  });
});

/** A pin as it is listed. */
const pin = (id: string, createdAt: string | null, title = 'A title') => ({ id, created_at: createdAt, title, description: 'What it is  about' });

describe('the board', () => {
  const attempt = { n: 1, armedAt: NOW };
  const confirm = (...pages: readonly object[]) => {
    const tools = scriptedTools(pages.map((page) => answer(200, page)));
    return { tools, outcome: pinterest.confirm(video, pinterest.compose(video), attempt, tools) };
  };

  it('is read until older pins come, newest first', async () => {
    const { tools, outcome } = confirm({ items: [pin('3', '2026-11-21T12:00:05', 'Another')], bookmark: 'b' }, { items: [pin('2', '2026-11-21T10:00:00')], bookmark: 'c' });
    expect(await outcome).toMatchObject({ kind: 'absent', artefactLost: false });
    expect(tools.requests.map(({ url }) => url)).toEqual([`https://api.test/v5/boards/${BOARD}/pins?page_size=25`, `https://api.test/v5/boards/${BOARD}/pins?page_size=25&bookmark=b`]);
  });

  it('is read to its end where people have put it into an order of their own', async () => {
    const { outcome } = confirm({ items: [pin('2', '2026-11-20T10:00:00Z'), pin('3', '2026-11-21T12:00:00Z', 'Another')], bookmark: 'b' }, { items: [pin('4', '2026-11-19T10:00:00Z')], bookmark: 'c' }, { items: [pin('5', '2026-11-21T12:00:01+00:00')], bookmark: null });
    expect(await outcome).toEqual({ kind: 'found', externalId: '5', externalUrl: 'https://www.pinterest.com/pin/5/' });
  });

  it('shows no pin of ours among those that were there before, but a new one whose time is not told', async () => {
    expect(await confirm({ items: [pin('1', '2026-11-21T12:00:00Z')] }).outcome).toMatchObject({ kind: 'absent' });
    expect(await confirm({ items: [pin('7', null), pin('1', '2026-11-21T11:55:00Z')] }).outcome).toMatchObject({ kind: 'found', externalId: '7' });
  });

  it('has a list of its own for each section', async () => {
    const work = { ...video, options: { board: BOARD, boardSection: '77' } };
    const tools = scriptedTools([answer(200, { items: [pin('9', NOW)], bookmark: null })]);
    expect(await pinterest.confirm(work, pinterest.compose(work), attempt, tools)).toMatchObject({ kind: 'found', externalId: '9' });
    expect(tools.requests[0]?.url).toBe(`https://api.test/v5/boards/${BOARD}/sections/77/pins?page_size=25`);
  });

  it('leaves it open when it has too many new pins, or cannot be read', async () => {
    const page = { items: [pin('3', '2026-11-21T12:00:05Z', 'Another')], bookmark: 'on' };
    expect(await confirm(...Array.from({ length: 10 }, () => page)).outcome).toMatchObject({ kind: 'undecided', trouble: null });
    const gone = scriptedTools([answer(404, pinterestError(404, 40).body)]);
    expect(await pinterest.confirm(video, pinterest.compose(video), attempt, gone)).toMatchObject({ kind: 'undecided', trouble: { class: 'invalid_metadata' } });
  });

  it('is searched from an earlier attempt on that was held for absent', async () => {
    const doubted = { ...video, attempts: { made: 2, doubtedSince: '2026-11-21T11:20:00Z' } };
    const tools = scriptedTools([answer(200, { items: [pin('8', '2026-11-21T11:01:00Z')], bookmark: null })]);
    expect(await pinterest.confirm(doubted, pinterest.compose(doubted), attempt, tools)).toMatchObject({ kind: 'found', externalId: '8' });
  });
});

describe('the video', () => {
  it('is not sent again when it arrived and the answer was lost', async () => {
    const world = await stage(pinterest, when(pinterest, 'media.upload', [1], () => ({ effect: 'drop_after' })));
    expect(await world.run()).toMatchObject({ status: 'uploaded', bytesSent: clip.byteLength });
    expect([count(world, 'media.register'), count(world, 'media.upload')]).toEqual([1, 1]);
  });

  it.each(['drop_before', 'drop_midway'] as const)('gets a new place when it broke off (%s)', async (effect) => {
    const world = await stage(pinterest, when(pinterest, 'media.upload', [1], () => (effect === 'drop_midway' ? { effect, bytes: 1000 } : { effect })));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect([count(world, 'media.register'), count(world, 'media.upload')]).toEqual([2, 2]);
  });

  it('goes without the token, and what lets it in is stored nowhere', async () => {
    const world = await stage(pinterest);
    const delivery = await world.run();
    const upload = world.seen.find(({ operation }) => operation === 'media.upload');
    expect(Object.keys(upload?.request.headers ?? {})).toEqual(['content-type']);
    expect(upload?.streamed).toBe(true);
    expect(JSON.stringify([delivery, world.logged])).not.toMatch(/x-amz|policy/iu);
  });

  it('fails with its reason when Pinterest cannot process it', async () => {
    const world = await stage(pinterest, { file: Buffer.concat([clip.subarray(0, 100), Buffer.alloc(5000)]) });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'media_rejected' }, attempt: { n: 0 } });
  });

  it('that never begins to be processed is sent three times, and then given up', async () => {
    const world = await refusing('media.read', 'always', { status: 200, body: { media_id: '1', media_type: 'video', status: 'registered' } });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'platform_unavailable' } });
    expect(count(world, 'media.upload')).toBe(3);
  });

  it('is looked at less and less often', async () => {
    const world = await stage(pinterest, { processingSeconds: 600 });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(count(world, 'media.read')).toBeLessThan(16);
  });
});
