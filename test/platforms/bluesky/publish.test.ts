import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Work } from '../../../core/ports/index.ts';
import { bluesky } from '../../../platforms/bluesky/index.ts';
import { recordKey } from '../../../platforms/bluesky/record.ts';
import { operations, stage, when } from '../support/stage.ts';
import { answer, scriptedTools, TOKEN, workOf } from '../support/tools.ts';
import { xrpc } from '../support/words.ts';

const DID = 'did:plc:iqtd6fkft4iqdgzz44atmzq3';
const blob = { $type: 'blob', ref: { $link: 'bafkreigml74cd6bpnokgfsrldbazbtorvkdm3263ka23w6vxn4xzcjfzce' }, mimeType: 'image/jpeg', size: 4071 };

/** Ready to be published. */
function prepared({ blobs = [], mentions = {}, ...changes }: { blobs?: readonly object[]; mentions?: object; upload?: Partial<Work['upload']>; options?: unknown } = {}): Work {
  const work = workOf(1000, { ...changes, checkpoint: { pds: 'https://pds.example', mentions, blobs, upload: null, job: null, createdAt: '2026-11-21T12:00:00.000Z' } });
  return { ...work, account: { ...work.account, externalId: DID } };
}

const text = (changes: Partial<Work['upload']> = {}, options?: unknown) => prepared({ upload: { kind: 'text', media: [], ...changes }, options });

function recordOf(work: Work): Record<string, unknown> {
  return z.object({ input: z.object({ record: z.record(z.string(), z.unknown()) }) }).parse(bluesky.compose(work)).input.record;
}

const photo = { ...workOf(4071).upload.media[0], contentType: 'image/jpeg', image: { format: 'jpeg', width: 720, height: 900, animated: false } };

describe('the record', () => {
  it('has a key that follows from upload and account alone', () => {
    const work = text();
    const key = recordKey(work);
    expect(key).toMatch(/^[2-7a-j][2-7a-z]{12}$/u);
    expect(recordKey({ ...work, checkpoint: null, options: {}, upload: { ...work.upload, title: 'Another' } })).toBe(key);
    expect(recordKey({ ...work, account: { ...work.account, accountId: 'acc_2' } })).not.toBe(key);
    expect(recordKey({ ...work, upload: { ...work.upload, uploadId: 'upl_01J8ZC6Q4M2V9Y3K7T5B1N0X01' } })).not.toBe(key);
  });

  it('has keys in the order of the uploads', () => {
    const keys = ['01J8ZC6Q4M', '01J8ZC6Q4N', '01J8ZC6Q50', '01K8ZC6Q4M'].map((time) => recordKey(text({ uploadId: `upl_${time}2V9Y3K7T5B1N0X00` })));
    expect(keys.toSorted()).toEqual(keys);
  });

  it('is sent under its key, and may not replace another one', async () => {
    const tools = scriptedTools([answer(200, { uri: `at://${DID}/app.bsky.feed.post/${recordKey(text())}`, cid: 'bafy' })]);
    expect(await bluesky.publish(text(), bluesky.compose(text()), tools)).toEqual({
      kind: 'published',
      externalId: `at://${DID}/app.bsky.feed.post/${recordKey(text())}`,
      externalUrl: `https://bsky.app/profile/${DID}/post/${recordKey(text())}`,
    });
    const [request] = tools.requests;
    expect(request).toMatchObject({ method: 'POST', url: 'https://pds.example/xrpc/com.atproto.repo.putRecord', headers: { authorization: `Bearer ${TOKEN}` } });
    expect(JSON.parse(String(request?.body))).toEqual({
      repo: DID,
      collection: 'app.bsky.feed.post',
      rkey: recordKey(text()),
      record: { $type: 'app.bsky.feed.post', text: 'A title\n\nWhat it is about', createdAt: '2026-11-21T12:00:00.000Z' },
      swapRecord: null,
    });
  });

  it('carries what the options say', () => {
    const options = { langs: ['de'], labels: ['nudity'], link: { uri: 'https://a.example', title: 'A' } };
    expect(recordOf(text({}, options))).toMatchObject({
      langs: ['de'],
      labels: { $type: 'com.atproto.label.defs#selfLabels', values: [{ val: 'nudity' }] },
      embed: { $type: 'app.bsky.embed.external', external: { uri: 'https://a.example', title: 'A', description: '' } },
    });
  });

  it('shows up to four photos as images, and more as a gallery, each with its description and shape', () => {
    const of = (count: number) => {
      const upload = z.custom<Work['upload']>().parse({ ...workOf(1).upload, kind: 'photos', media: Array.from({ length: count }, () => photo) });
      return recordOf(prepared({ blobs: Array.from({ length: count }, () => blob), upload, options: { altTexts: ['One'] } }))['embed'];
    };
    const shape = { width: 720, height: 900 };
    expect(of(4)).toMatchObject({ $type: 'app.bsky.embed.images', images: [{ image: blob, alt: 'One', aspectRatio: shape }, { alt: '' }, {}, {}] });
    expect(of(5)).toMatchObject({ $type: 'app.bsky.embed.gallery', items: [{ $type: 'app.bsky.embed.gallery#image', image: blob, alt: 'One', aspectRatio: shape }, {}, {}, {}, {}] });
  });

  it('mentions people by their accounts', async () => {
    const world = await stage(bluesky, { kind: 'text', upload: { title: 'Thanks, @ada.bsky.social and @nobody.example', description: null } });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    const sent = JSON.parse(String(world.seen.at(-1)?.request.body));
    expect(sent.record.facets).toEqual([{ index: { byteStart: 8, byteEnd: 24 }, features: [{ $type: 'app.bsky.richtext.facet#mention', did: world.linked.externalId }] }]);
    expect(operations(world).filter((name) => name === 'handle.resolve')).toHaveLength(2);
  });
});

