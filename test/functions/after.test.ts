import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../core/limits.ts';
import type { DeliveryError } from '../../core/model.ts';
import { openDoor, wrongFields, type ApiAnswer, type Customer, type Door } from './support/door.ts';
import { complete, stageSingle } from './support/uploads.ts';

const EXECUTION = 'execution-1';
const AT = '2026-04-01T10:00:30Z';
const withTag = (size: number) => ({ youtube: { ...ENGLISH, tags: ['x'.repeat(size)] } });
const ENGLISH = { categoryId: '10', defaultLanguage: 'en', defaultAudioLanguage: 'en' };
const BROKEN: DeliveryError = { code: 'platform_unavailable', message: 'Try again later.', platformCode: '503', platformMessage: 'Busy' };

/** The title `forbidden` breaks a rule of every network. */
const connector = () => ({
  violations: ({ title }: { title: string }) =>
    title === 'forbidden' ? [{ field: 'title', code: 'test.title', message: 'No such title.', value: title, limit: null, unit: null, remedy: 'Choose another.' }] : [],
});

let door: Door;
let customer: Customer;
let uploadId: string;
beforeEach(async () => {
  door = await openDoor({ connector });
  customer = await door.customer('youtube', 'instagram');
  uploadId = await create({ scheduledOn: '2026-05-01T10:00:00Z' });
});
afterEach(() => door.close());

async function create(fields: object = {}, to: Customer = customer): Promise<string> {
  return (await complete(door, to, await stageSingle(door, to, fields))).body.uploadId;
}

const path = (what = '') => `/api/upload/${uploadId}${what}`;
const read = () => door.call({ to: `GET ${path()}`, key: customer.key });
const patch = (json: object, headers = {}) => door.call({ to: `PATCH ${path()}`, key: customer.key, json, headers });
const post = (what: 'cancel' | 'retry' | 'publish-now', json: object = {}, headers = {}) =>
  door.call({ to: `POST ${path(`/${what}`)}`, key: customer.key, json, headers });

const refOf = (n: number) => ({ uploadId, accountId: customer.accounts[n] ?? '' });

/** Takes the upload for an execution, as the workflow does. */
async function claimed(execution = EXECUTION): Promise<void> {
  await door.store.claimUpload({ uploadId, claim: { execution, claimedAt: AT }, predecessor: null });
}

async function begun(n: number): Promise<{ fence: number; revision: number }> {
  const { revision = 0 } = (await door.store.getDelivery(refOf(n))) ?? {};
  const move = await door.store.beginStep(refOf(n), { revision, execution: EXECUTION, at: AT });
  if (!move.moved) throw new Error('the step did not begin');
  return { fence: move.delivery.fence, revision };
}

async function armed(n: number): Promise<void> {
  const { fence, revision } = await begun(n);
  const move = await door.store.arm(refOf(n), { tenantId: customer.tenantId, fence, revision, fingerprint: `f${n}`, at: AT, leaseUntil: AT });
  if (!move.moved) throw new Error('not armed');
}

async function published(n: number): Promise<void> {
  await armed(n);
  const receipt = { attempt: 1, externalId: `post-${n}`, externalUrl: `https://videos.example/${n}`, at: AT };
  await door.store.receipt(refOf(n), { tenantId: customer.tenantId, receipt, at: AT });
}

async function failed(n: number): Promise<void> {
  await door.store.fail(refOf(n), { fence: (await begun(n)).fence, error: BROKEN, at: AT });
}

async function unknown(n: number): Promise<void> {
  await armed(n);
  await door.store.giveUpLooking(refOf(n), { tenantId: customer.tenantId, attempt: 1, error: { ...BROKEN, code: 'outcome_unknown' }, lookUpAt: null, at: AT });
}

