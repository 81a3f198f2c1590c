import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { timestampAfter } from '../../core/clock.ts';
import { call, type ApiAnswer } from './support/api.ts';
import { accountLinked } from './support/linking.ts';
import { tokensOf } from './support/reconcile.ts';
import { addFault, addPerson, allPosts, callsTo, clearFaults, expireTokens, takeBack } from './support/sandbox.ts';
import { newTenant, type Tenant } from './support/tenants.ts';
import { newTitle, settled, storeFile } from './support/uploads.ts';

/** Tokens that end while the deployed stack publishes with them. */

afterEach(clearFaults);

const photo = await readFile(new URL('../platforms/support/photos/one.jpg', import.meta.url));

async function create(tenant: Tenant, upload: object): Promise<{ readonly uploadId: string; readonly title: string }> {
  const title = newTitle();
  const { status, body } = await call('POST', '/api/uploads', { title, ...upload }, tenant);
  expect(status).toBe(201);
  return { uploadId: body.uploadId, title };
}

async function account(tenant: Tenant): Promise<ApiAnswer['body']> {
  const { body } = await call('GET', '/api/accounts', undefined, tenant);
  expect(body.items).toHaveLength(1);
  return body.items[0];
}

describe('an account whose token has just ended', () => {
  const AT_ONCE = 20;
  /** Milliseconds that the network takes to refuse the old token, and then to renew it: meanwhile all workers come, and want a new one. */
  const SLOWLY = 2_500;

  it('has it renewed once, though twenty uploads want it at once; each is published once', async () => {
    // A second refresh with the same token would end the whole link here.
    const network = 'x';
    const tenant = await newTenant();
    const person = await addPerson(network, 'Ada');
    const accountId = await accountLinked(tenant, network, person);
    const media = [await storeFile(photo, { fileName: 'photo.jpg', contentType: 'image/jpeg' }, tenant)];
    const before = (await callsTo(network)).length;
    // As we have stored it, it is good for two hours: all workers send something with it, and are refused.
    await expireTokens(network, person.id);
    await addFault({ network, operation: 'media.upload', effect: 'delay', ms: SLOWLY, times: AT_ONCE });
    await addFault({ network, operation: 'token.refresh', effect: 'delay', ms: SLOWLY, times: 1 });

    const uploads: { readonly uploadId: string; readonly title: string }[] = [];
    for (let n = 0; n < AT_ONCE; n += 1) uploads.push(await create(tenant, { kind: 'photos', media, accounts: [accountId] }));
    for (const { uploadId, title } of uploads) {
      expect(await settled(uploadId, 100, tenant)).toMatchObject({ status: 'Uploaded' });
      expect((await allPosts(network)).filter(({ text }) => text === title)).toHaveLength(1);
    }
    const calls = (await callsTo(network)).slice(before);
    expect(calls.filter(({ operation }) => operation === 'token.refresh')).toMatchObject([{ status: 200 }]);
    // Several did come, also on a busy machine.
    expect(calls.filter(({ status }) => status === 401).length).toBeGreaterThan(1);
    expect(await tokensOf({ ...tenant, accountId })).toMatchObject({ version: 2 });
    expect(await account(tenant)).toMatchObject({ id: accountId, health: 'active' });
  });
});

describe('what is scheduled on an account that has to be linked anew', () => {
  it('waits for its time, and then fails with a word on that; linking the account before saves it', async () => {
    const network = 'threads';
    const tenant = await newTenant();
    const person = await addPerson(network, 'Ada');
    const accountId = await accountLinked(tenant, network, person);
    const text = { kind: 'text', text: 'What is new', accounts: [accountId], scheduledOn: timestampAfter(new Date(), 3_600) };
    const [lost, saved] = [await create(tenant, text), await create(tenant, text)];
    const statusOf = async (uploadId: string): Promise<string> => (await call('GET', `/api/upload/${uploadId}/status`, undefined, tenant)).body.status;
    const moveTo = async (uploadId: string, seconds: number): Promise<string> => {
      const scheduledOn = timestampAfter(new Date(), seconds);
      expect((await call('PATCH', `/api/upload/${uploadId}`, { scheduledOn }, tenant)).body).toMatchObject({ scheduledOn, status: 'Scheduled' });
      return scheduledOn;
    };

    await takeBack(network, person.id);
    const { body: checked } = await call('POST', `/api/accounts/${accountId}/check`, undefined, tenant);
    expect(checked).toMatchObject({ outcome: 'refused', account: { health: 'reauth_required', healthReason: expect.any(String) } });

    const due = await moveTo(lost.uploadId, 3);
    expect(await statusOf(saved.uploadId)).toBe('Scheduled');
    const failed = await settled(lost.uploadId, 60, tenant);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(due));
    expect(failed).toMatchObject({ status: 'Failed', accounts: [{ errorCode: 'reauth_required', errorMessage: expect.stringContaining('Reconnect the account') }] });

    expect(await statusOf(saved.uploadId)).toBe('Scheduled');
    expect(await accountLinked(tenant, network, person)).toBe(accountId);
    expect(await account(tenant)).toMatchObject({ health: 'active', healthReason: null });
    await moveTo(saved.uploadId, 2);
    expect(await settled(saved.uploadId, 60, tenant)).toMatchObject({ status: 'Uploaded' });
    const shown = (await allPosts(network)).flatMap(({ text }) => [lost.title, saved.title].filter((title) => text?.startsWith(`${title}\n`)));
    expect(shown).toEqual([saved.title]);
  });
});
