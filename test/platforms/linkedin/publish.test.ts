import { describe, expect, it } from 'vitest';
import { packed } from '../../../platforms/linkedin/checkpoint.ts';
import { linkedin } from '../../../platforms/linkedin/index.ts';
import { SCOPES } from '../../../sandbox/linkedin/accounts.ts';
import { operations, stage, together, when, type Effect, type StageOptions } from '../support/stage.ts';
import { answer, scriptedTools, TOKEN, workOf } from '../support/tools.ts';
import { restli } from '../support/words.ts';

const PAGE = 'urn:li:organization:2414183';
const MEMBER = 'urn:li:person:abc-DEF_1';
const URN = 'urn:li:share:7100000000000000001';
const URL = `https://www.linkedin.com/feed/update/${URN}`;
const endpoints = { api: 'https://api.linkedin.test', www: 'https://www.linkedin.test' };
const NOON = '2026-11-21T12:00:00Z';

const by = (externalId: string) => ({ accountId: 'acc_1', externalId, name: 'Ada', limits: {} });
const checkpointOf = (...urns: readonly string[]) => ({
  assets: urns.map((urn) => ({ urn, uploadToken: '', expiresAt: null, left: packed([]), etags: [] })),
  stage: 'resting',
  polls: 0,
  lost: 0,
  forbidden: 0,
});
const text = (externalId = PAGE, changes: Parameters<typeof workOf>[1] = {}) => workOf(1, { account: by(externalId), upload: { kind: 'text', media: [] }, ...changes });
const duplicate = restli(422, { code: 'DUPLICATE_POST', message: `Content is a duplicate of ${URN}` });

const media = (count: number) => Array.from({ length: count }, () => workOf(1).upload.media).flat();
const doubted = (externalId: string, doubtedSince: string | null) => text(externalId, { attempts: { made: 2, doubtedSince } });
const listed = (...elements: readonly object[]) => answer(200, { elements, paging: { start: 0, count: 10, links: [] } });
const member = (changes: StageOptions): StageOptions => ({ scopes: ['openid', SCOPES.member], ...changes });

function publish(said: Parameters<typeof scriptedTools>[0][number], work = text()) {
  return linkedin.publish(work, linkedin.compose(work), scriptedTools([said], { endpoints }));
}

describe('what is sent', () => {
  const common = { author: PAGE, commentary: 'A title\n\nWhat it is about', visibility: 'PUBLIC', lifecycleState: 'PUBLISHED', isReshareDisabledByAuthor: false };

  it('is the text alone, to everybody', () => {
    expect(linkedin.compose(text())).toEqual({ ...common, distribution: { feedDistribution: 'MAIN_FEED', targetEntities: [], thirdPartyDistributionChannels: [] } });
  });

  it('is a video with its title', () => {
    const title = `${'x'.repeat(199)}🎬`;
    const body = linkedin.compose(workOf(1, { account: by(PAGE), upload: { title }, checkpoint: checkpointOf('urn:li:video:1') }));
    expect(body).toMatchObject({ content: { media: { id: 'urn:li:video:1', title: 'x'.repeat(199) } } });
  });

  it('is one photo, or several, with what they show', () => {
    const options = { altTexts: ['A boat', ''], visibility: 'CONNECTIONS', disableReshare: true };
    const work = (count: number) => workOf(1, { account: by(PAGE), upload: { kind: 'photos', media: media(count) }, options, checkpoint: checkpointOf(...['urn:li:image:1', 'urn:li:image:2'].slice(0, count)) });
    expect(linkedin.compose(work(1))).toMatchObject({ content: { media: { id: 'urn:li:image:1', altText: 'A boat' } }, visibility: 'CONNECTIONS', isReshareDisabledByAuthor: true });
    expect(linkedin.compose(work(2))).toMatchObject({ content: { multiImage: { images: [{ id: 'urn:li:image:1', altText: 'A boat' }, { id: 'urn:li:image:2' }] } } });
  });

  it('is nothing before all files are there', () => {
    expect(() => linkedin.compose(workOf(1, { account: by(PAGE) }))).toThrow('Not all files');
  });

  it('goes out in one call, and the same bytes in each attempt', async () => {
    const tools = scriptedTools([answer(201, '', { 'x-restli-id': URN })], { endpoints });
    const body = linkedin.compose(text());
    expect(await linkedin.publish(text(), body, tools)).toEqual({ kind: 'published', externalId: URN, externalUrl: URL });
    expect(tools.requests).toMatchObject([{ method: 'POST', url: `${endpoints.api}/rest/posts`, headers: { authorization: `Bearer ${TOKEN}`, 'linkedin-version': '202610' } }]);

    const cut = when(linkedin, 'post.create', [1, 2], () => ({ effect: 'drop_before' }));
    const world = await stage(linkedin, { kind: 'text', ...cut });
    await world.run();
    const bodies = world.seen.filter(({ operation }) => operation === 'post.create').map(({ request }) => request.body);
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies).size).toBe(1);
  });
});