const statuses = (answer: ApiAnswer): readonly string[] => answer.body.deliveries.map(({ status }: { status: string }) => status);
const possible = (answer: ApiAnswer): readonly boolean[] => answer.body.upload.accounts.map((account: { possible: boolean }) => account.possible);
const look = async () => (await read()).body.deliveries[0];
const stored = () => door.store.getUpload(uploadId);
const hasten = () => post('publish-now', {}, { 'Idempotency-Key': 'one' });
const used = () => door.store.getQuotaUsed({ tenantId: customer.tenantId, month: '2026-04' });

describe('the detail of an upload', () => {
  it('has everything, and an entity tag', async () => {
    const answer = await read();
    expect(answer.status).toBe(200);
    expect(answer.headers['ETag']).toMatch(/^"[\w-]{22}"$/u);
    expect(answer.body).toEqual({
      uploadId,
      kind: 'video',
      status: 'Scheduled',
      revision: 1,
      title: 'Spring launch',
      description: null,
      options: {},
      scheduledOn: '2026-05-01T10:00:00Z',
      createdAt: '2026-04-01T10:00:00Z',
      updatedAt: '2026-04-01T10:00:00Z',
      media: [{ mediaId: expect.stringMatching(/^med_/u), fileName: 'clip.mp4', size: 1_000, contentType: 'video/mp4', sha256: null, facts: null, image: null }],
      deliveries: customer.accounts.map((accountId, n) => ({
        accountId,
        platform: n === 0 ? 'youtube' : 'instagram',
        status: 'Scheduled',
        phase: 'pending',
        revision: 1,
        attempts: 0,
        retries: 0,
        startedAt: null,
        updatedAt: '2026-04-01T10:00:00Z',
        publishedAt: null,
        nextAt: null,
        bytesSent: null,
        externalId: null,
        externalUrl: null,
        sequels: [],
        error: null,
        warnings: [],
      })),
      links: { self: path(), status: path('/status'), edit: path(), cancel: path('/cancel'), publishNow: path('/publish-now') },
    });
  });

  it('tells what is waited out, how far it came, and what is live', async () => {
    await published(0);
    const { fence } = await begun(1);
    await door.store.saveCheckpoint(refOf(1), { fence, checkpoint: { version: 1, ready: false, data: null }, bytesSent: 256, at: AT });
    await door.store.pause(refOf(1), { fence, status: 'retrying', trouble: 'retryable', nextAt: '2026-04-01T10:05:00Z', error: BROKEN, at: AT });
    const { body } = await read();
    expect(body.status).toBe('Processing');
    expect(body.deliveries[0]).toMatchObject({ phase: 'uploaded', attempts: 1, publishedAt: AT, externalId: 'post-0', startedAt: AT, bytesSent: null });
    expect(body.deliveries[1]).toMatchObject({ phase: 'retrying', status: 'Processing', retries: 1, nextAt: '2026-04-01T10:05:00Z', bytesSent: 256 });
    expect(body.deliveries[1].error).toEqual(BROKEN);
    expect(body.links).toEqual({ self: path(), status: path('/status'), cancel: path('/cancel') });
  });

  it('counts all bytes as sent once the post is live', async () => {
    const { fence } = await begun(0);
    await door.store.saveCheckpoint(refOf(0), { fence, checkpoint: { version: 1, ready: true, data: null }, bytesSent: 900, at: AT });
    await published(0);
    expect((await read()).body.deliveries[0].bytesSent).toBe(1_000);
  });

  it('says of each part of a thread and of the first comment how it stands', async () => {
    await published(0);
    const { tenantId } = customer;
    const sequels = ['part_2', 'part_3', 'comment'] as const;
    const begun = await door.store.beginDecorate(refOf(0), { sequels, at: AT });
    if (!begun.moved) throw new Error('not begun');
    const { fence, revision } = begun.delivery;
    const arm = (sequel: number) => door.store.arm(refOf(0), { tenantId, fence, revision, sequel, fingerprint: `s${sequel}`, at: AT, leaseUntil: AT });
    const unseen = { externalId: null, externalUrl: null };
    expect((await look()).sequels).toEqual(sequels.map((name) => ({ name, status: 'pending', ...unseen })));
    await arm(0);
    expect((await look()).sequels[0]).toEqual({ name: 'part_2', status: 'publishing', ...unseen });
    const receipt = { attempt: 2, externalId: 'part-2', externalUrl: 'https://videos.example/part-2', at: AT };
    await door.store.receipt(refOf(0), { tenantId, sequel: 0, receipt, at: AT });
    await arm(1);
    await door.store.endSequels(refOf(0), { tenantId, fence, warning: 'The comment is missing.', at: AT });
    expect(await look()).toMatchObject({
      status: 'Uploaded',
      attempts: 1,
      externalId: 'post-0',
      warnings: ['The comment is missing.'],
      sequels: [
        { name: 'part_2', status: 'published', externalId: 'part-2', externalUrl: 'https://videos.example/part-2' },
        { name: 'part_3', status: 'unknown', ...unseen },
        { name: 'comment', status: 'missing', ...unseen },
      ],
    });
  });

  it('has another tag after every change, and when its time has come', async () => {
    const tags = [(await read()).headers['ETag']];
    expect((await read()).headers['ETag']).toBe(tags[0]);
    for (const change of [() => begun(0), () => patch({ title: 'Another' }), () => post('cancel', { accounts: [customer.accounts[1]] })]) {
      await change();
      tags.push((await read()).headers['ETag']);
    }
    door.clock.set('2026-05-01T10:00:00Z');
    tags.push((await read()).headers['ETag']);
    expect(new Set(tags).size).toBe(5);
  });
});

