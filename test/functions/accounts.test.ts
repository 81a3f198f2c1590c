import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ulidIds } from '../../core/ids.ts';
import { limits } from '../../core/limits.ts';
import type { Store } from '../../core/ports/index.ts';
import { runStep } from '../../core/publishing/run-step.ts';
import type { StepPorts } from '../../core/publishing/step.ts';
import { times } from '../../core/times.ts';
import { jsonLog } from '../../functions/common/log.ts';
import { platforms } from '../../platforms/registry.ts';
import { memoryCipher } from '../../store/memory-cipher.ts';
import { openDoor, START } from './support/door.ts';
import type { Customer, Door } from './support/door.ts';
import { complete, stageSingle } from './support/uploads.ts';

let door: Door;
let customer: Customer;
/** What the store is told to do wrong. */
let breaking: Partial<Store>;
beforeEach(async () => {
  breaking = {};
  const broken = (store: Store) => new Proxy(store, { get: (all, name, self) => Reflect.get(breaking, name, self) ?? Reflect.get(all, name, self) });
  door = await openDoor({ store: broken, connector: () => ({ violations: () => [] }) });
  customer = await door.customer('youtube', 'instagram');
});
afterEach(() => door.close());

const LATER = '2026-05-01T10:00:00Z';
const accountId = (n: number) => customer.accounts[n] ?? '';
const unlink = (id = accountId(0), headers: Record<string, string> = {}, key = customer.key) =>
  door.call({ to: `DELETE /api/accounts/${id}`, key, headers });
const list = async (query: Record<string, string> = {}) => (await door.call({ to: 'GET /api/accounts', key: customer.key, query })).body.items;
/** How an account is listed that is linked so. */
async function shownAs(network: string, change: object): Promise<object | undefined> {
  const id = await door.link(customer.tenantId, network, change);
  const items: readonly { readonly id: string }[] = await list({ network });
  return items.find((item) => item.id === id);
}
const ending = (accessEnds: string | null, change: object = {}) => shownAs('linkedin', { accessEnds, tokenEnds: accessEnds, renewAt: accessEnds, ...change });
const upload = async (change: object = {}): Promise<string> =>
  (await complete(door, customer, await stageSingle(door, customer, { scheduledOn: LATER, ...change }))).body.uploadId;
const statusOf = async (uploadId: string) => (await door.call({ to: `GET /api/upload/${uploadId}/status`, key: customer.key })).body;
const refOf = (uploadId: string) => ({ uploadId, accountId: accountId(0) });

/** Makes the first account's delivery armed, as a worker does that is about to publish. */
async function arm(uploadId: string): Promise<void> {
  const begun = await door.store.beginStep(refOf(uploadId), { revision: 1, execution: 'child', at: START });
  const fence = begun.moved ? begun.delivery.fence : 0;
  const lease = { tenantId: customer.tenantId, fence, revision: 1, fingerprint: 'f'.repeat(64), at: START, leaseUntil: '2026-04-01T10:15:00Z' };
  expect((await door.store.arm(refOf(uploadId), lease)).moved).toBe(true);
}