describe('the answer to the visible call', () => {
  it.each([
    ['201 without a name', answer(201, '')],
    ['201 with another name', answer(201, '', { 'x-restli-id': 'urn:li:video:1' })],
    ['200', answer(200, '', { 'x-restli-id': URN })],
    ['409, a concurrent update', answer(409, restli(409, { code: 'CONFLICT' }).body)],
    ['500', answer(500, restli(500, { code: 'INTERNAL_SERVER_ERROR' }).body)],
    ['429 without words', answer(429, 'slow down')],
    ['403 of a proxy', answer(403, '<html>')],
    ['422 of somebody else', answer(422, { error: 'no' })],
    ['400 that names another status', answer(400, restli(500, { code: 'MISSING_FIELD' }).body)],
  ])('leaves open what happened: %s', async (_what, said) => {
    expect(await publish(said)).toMatchObject({ kind: 'ambiguous' });
  });

  it.each([
    ['invalid_metadata', restli(422, { code: 'FIELD_LENGTH_TOO_LONG' })],
    ['quota', restli(429, { code: 'TOO_MANY_REQUESTS' })],
    ['auth_expired', restli(401, { code: 'EXPIRED_ACCESS_TOKEN', serviceErrorCode: 65_602 })],
    ['auth_revoked', restli(403, { code: 'ACCESS_DENIED', serviceErrorCode: 100 })],
    ['permanent', restli(426, { code: 'NONEXISTENT_VERSION' })],
    ['duplicate', duplicate],
  ])('is a refusal: %s', async (troubleClass, said) => {
    expect(await publish(answer(said.status, said.body))).toMatchObject({ kind: 'refused', trouble: { class: troubleClass } });
  });

  it('lets go of files that LinkedIn could not process, or has no more', async () => {
    for (const said of [restli(400, { code: 'MEDIA_ASSET_PROCESSING_FAILED' }), restli(404, { code: 'NOT_FOUND' })]) {
      expect(await publish(answer(said.status, said.body))).toMatchObject({ kind: 'refused', artefactLost: true });
    }
  });
});