describe('whatever changes an upload', () => {
  const asks = [
    ['PATCH', '', { title: 'New' }],
    ['POST', '/cancel', {}],
    ['POST', '/retry', {}],
    ['POST', '/publish-now', {}],
  ] as const;

  it.each(asks)('%s %s does not find what is of another tenant, whatever the body', async (method, what, json) => {
    const stranger = await door.customer('youtube');
    for (const body of [json, { nonsense: true }]) {
      const answer = await door.call({ to: `${method} ${path(what)}`, key: stranger.key, json: body });
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
  });

  it.each(asks)('%s %s honours If-Match', async (method, what, json) => {
    await failed(0);
    const ask = (ifMatch: string) => door.call({ to: `${method} ${path(what)}`, key: customer.key, json, headers: { 'If-Match': ifMatch } });
    const before = (await read()).headers['ETag'] ?? '';
    expect(await ask('"stale"')).toMatchObject({ status: 412, body: { code: 'precondition_failed' } });
    expect(await ask(`W/${before}`)).toMatchObject({ status: 412 });
    expect(wrongFields(await ask('stale'))).toEqual(['If-Match: invalid_format']);
    expect((await read()).headers['ETag']).toBe(before);
    const done = await ask(`"other", ${before}`);
    expect(done.status).toBe(200);
    expect(done.headers['ETag']).toBe((await read()).headers['ETag']);
    expect(done.headers['ETag']).not.toBe(before);
    expect((await ask('*')).status).not.toBe(412);
  });

  it.each(asks)('%s %s is done once under an Idempotency-Key', async (method, what, json) => {
    await failed(0);
    const ask = () => door.call({ to: `${method} ${path(what)}`, key: customer.key, json, headers: { 'Idempotency-Key': 'one' } });
    const first = await ask();
    const again = await ask();
    expect(first.status).toBe(200);
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(again.headers['Idempotent-Replayed']).toBe('true');
  });

  it('starts the execution when it is repeated, if the first request died before it could', async () => {
    await claimed();
    door.executions.break(true);
    expect((await hasten()).status).toBe(200);
    expect(door.executions.started).toHaveLength(0);
    expect((await door.store.getUpload(uploadId))?.upload).toMatchObject({ wake: '2026-04-01T10:00:00Z', watchAt: expect.any(String) });
    door.executions.break(false);
    expect((await hasten()).status).toBe(200);
    expect(door.executions.started.map(({ input }) => input)).toEqual([{ v: 1, uploadId, predecessor: EXECUTION }]);
  });
});

describe('an edit', () => {
  it('changes what it names, under a higher revision; null takes away', async () => {
    await patch({ description: 'Long', options: { youtube: ENGLISH, instagram: { shareToFeed: false } } });
    const edited = await patch({ title: 'New', description: null, options: { instagram: null } });
    expect(edited.body).toMatchObject({ title: 'New', description: null, revision: 3, scheduledOn: '2026-05-01T10:00:00Z' });
    expect(edited.body.options).toEqual({ youtube: ENGLISH });
  });

  it('gives a network named its options whole, also under its other name', async () => {
    expect((await patch({ options: { youtube: { ...ENGLISH, tags: ['a'] } } })).body.options).toEqual({ youtube: { ...ENGLISH, tags: ['a'] } });
    expect((await patch({ youtube: ENGLISH })).body.options).toEqual({ youtube: ENGLISH });
  });

  it('needs no execution for what the one that waits will read, or for a later time', async () => {
    await claimed();
    await patch({ title: 'New' });
    await patch({ scheduledOn: '2026-06-01T10:00:00Z' });
    expect(door.executions.started).toEqual([]);
    expect((await door.store.getUpload(uploadId))?.upload.wake).toBeNull();
  });

  it('to an earlier time starts another execution, and stops the one that waits', async () => {
    await claimed();
    expect((await patch({ scheduledOn: '2026-04-20T10:00:00Z' })).body.status).toBe('Scheduled');
    expect(door.executions.started).toMatchObject([{ input: { v: 1, uploadId, predecessor: EXECUTION } }]);
    expect(door.executions.stopped).toEqual([EXECUTION]);
    const [{ name } = { name: '' }] = door.executions.started;
    expect(name).toMatch(new RegExp(`^${uploadId.slice(4)}-r2-d4-[0-9a-f]{8}$`, 'u'));
  });

  it('to no time publishes now', async () => {
    await claimed();
    expect((await patch({ scheduledOn: null })).body).toMatchObject({ scheduledOn: null, status: 'Processing' });
    expect(door.executions.started).toHaveLength(1);
  });

  it('may go to the same date of the next year, and not a second later', async () => {
    expect((await patch({ scheduledOn: '2027-04-01T10:00:00Z' })).status).toBe(200);
    expect(wrongFields(await patch({ scheduledOn: '2027-04-01T10:00:01Z' }))).toEqual(['scheduledOn: too_far']);
    expect((await patch({ scheduledOn: '2026-04-01T09:55:00Z' })).status).toBe(200);
    expect(wrongFields(await patch({ scheduledOn: '2026-04-01T09:54:59Z' }))).toEqual(['scheduledOn: in_the_past']);
  });

  it('holds to the rules of the networks', async () => {
    const refused = await patch({ title: 'forbidden' });
    expect(refused.status).toBe(400);
    expect(wrongFields(refused)).toEqual(['title: test.title']);
    expect((await read()).body).toMatchObject({ title: 'Spring launch', revision: 1 });
  });

  it('is refused without a field, with an unknown one, and with options that would be too long together', async () => {
    expect(wrongFields(await patch({}))).toEqual(['body: empty']);
    expect(wrongFields(await patch({ title: 'New', accounts: [] }))).toEqual(['accounts: unknown_field']);
    const room = limits.options - JSON.stringify(withTag(0)).length;
    expect((await patch({ options: withTag(room) })).status).toBe(200);
    expect(wrongFields(await patch({ options: { instagram: { shareToFeed: false } } }))).toEqual(['options: too_long']);
  });

  it('is refused once anything is being published, and says what', async () => {
    await armed(1);
    const refused = await patch({ title: 'New' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'upload_state', upload: { status: 'Processing', revision: 1 } } });
    expect(possible(refused)).toEqual([true, false]);
  });

  it('of what has failed counts when it is retried; of what was cancelled it is refused', async () => {
    await failed(0);
    await post('cancel', { accounts: [customer.accounts[1]] });
    expect((await patch({ title: 'New' })).body).toMatchObject({ title: 'New', status: 'Failed' });
    uploadId = await create();
    await post('cancel');
    expect(await patch({ title: 'New' })).toMatchObject({ status: 409, body: { code: 'upload_state', upload: { status: 'Cancelled' } } });
  });
});

