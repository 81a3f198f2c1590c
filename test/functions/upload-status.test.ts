import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryError } from '../../core/model.ts';
import type { Store } from '../../core/ports/index.ts';
import { openDoor } from './support/door.ts';
import type { Customer, Door } from './support/door.ts';
import { complete, stageSingle } from './support/uploads.ts';

const EXECUTION = 'execution-1';

/** Takes one delivery through the guard's moves to its end, as the workflow does. */
async function publish(store: Store, customer: Customer, uploadId: string, accountId: string, at: string): Promise<void> {
  const ref = { uploadId, accountId };
  const begun = await store.beginStep(ref, { revision: 1, execution: EXECUTION, at });
  if (!begun.moved) throw new Error('the step did not begin');
  const { fence } = begun.delivery;
  await store.arm(ref, { tenantId: customer.tenantId, fence, revision: 1, fingerprint: 'f', at, leaseUntil: at });
  const receipt = { attempt: 1, externalId: 'dQw4', externalUrl: 'https://videos.example/dQw4', at };
  await store.receipt(ref, { tenantId: customer.tenantId, receipt, at });
}

async function fail(store: Store, uploadId: string, accountId: string, error: DeliveryError, at: string): Promise<void> {
  const ref = { uploadId, accountId };
  const begun = await store.beginStep(ref, { revision: 1, execution: EXECUTION, at });
  if (!begun.moved) throw new Error('the step did not begin');
  await store.fail(ref, { fence: begun.delivery.fence, error, at });
}

const RELINK: DeliveryError = { code: 'reauth_required', message: 'Reconnect the account.', platformCode: '190', platformMessage: 'raw words' };

describe('the status of an upload', () => {
  let door: Door;
  let customer: Customer;
  let uploadId: string;
  beforeEach(async () => {
    door = await openDoor({ connector: () => ({ violations: () => [] }) });
    customer = await door.customer('one', 'two');
    uploadId = (await complete(door, customer, await stageSingle(door, customer))).body.uploadId;
  });
  afterEach(() => door.close());

  const read = (id = uploadId, key = customer.key) => door.call({ to: `GET /api/upload/${id}/status`, key });

  it('shows each account with its network, and what came of it', async () => {
    const [one = '', two = ''] = customer.accounts;
    await publish(door.store, customer, uploadId, one, '2026-04-01T10:03:00Z');
    expect((await read()).body.status).toBe('Processing');
    await fail(door.store, uploadId, two, RELINK, '2026-04-01T10:04:00Z');
    expect((await read()).body).toEqual({
      uploadId,
      status: 'Failed',
      title: 'Spring launch',
      scheduledOn: null,
      createdAt: '2026-04-01T10:00:00Z',
      updatedAt: '2026-04-01T10:04:00Z',
      sha256: null,
      accounts: [
        {
          accountId: one,
          platform: 'one',
          status: 'Uploaded',
          externalId: 'dQw4',
          externalUrl: 'https://videos.example/dQw4',
          publishedAt: '2026-04-01T10:03:00Z',
          errorCode: null,
          errorMessage: null,
        },
        {
          accountId: two,
          platform: 'two',
          status: 'Failed',
          externalId: null,
          externalUrl: null,
          publishedAt: null,
          errorCode: 'reauth_required',
          errorMessage: 'Reconnect the account.',
        },
      ],
    });
  });

  it('shows a passing trouble as Processing, without an error', async () => {
    const [one = ''] = customer.accounts;
    const ref = { uploadId, accountId: one };
    const begun = await door.store.beginStep(ref, { revision: 1, execution: EXECUTION, at: '2026-04-01T10:01:00Z' });
    if (!begun.moved) throw new Error('the step did not begin');
    const { fence } = begun.delivery;
    const at = '2026-04-01T10:01:00Z';
    const error: DeliveryError = { ...RELINK, code: 'rate_limited' };
    await door.store.pause(ref, { fence, status: 'retrying', trouble: 'rate_limited', nextAt: at, error, at });
    expect((await read()).body.accounts[0]).toMatchObject({ status: 'Processing', errorCode: null, errorMessage: null });
  });

  it("shows the file's checksum once it was inspected", async () => {
    const withSum = (await complete(door, customer, await stageSingle(door, customer, { sha256: 'b'.repeat(64) }))).body.uploadId;
    expect((await read(withSum)).body.sha256).toBeNull();
    const record = await door.store.getUpload(withSum);
    const at = '2026-04-01T10:00:05Z';
    await door.store.claimUpload({ uploadId: withSum, claim: { execution: EXECUTION, claimedAt: at }, predecessor: null });
    const media = record?.upload.media.map((each) => ({ ...each, inspectedAt: at })) ?? [];
    await door.store.recordInspection({ uploadId: withSum, execution: EXECUTION, media, at });
    expect((await read(withSum)).body.sha256).toBe('b'.repeat(64));
  });

  it('is not found for what is unknown, malformed or of another tenant, in the same words', async () => {
    const stranger = await door.customer('one');
    const unknown = await read('upl_01J00000000000000000000000');
    expect(unknown).toMatchObject({ status: 404, body: { code: 'not_found' } });
    for (const answer of [
      await read(uploadId, stranger.key),
      await read('upl_x'),
      await read('..%2F..'),
      await read(uploadId.toLowerCase()),
      await read(uploadId.slice(4)),
    ]) {
      expect(answer.body).toEqual(unknown.body);
    }
  });

  it('is read by the dashboard as well', async () => {
    const { jwt, tenantId } = await door.person('alice');
    const account = await door.link(tenantId, 'one');
    const { body } = await door.call({ to: 'POST /api-keys/generate', jwt, json: {} });
    const alice = { tenantId, key: body.key, accounts: [account] };
    const mine = (await complete(door, alice, await stageSingle(door, alice))).body.uploadId;
    expect((await door.call({ to: `GET /api/upload/${mine}/status`, jwt })).status).toBe(200);
    expect((await door.call({ to: `GET /api/upload/${uploadId}/status`, jwt })).status).toBe(404);
  });
});