describe('a post that LinkedIn has already', () => {
  const refused = answer(duplicate.status, duplicate.body);

  it('is somebody else\'s when no attempt of ours is in doubt', async () => {
    for (const author of [PAGE, MEMBER]) {
      expect(await publish(refused, doubted(author, null))).toMatchObject({ kind: 'refused', trouble: { class: 'duplicate', code: 'duplicate_content' } });
    }
  });

  it('is ours when a recent attempt of a member is, under the name that LinkedIn says', async () => {
    expect(await publish(refused, doubted(MEMBER, '2026-11-21T11:00:01Z'))).toEqual({ kind: 'published', externalId: URN, externalUrl: URL });
    const inputErrors = [{ code: 'DUPLICATE_POST', description: `Duplicate of ${URN}.` }];
    expect(await publish(answer(400, restli(400, { errorDetails: { inputErrors } }).body), doubted(MEMBER, NOON))).toMatchObject({ kind: 'published', externalId: URN });
  });

  it('is ours without a name when none is said, or the attempt is too old for that', async () => {
    expect(await publish(answer(422, restli(422, { code: 'DUPLICATE_POST' }).body), doubted(MEMBER, NOON))).toMatchObject({ kind: 'published', externalId: null });
    expect(await publish(refused, doubted(MEMBER, '2026-11-21T11:00:00Z'))).toMatchObject({ kind: 'published', externalId: null, externalUrl: null });
    expect(await linkedin.decorate?.(text(), { externalId: null }, scriptedTools([]))).toMatchObject({ warnings: [expect.stringContaining('look at the account')] });
  });

  it('is looked for where it can be: on a page', async () => {
    expect(await publish(refused, doubted(PAGE, NOON))).toMatchObject({ kind: 'ambiguous' });
  });

  it('fails the upload that says the same again', async () => {
    const twice = when(linkedin, 'post.create', [1], () => ({ effect: 'refuse', ...duplicate }));
    const world = await stage(linkedin, { kind: 'text', ...twice });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'duplicate_content', platformCode: 'DUPLICATE_POST' } });
  });
});

describe('looking for a post of a page', () => {
  const at = Date.parse(NOON);
  const body = linkedin.compose(text());
  const ours = { id: URN, commentary: 'A title\n\nWhat it is about', createdAt: at + 3000, lifecycleState: 'PUBLISHED' };
  const other = { ...ours, id: 'urn:li:share:1', commentary: 'Other' };

  function look(said: Parameters<typeof scriptedTools>[0][number], sent: unknown = body) {
    return linkedin.confirm(text(), sent, { n: 1, armedAt: NOON }, scriptedTools([said], { endpoints }));
  }

  it('asks for the page\'s newest', async () => {
    const tools = scriptedTools([listed()], { endpoints });
    await linkedin.confirm(text(), body, { n: 1, armedAt: NOON }, tools);
    expect(tools.requests).toMatchObject([{ method: 'GET', url: `${endpoints.api}/rest/posts?author=urn%3Ali%3Aorganization%3A2414183&q=author&count=10&sortBy=LAST_MODIFIED` }]);
  });

  it('finds a text by its words and time', async () => {
    expect(await look(listed(other, ours))).toEqual({ kind: 'found', externalId: URN, externalUrl: URL });
    expect(await look(listed({ ...ours, createdAt: at - 16 * 60_000 }))).toMatchObject({ kind: 'absent' });
    expect(await look(listed({ ...ours, content: { media: { id: 'urn:li:video:1' } } }))).toMatchObject({ kind: 'absent' });
    expect(await look(listed(ours, { ...ours, id: 'urn:li:share:2' }))).toMatchObject({ kind: 'undecided' });
  });

  it('finds files by their names, however the text is shown', async () => {
    const work = workOf(1, { account: by(PAGE), checkpoint: checkpointOf('urn:li:video:1') });
    const sent = linkedin.compose(work);
    expect(await look(listed({ ...other, content: { media: { id: 'urn:li:video:1' } } }), sent)).toMatchObject({ kind: 'found' });
    expect(await look(listed({ ...ours, content: { media: { id: 'urn:li:video:2' } } }), sent)).toMatchObject({ kind: 'absent' });
  });

  it('decides nothing by a look that is too short, a post that is not published, or no answer', async () => {
    const ten = Array.from({ length: 10 }, () => other);
    expect(await look(listed(...ten))).toMatchObject({ kind: 'undecided' });
    expect(await look(listed(...ten.slice(1), { ...other, createdAt: at - 86_400_000 }))).toMatchObject({ kind: 'absent' });
    // An old post that was edited says nothing about where the list ends.
    expect(await look(listed(...ten.slice(1), { ...other, createdAt: at - 86_400_000, lastModifiedAt: at }))).toMatchObject({ kind: 'undecided' });
    expect(await look(listed({ ...ours, lifecycleState: 'PUBLISH_REQUESTED' }))).toMatchObject({ kind: 'undecided' });
    expect(await look(answer(200, { elements: [{ id: 1 }] }))).toMatchObject({ kind: 'undecided', trouble: { class: 'retryable' } });
    expect(await look({ kind: 'ambiguous', reason: 'reset' })).toMatchObject({ kind: 'undecided' });
  });

  it('finds the post after LinkedIn has refused its double', async () => {
    const hidden = when(linkedin, 'posts.list', [1], () => ({ effect: 'refuse', status: 200, body: { elements: [] } }));
    const world = await stage(linkedin, { kind: 'text', ...together(when(linkedin, 'post.create', [1], () => ({ effect: 'drop_after' })), hidden) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 }, receipt: { externalId: expect.stringContaining('urn:li:share:') } });
    expect(await world.sandbox.posts('linkedin')).toHaveLength(1);
  });
});