describe('the list of accounts', () => {
  it('shows what is linked and what it can carry, and never a token', async () => {
    await door.store.setAccountHealth({ tenantId: customer.tenantId, accountId: accountId(1), tokenVersion: 1, health: 'reauth_required', reason: 'It ended.', at: START, name: null });
    const longer = await door.link(customer.tenantId, 'youtube', { limits: { duration: 43_200 }, tokens: { v: 1, dataKey: 'canary', iv: '', ciphertext: '', tag: '' } });
    await door.customer('youtube');
    const items = await list();
    expect(items.map((account: { id: string }) => account.id)).toEqual([...customer.accounts, longer].toSorted());
    expect(items).toContainEqual({
      id: longer,
      network: 'youtube',
      name: 'Somebody',
      health: 'active',
      healthSince: START,
      healthReason: null,
      nextRenewalAt: null,
      accessEndsAt: null,
      warnings: [],
      profile: null,
      externalId: `external-${longer}`,
      createdAt: START,
      capabilities: ['video'],
      limits: { duration: 43_200 },
      defaults: {},
    });
    expect(items).toContainEqual(expect.objectContaining({ id: accountId(1), health: 'reauth_required' }));
    expect(JSON.stringify(items)).not.toContain('canary');
  });

  it('says when a link ends that only a person can keep, and warns two weeks ahead, not afterwards', async () => {
    const [later, soon, over] = ['2026-04-15T10:00:01Z', '2026-04-15T10:00:00Z', '2026-04-01T10:00:00Z'];
    expect(await ending(later)).toMatchObject({ accessEndsAt: later, nextRenewalAt: null, warnings: [] });
    expect(await ending(soon)).toMatchObject({ accessEndsAt: soon, nextRenewalAt: null, warnings: [`The link ends at ${soon}, and nothing renews it. Link the account again before, and what is scheduled on it goes out.`] });
    expect(await ending(over)).toMatchObject({ accessEndsAt: over, warnings: [expect.stringMatching(/^The network gave access until 2026-04-01T10:00:00Z, and may refuse it from now on/u)] });
    expect(await ending(over, { health: 'reauth_required' })).toMatchObject({ accessEndsAt: null, nextRenewalAt: null, warnings: [] });
    expect(await ending(null, { tokenEnds: soon, renewAt: null })).toMatchObject({ accessEndsAt: null, nextRenewalAt: '2026-04-15T09:50:00Z', warnings: [] });
  });

  it('names as the next renewal what is still to come', async () => {
    const [past, soon, late] = ['2026-04-01T09:00:00Z', '2026-04-01T12:00:00Z', '2026-05-31T10:00:00Z'];
    expect(await shownAs('x', { tokenEnds: soon, renewAt: late })).toHaveProperty('nextRenewalAt', '2026-04-01T11:50:00Z');
    expect(await shownAs('x', { tokenEnds: past, renewAt: late })).toHaveProperty('nextRenewalAt', late);
    expect(await shownAs('x', { tokenEnds: past, renewAt: null })).toHaveProperty('nextRenewalAt', null);
    // A page of Facebook: renewed once a month, until the person is asked anew.
    expect(await shownAs('x', { tokenEnds: null, renewAt: soon, accessEnds: late })).toHaveProperty('nextRenewalAt', soon);
    expect(await shownAs('x', { tokenEnds: null, renewAt: late, accessEnds: late })).toHaveProperty('nextRenewalAt', null);
  });

  it('can be that of one network', async () => {
    expect(await list({ network: 'instagram' })).toMatchObject([{ id: accountId(1) }]);
    expect(await list({ network: 'myspace' })).toEqual([]);
  });

  it('shows an account of a network that is gone, which carries nothing', async () => {
    const old = await door.link(customer.tenantId, 'myspace');
    expect(await list({ network: 'myspace' })).toMatchObject([{ id: old, capabilities: [] }]);
  });
});