describe('a cancel', () => {
  it('of all ends the upload now, and gives its accounts back to the month', async () => {
    await claimed();
    expect(await used()).toBe(2);
    const answer = await post('cancel');
    expect(answer.body).toMatchObject({ status: 'Cancelled', revision: 2, links: { self: path(), status: path('/status') } });
    expect(await used()).toBe(0);
    expect(door.executions.started).toMatchObject([{ input: { uploadId, predecessor: EXECUTION } }]);
  });

  it('of one account leaves the others, without another execution', async () => {
    await claimed();
    expect(statuses(await post('cancel', { accounts: [customer.accounts[0]] }))).toEqual(['Cancelled', 'Scheduled']);
    expect(door.executions.started).toEqual([]);
    expect(await used()).toBe(1);
    expect(statuses(await post('cancel', { accounts: [customer.accounts[1]] }))).toEqual(['Cancelled', 'Cancelled']);
    expect(door.executions.started).toHaveLength(1);
  });

  it('of what is cancelled is as well answered, and changes nothing', async () => {
    const first = await post('cancel');
    door.clock.pass(60);
    const again = await post('cancel');
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(await post('cancel', { accounts: customer.accounts })).toMatchObject({ status: 200, body: first.body });
    expect(await used()).toBe(0);
  });

  it('is refused while one is being published or was, and names what is possible', async () => {
    for (const stand of [armed, published, unknown]) {
      customer = await door.customer('youtube', 'instagram');
      uploadId = await create();
      await stand(0);
      const refused = await post('cancel');
      expect(refused).toMatchObject({ status: 409, body: { code: 'upload_state' } });
      expect(possible(refused)).toEqual([false, true]);
      const rest = customer.accounts.filter((_, n) => possible(refused)[n]);
      expect((await post('cancel', { accounts: rest })).status).toBe(200);
      expect((await post('cancel', { accounts: [customer.accounts[0]] })).status).toBe(409);
    }
  });

  it('leaves what had failed', async () => {
    await failed(0);
    expect(statuses(await post('cancel'))).toEqual(['Failed', 'Cancelled']);
    expect(await used()).toBe(1);
  });

  it('of an account that the upload does not go to is refused', async () => {
    expect(wrongFields(await post('cancel', { accounts: [...customer.accounts, 'acc_x'] }))).toEqual(['accounts: account_unknown']);
    expect((await read()).body.revision).toBe(1);
  });

  it('goes on with a newer revision that somebody else has made meanwhile', async () => {
    await door.close();
    let first = true;
    door = await openDoor({
      connector,
      store: (store) => ({
        ...store,
        cancelDeliveries: async (request) => {
          if (first) await store.rescheduleUpload({ uploadId: request.uploadId, revision: 1, edit: { title: 'Meanwhile' }, at: AT });
          first = false;
          return store.cancelDeliveries(request);
        },
      }),
    });
    customer = await door.customer('youtube');
    uploadId = await create();
    expect((await post('cancel')).body).toMatchObject({ title: 'Meanwhile', status: 'Cancelled', revision: 3 });
  });
});