describe("a member's post whose answer was lost", () => {
  const faults: readonly Effect[] = [
    { effect: 'drop_before' },
    { effect: 'drop_after' },
    { effect: 'drop_then_do', ms: 45_000 },
    { effect: 'delay', ms: 70_000 },
    { effect: 'delay', ms: 150_000 },
    { effect: 'refuse', status: 503, body: '' },
    { effect: 'refuse', status: 200, body: { ok: true } },
  ];

  it.each(['video', 'photos', 'text'] as const)('is settled by sending the same once more, and there is one: %s', async (kind) => {
    for (const fault of faults) {
      const world = await stage(linkedin, member({ kind, ...when(linkedin, 'post.create', [1], () => fault) }));
      const ended = await world.run();
      await world.time.run(world.time.sleep(3600));
      const posts = await world.sandbox.posts('linkedin');
      expect(posts, fault.effect).toMatchObject([{ kind, accountId: world.linked.externalId, mediaSha256: world.sha256 }]);
      expect(ended, fault.effect).toMatchObject({ status: 'uploaded', attempt: { n: 2 }, receipt: { externalId: posts[0]?.id }, duplicates: [] });
      expect(operations(world)).not.toContain('posts.list');
    }
  });

  it('is repeated for an hour, and stays unknown afterwards', async () => {
    const world = await stage(linkedin, member({ kind: 'text', ...when(linkedin, 'post.create', 'always', () => ({ effect: 'drop_before' })) }));
    const ended = await world.run();
    expect(ended).toMatchObject({ status: 'unknown', error: { code: 'outcome_unknown' } });
    const [first] = ended.proofs;
    const last = ended.attempt.phase === 'armed' ? ended.attempt.armedAt : '';
    expect(Date.parse(last) - Date.parse(first?.at ?? '')).toBeGreaterThan(0);
    expect(ended.proofs.every(({ kind, at }) => kind === 'absent' && Date.parse(at) - Date.parse(first?.at ?? '') < 3_600_000)).toBe(true);
  });

  it('is not repeated when the attempt is old', async () => {
    const armedAt = '2026-11-21T11:00:00Z';
    expect(await linkedin.confirm(text(MEMBER), linkedin.compose(text(MEMBER)), { n: 1, armedAt }, scriptedTools([]))).toMatchObject({ kind: 'undecided' });
    const doubted = text(MEMBER, { attempts: { made: 2, doubtedSince: armedAt } });
    expect(await linkedin.confirm(doubted, linkedin.compose(doubted), { n: 2, armedAt: NOON }, scriptedTools([]))).toMatchObject({ kind: 'undecided' });
  });
});