describe('unlinking an account', () => {
  it('fails what is scheduled on it, says how much that was, and leaves other accounts alone', async () => {
    const both = await upload();
    const alone = await upload({ accounts: [accountId(0)] });
    const other = await upload({ accounts: [accountId(1)] });
    expect(await unlink()).toMatchObject({ status: 200, body: { accountId: accountId(0), failedUploads: 2 } });
    const failed = { accountId: accountId(0), status: 'Failed', errorCode: 'account_unlinked', errorMessage: expect.stringContaining('Link it again') };
    expect(await statusOf(alone)).toMatchObject({ status: 'Failed', accounts: [failed] });
    expect((await statusOf(both)).accounts).toContainEqual(expect.objectContaining(failed));
    expect((await statusOf(both)).accounts).toContainEqual(expect.objectContaining({ accountId: accountId(1), status: 'Scheduled' }));
    expect((await statusOf(other)).status).toBe('Scheduled');
    expect(await list()).toMatchObject([{ id: accountId(1) }]);
  });

  it('lets an execution close at once what has nothing left to do, and no other', async () => {
    const both = await upload();
    const alone = await upload({ accounts: [accountId(0)] });
    for (const uploadId of [both, alone]) {
      await door.store.claimUpload({ uploadId, claim: { execution: `waiting-${uploadId}`, claimedAt: START }, predecessor: null });
    }
    await unlink();
    expect(door.executions.started.map(({ input }) => input)).toEqual([expect.objectContaining({ uploadId: alone, predecessor: `waiting-${alone}` })]);
    expect(door.executions.stopped).toEqual([`waiting-${alone}`]);
  });

  it('is done when it was done: then there is no such account, and nothing can be uploaded to it', async () => {
    const staged = await stageSingle(door, customer);
    expect((await unlink()).status).toBe(200);
    expect(await unlink()).toMatchObject({ status: 404, body: { code: 'not_found', errors: [{ field: 'accountId' }] } });
    expect(await complete(door, customer, staged)).toMatchObject({ status: 400, body: { errors: [{ code: 'account_unknown' }] } });
  });

  it('answers a repeated request under its Idempotency-Key as the first time', async () => {
    await upload();
    const headers = { 'Idempotency-Key': 'one' };
    const first = await unlink(accountId(0), headers);
    expect(await unlink(accountId(0), headers)).toMatchObject({ status: 200, body: first.body });
    expect(first.body.failedUploads).toBe(1);
    expect((await unlink(accountId(0), { 'Idempotency-Key': 'two' })).status).toBe(404);
  });

  it('is refused while something is published on it, and nothing is failed then', async () => {
    const [publishing, waiting] = [await upload(), await upload()];
    await arm(publishing);
    const refused = await unlink();
    expect(refused).toMatchObject({ status: 409, body: { code: 'account_busy' } });
    expect(Number(refused.headers['Retry-After'])).toBeGreaterThan(0);
    expect(await list()).toHaveLength(2);
    expect((await statusOf(waiting)).status).toBe('Scheduled');
    await door.store.receipt(refOf(publishing), {
      tenantId: customer.tenantId,
      receipt: { attempt: 1, externalId: 'post', externalUrl: null, at: START },
      at: START,
    });
    expect(await unlink()).toMatchObject({ status: 200, body: { failedUploads: 1 } });
    expect((await statusOf(publishing)).accounts[0]).toMatchObject({ status: 'Uploaded', errorCode: null });
  });

  it('leaves to its confirm what was armed and is not decided', async () => {
    const undecided = await upload();
    await arm(undecided);
    door.clock.pass(15 * 60);
    expect(await unlink()).toMatchObject({ status: 200, body: { failedUploads: 0 } });
    expect(await door.store.getDelivery(refOf(undecided))).toMatchObject({ status: 'dispatching', attempt: { phase: 'armed' } });
  });

  it('is only for the tenant’s own accounts', async () => {
    const stranger = await door.customer('youtube');
    const [theirs = ''] = stranger.accounts;
    const { requestId: _a, ...foreign } = (await unlink(theirs)).body;
    const { requestId: _b, ...unknown } = (await unlink('acc_01J00000000000000000000000')).body;
    expect(foreign).toEqual(unknown);
    expect(foreign).toMatchObject({ status: 404, code: 'not_found' });
    expect((await unlink('%23')).status).toBe(404);
    expect((await unlink(theirs, {}, stranger.key)).status).toBe(200);
  });
});

const dies = () => Promise.reject(new Error('the process is gone'));