describe('a retry', () => {
  it('revives all that failed, and starts an execution for them', async () => {
    await claimed();
    await failed(0);
    await published(1);
    const answer = await post('retry');
    expect(answer.body.deliveries).toMatchObject([
      { phase: 'pending', revision: 2, error: null },
      { phase: 'uploaded', revision: 1 },
    ]);
    expect(door.executions.started).toMatchObject([{ input: { uploadId, predecessor: EXECUTION } }]);
  });

  it('starts an execution of another name each time', async () => {
    for (let round = 0; round < 3; round += 1) {
      await failed(0);
      expect((await post('retry')).status).toBe(200);
    }
    expect(new Set(door.executions.started.map(({ name }) => name)).size).toBe(3);
  });

  it('repeats what is unknown only by force, and notes who asked', async () => {
    await unknown(0);
    const refused = await post('retry');
    expect(refused).toMatchObject({ status: 409, body: { code: 'upload_state', detail: expect.stringContaining('force') } });
    expect(possible(refused)).toEqual([false, false]);
    expect((await post('retry', { accounts: [customer.accounts[0]] })).status).toBe(409);
    expect((await post('retry', { force: true })).body.deliveries[0]).toMatchObject({ phase: 'pending', attempts: 1 });
    expect((await stored())?.deliveries[0]?.proofs).toMatchObject([{ kind: 'forced', evidence: expect.stringMatching(/key_/u) }]);
  });

  it('of what has not failed is refused as a whole, and says what is possible', async () => {
    await failed(0);
    const refused = await post('retry', { accounts: customer.accounts });
    expect(refused).toMatchObject({ status: 409, body: { code: 'upload_state' } });
    expect(possible(refused)).toEqual([true, false]);
    expect(wrongFields(await post('retry', { accounts: ['acc_x'] }))).toEqual(['accounts: account_unknown']);
    expect((await read()).body.deliveries[0].phase).toBe('failed');
  });

  it('is refused once the files are released, or gone', async () => {
    await claimed();
    await failed(0);
    await post('cancel', { accounts: [customer.accounts[1]] });
    const [media] = (await stored())?.upload.media ?? [];
    door.media.remove(media?.objectKey ?? '');
    expect(await post('retry')).toMatchObject({ status: 409, body: { code: 'media_gone' } });

    uploadId = await create();
    await claimed();
    await failed(0);
    await failed(1);
    await door.store.closeUpload({ uploadId, revision: 1, at: AT });
    await door.store.releaseUpload({ uploadId, execution: EXECUTION, revision: 1, at: AT });
    expect(await post('retry')).toMatchObject({ status: 409, body: { code: 'media_gone' } });
    expect((await read()).body.links).not.toHaveProperty('retry');
  });

  it('is refused when the files are released after they were looked at', async () => {
    await door.close();
    door = await openDoor({
      connector,
      store: (store) => ({
        ...store,
        retryDeliveries: async (request) => {
          expect(await store.releaseUpload({ uploadId, execution: EXECUTION, revision: 1, at: AT })).toBe(true);
          return store.retryDeliveries(request);
        },
      }),
    });
    customer = await door.customer('youtube');
    uploadId = await create();
    await claimed();
    await failed(0);
    await door.store.closeUpload({ uploadId, revision: 1, at: AT });
    expect(await post('retry')).toMatchObject({ status: 409, body: { code: 'media_gone' } });
    expect((await read()).body.deliveries[0].phase).toBe('failed');
  });
});

describe('publishing now', () => {
  it('takes the time away, and starts an execution', async () => {
    await claimed();
    expect((await post('publish-now')).body).toMatchObject({ scheduledOn: null, status: 'Processing', revision: 2 });
    expect(door.executions.started).toHaveLength(1);
    expect(door.executions.stopped).toEqual([EXECUTION]);
  });

  it('is refused where nothing waits', async () => {
    await post('cancel');
    expect(await post('publish-now')).toMatchObject({ status: 409, body: { code: 'upload_state' } });
    uploadId = await create();
    await armed(0);
    expect(await post('publish-now')).toMatchObject({ status: 409, body: { code: 'upload_state' } });
  });
});
