import { describe, expect, it } from 'vitest';
import { platforms } from '../../platforms/registry.ts';
import { call } from './support/api.ts';
import { executionOf, linkAccount } from './support/operator.ts';
import { demoAccount } from './support/stack.ts';
import { eventually, publish, settled } from './support/uploads.ts';

const HOUR = 3_600_000;

describe('linked accounts', () => {
  it('are listed with what they can carry, by network too', async () => {
    const { status, body } = await call('GET', '/api/accounts');
    expect(status).toBe(200);
    for (const { network, kinds } of platforms) {
      expect(body.items).toContainEqual(expect.objectContaining({ id: demoAccount(network), network, health: 'active', capabilities: expect.arrayContaining([...kinds]) }));
    }
    const youtube = (await call('GET', '/api/accounts?network=youtube')).body.items;
    expect(new Set(youtube.map((account: { network: string }) => account.network))).toEqual(new Set(['youtube']));
  });

  it('have defaults, which are set once under an Idempotency-Key and complete what an upload says', async () => {
    const account = await linkAccount('youtube', { name: 'With defaults' });
    const defaults = { categoryId: '22', defaultLanguage: 'en' };
    const set = () => call('PATCH', `/api/accounts/${account}`, { defaults }, undefined, { 'Idempotency-Key': `defaults-${account}` });
    expect(await set()).toMatchObject({ status: 200, body: { id: account, defaults } });
    expect(await set()).toMatchObject({ status: 200, body: { defaults } });
    expect((await call('GET', '/api/accounts')).body.items).toContainEqual(expect.objectContaining({ id: account, defaults }));
    const { uploadId } = await publish({ accounts: [account], options: { youtube: { defaultAudioLanguage: 'de' } } });
    expect(await settled(uploadId)).toMatchObject({ status: 'Uploaded' });
  });

  it('are on networks that say what they take, all of them configured on this stage', async () => {
    const { status, body } = await call('GET', '/api/networks');
    expect(status).toBe(200);
    const shown = body.items.map(({ network, configured, kinds }: { network: string; configured: boolean; kinds: readonly string[] }) => ({ network, configured, kinds }));
    expect(shown).toEqual(platforms.map(({ network, kinds }) => ({ network, configured: true, kinds })));
  });

  it('can be unlinked: what is scheduled on one fails with its code and closes, and the answer says how much that was', async () => {
    const account = await linkAccount('youtube', { name: 'Soon gone' });
    const scheduledOn = new Date(Date.now() + HOUR).toISOString();
    const { uploadId } = await publish({ accounts: [account], scheduledOn });
    const waiting = await eventually(() => executionOf(uploadId).catch(() => undefined));
    const once = { 'Idempotency-Key': `unlink-${account}` };
    const unlink = (headers = {}) => call('DELETE', `/api/accounts/${account}`, undefined, undefined, headers);
    const unlinked = await unlink(once);
    expect(unlinked).toMatchObject({ status: 200, body: { accountId: account, failedUploads: 1 } });
    expect(await unlink(once)).toMatchObject({ status: 200, body: unlinked.body });
    expect((await unlink()).status).toBe(404);
    expect(await settled(uploadId)).toMatchObject({ status: 'Failed', accounts: [{ errorCode: 'account_unlinked' }] });
    // Another execution closes the upload now: the one that waited for its time is stopped.
    await eventually(async () => ((await executionOf(uploadId)) === waiting ? undefined : true));
  });
});