describe('a process that dies while it unlinks', () => {
  it('before the account is removed has done nothing', async () => {
    const uploadId = await upload();
    breaking = { unlinkAccount: dies };
    expect((await unlink()).status).toBe(500);
    breaking = {};
    expect(await list()).toHaveLength(2);
    expect((await statusOf(uploadId)).status).toBe('Scheduled');
    expect((await unlink()).body.failedUploads).toBe(1);
  });

  it('afterwards leaves deliveries that fail when their time comes', async () => {
    const uploadId = await upload({ accounts: [accountId(0)] });
    breaking = { beginStep: dies };
    expect(await unlink()).toMatchObject({ status: 200, body: { failedUploads: 1 } });
    breaking = {};
    expect((await statusOf(uploadId)).status).toBe('Scheduled');
    expect(door.logLines.join('\n')).toContain('delivery_not_failed_yet');
    await step(uploadId);
    expect((await statusOf(uploadId)).accounts).toMatchObject([{ status: 'Failed', errorCode: 'account_unlinked' }]);
  });

  it('is made good by the same request, under its Idempotency-Key', async () => {
    const uploadId = await upload({ accounts: [accountId(0)] });
    breaking = { beginStep: dies };
    const headers = { 'Idempotency-Key': 'one' };
    await unlink(accountId(0), headers);
    breaking = {};
    expect(await unlink(accountId(0), headers)).toMatchObject({ status: 200, body: { failedUploads: 1 } });
    expect((await statusOf(uploadId)).status).toBe('Failed');
  });

  it('in the middle of a delivery’s step leaves it open, and it fails all the same', async () => {
    const uploadId = await upload({ accounts: [accountId(0)] });
    breaking = { fail: dies };
    await unlink();
    breaking = {};
    await step(uploadId);
    expect((await statusOf(uploadId)).accounts).toMatchObject([{ errorCode: 'account_unlinked' }]);
  });

  it('does not fail for executions that cannot be started', async () => {
    const uploadId = await upload({ accounts: [accountId(0)] });
    await door.store.claimUpload({ uploadId, claim: { execution: 'waiting', claimedAt: START }, predecessor: null });
    door.executions.break(true);
    expect((await unlink()).status).toBe(200);
    expect((await statusOf(uploadId)).status).toBe('Failed');
  });
});

describe('an account with more uploads than fail at once', () => {
  it('fails so many at once, those due last first, and counts all', async () => {
    const refs = Array.from({ length: 3 }, async (_, n) => upload({ accounts: [accountId(0)], scheduledOn: `2026-05-0${n + 1}T10:00:00Z` }));
    const [first = '', , last = ''] = await Promise.all(refs);
    const listOpenDeliveries = door.store.listOpenDeliveries.bind(door.store);
    breaking = {
      listOpenDeliveries: (request) => {
        expect(request.limit).toBe(limits.failedByUnlinking);
        return listOpenDeliveries({ ...request, limit: 2 });
      },
    };
    expect((await unlink()).body.failedUploads).toBe(3);
    expect((await statusOf(last)).status).toBe('Failed');
    expect((await statusOf(first)).status).toBe('Scheduled');
  });
});

const nobody = () => Promise.reject(new Error('a network was called'));

/** The step of a child execution, when the upload is due. It finds no account, and so no network is called. */
async function step(uploadId: string): Promise<void> {
  const ports: StepPorts = {
    store: door.store,
    media: door.media,
    cipher: memoryCipher(),
    networks: { connector: (network) => platforms.find((platform) => platform.network === network), settings: nobody },
    transport: { send: nobody },
    clock: door.clock,
    ids: ulidIds(door.clock),
    times: times.short,
    log: jsonLog({}, { write: () => undefined, namespace: 'Fanfare/test' }),
    sleep: () => Promise.resolve(),
    random: Math.random,
  };
  door.clock.set(LATER);
  await runStep(ports, 'transfer', { v: 1, ...refOf(uploadId), revision: 1, execution: 'child', steps: 0, waitedFor: 0 });
}