/** What becomes of the visible call that is answered so. */
function said(status: number, body: unknown, headers = {}) {
  return bluesky.publish(text(), bluesky.compose(text()), scriptedTools([answer(status, body, headers)]));
}

/** What a look-up comes to that is answered so. */
function confirmed(status: number, body: unknown) {
  return bluesky.confirm(text(), bluesky.compose(text()), { n: 1, armedAt: '2026-11-21T12:00:00Z' }, scriptedTools([answer(status, body)]));
}

describe('an answer to the visible call', () => {
  it.each([
    [400, 'InvalidSwap'],
    [500, 'InternalServerError'],
    [502, 'UpstreamFailure'],
    [400, 'UpstreamTimeout'],
  ])('that leaves open what happened is looked into: %i %s', async (status, error) => {
    expect(await said(status, { error, message: 'x' })).toMatchObject({ kind: 'ambiguous', evidence: `${status} ${error}` });
  });

  it('about another record is believed by nobody', async () => {
    expect(await said(200, { uri: `at://${DID}/app.bsky.feed.post/3k2aaaaaaaaaa`, cid: 'bafy' })).toMatchObject({ kind: 'ambiguous' });
    expect(await said(200, { ok: true })).toMatchObject({ kind: 'ambiguous' });
    expect(await said(400, 'no JSON')).toMatchObject({ kind: 'ambiguous' });
  });

  it('that is a refusal says by whom, and until when', async () => {
    expect(await said(400, { error: 'InvalidRequest', message: 'Invalid record' })).toMatchObject({ kind: 'refused', trouble: { class: 'invalid_metadata', platformMessage: 'Invalid record' } });
    expect(await said(400, { error: 'AccountTakedown' })).toMatchObject({ kind: 'refused', trouble: { class: 'permanent', code: 'permission_denied' } });
    const until = new Date('2026-11-21T13:00:00Z');
    expect(await said(429, { error: 'RateLimitExceeded' }, { 'ratelimit-reset': String(until.getTime() / 1000), 'retry-after': '5' })).toMatchObject({ trouble: { class: 'rate_limited', until } });
    expect(await said(401, { error: 'AuthMissing', message: `Bad ${TOKEN}` })).toMatchObject({ trouble: { class: 'auth_revoked', platformMessage: 'Bad [removed]' } });
  });
});

describe('a file that the server has dropped', () => {
  it.each([xrpc(400, 'BlobNotFound'), xrpc(400, 'InvalidRequest', 'Could not find blob: bafkrei')])('is sent again: %j', async (words) => {
    const world = await stage(bluesky, { kind: 'photos', ...when(bluesky, 'record.put', [1], () => ({ effect: 'refuse', ...words })) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 }, proofs: [{ kind: 'refused' }] });
    expect(operations(world).filter((name) => name === 'blob.upload')).toHaveLength(4);
    expect(await world.sandbox.posts('bluesky')).toMatchObject([{ mediaSha256: world.sha256 }]);
  });
});

describe('a post that nobody answered for', () => {
  it('is found by its key alone, also when the session is over', async () => {
    const world = await stage(bluesky, {
      kind: 'text',
      ...when(bluesky, 'record.put', [1], (sandbox) => {
        sandbox.addFault({ network: 'bluesky', operation: 'token.refresh', effect: 'refuse', ...xrpc(400, 'ExpiredToken'), times: 9 });
        return { effect: 'drop_after' };
      }),
    });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 1 }, receipt: { externalId: expect.stringContaining('at://did:plc:') } });
    expect(world.seen.filter(({ operation }) => operation === 'record.read').every(({ request }) => request.headers['authorization'] === undefined)).toBe(true);
  });

  it('is one post, however late the first call arrives and whatever the second one says', async () => {
    // Absence is believed after the wait; then the request that was held by the network comes through after all.
    const world = await stage(bluesky, { kind: 'text', ...when(bluesky, 'record.put', [1], () => ({ effect: 'drop_then_do', ms: 300_000 })) });
    const delivery = await world.run();
    await world.time.run(world.time.sleep(3600));
    expect(delivery).toMatchObject({ status: 'uploaded', attempt: { n: 2 } });
    expect(await world.sandbox.posts('bluesky')).toHaveLength(1);
  });

  it('is not declared absent for another reason than that', async () => {
    expect(await confirmed(400, { error: 'RecordNotFound', message: 'x' })).toMatchObject({ kind: 'absent', artefactLost: false });
    expect(await confirmed(404, '')).toMatchObject({ kind: 'undecided' });
    expect(await confirmed(400, { error: 'InvalidRequest', message: 'Could not locate record' })).toMatchObject({ kind: 'undecided' });
    expect(await confirmed(400, { error: 'RepoDeactivated' })).toMatchObject({ kind: 'undecided' });
  });
});
