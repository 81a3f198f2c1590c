import { describe, expect, it } from 'vitest';
import type { Commit, Store } from '../../../core/ports/index.ts';
import { at, createUpload, first, hashOf, newAccount, newId, sealed } from './records.ts';
import { mustMove, newWorker, workerFor } from './worker.ts';

export function unlinkConformance(store: () => Store): void {
  const unlink = (account: { tenantId: string; accountId: string }, seconds = 200, commit: Commit | null = null) =>
    store().unlinkAccount({ tenantId: account.tenantId, accountId: account.accountId, at: at(seconds), commit });

  describe('the accounts of a tenant', () => {
    it('are listed by id, and nobody else’s', async () => {
      const tenantId = `ten_${newId()}`;
      const accounts = ['acc_C', 'acc_A', 'acc_B'].map((accountId) => newAccount({ tenantId, accountId }));
      for (const account of accounts) await store().putAccount(account);
      await store().putAccount(newAccount());
      expect((await store().listAccounts(tenantId)).map(({ accountId }) => accountId)).toEqual(['acc_A', 'acc_B', 'acc_C']);
      expect(await store().listAccounts(tenantId)).toContainEqual(accounts[0]);
      expect(await store().listAccounts(`ten_${newId()}`)).toEqual([]);
    });
  });

  describe('unlinking an account', () => {
    it('removes it, once, and only for its own tenant', async () => {
      const account = newAccount();
      await store().putAccount(account);
      expect(await unlink({ ...account, tenantId: `ten_${newId()}` })).toBe('unknown');
      expect(await unlink(account)).toBe('unlinked');
      expect(await unlink(account)).toBe('unknown');
      expect(await store().getAccount(account.tenantId, account.accountId)).toBeNull();
      expect(await store().listAccounts(account.tenantId)).toEqual([]);
    });

    it('keeps its last tokens apart where they are to be ended, due at that time, until they are dropped', async () => {
      const account = newAccount({ renewAt: at(400) });
      const { tenantId, accountId, network, externalId } = account;
      await store().putAccount(account);
      expect(await store().storeTokens({ tenantId, accountId, tokenVersion: 1, tokens: sealed('last'), tokenEnds: null, renewAt: null, scopes: [] })).toBe(true);
      expect(await store().getRevocation(tenantId, accountId)).toBeNull();
      expect(await store().unlinkAccount({ tenantId, accountId, at: at(200), revokeAt: at(300) })).toBe('unlinked');
      const kept = { tenantId, accountId, network, externalId, tokens: sealed('last'), since: at(200), revokeAt: at(300) };
      expect(await store().getRevocation(tenantId, accountId)).toEqual(kept);
      expect(await store().getRevocation(`ten_${newId()}`, accountId)).toBeNull();
      expect([await store().getAccount(tenantId, accountId), await store().listAccounts(tenantId)]).toEqual([null, []]);
      const entry = { kind: 'revocation', at: at(300), tenantId, accountId } as const;
      const due = async () => (await store().listDue({ now: '2100-01-01T00:00:00Z', limit: 5_000 })).filter((each) => 'accountId' in each && each.accountId === accountId);
      expect(await due()).toEqual([entry]);
      expect(await store().moveDue({ ...entry, at: at(299) }, at(500))).toBe(false);
      expect(await store().moveDue(entry, at(500))).toBe(true);
      expect(await store().getRevocation(tenantId, accountId)).toEqual({ ...kept, revokeAt: at(500) });
      for (let time = 0; time < 2; time += 1) await store().dropRevocation(tenantId, accountId);
      expect([await store().getRevocation(tenantId, accountId), await due()]).toEqual([null, []]);
    });

    it('forgets its tokens with it where they are not', async () => {
      const account = newAccount();
      await store().putAccount(account);
      expect(await unlink(account)).toBe('unlinked');
      expect(await store().getRevocation(account.tenantId, account.accountId)).toBeNull();
    });

    it('is refused while an upload is published on it, until the lease is over', async () => {
      const worker = await newWorker(store());
      await worker.armed();
      const account = first(worker.created.accounts);
      const busy = await unlink(account, 0);
      expect(busy).toMatchObject({ busyUntil: expect.any(String) });
      expect(await store().getAccount(account.tenantId, account.accountId)).not.toBeNull();
      const until = typeof busy === 'object' ? Date.parse(busy.busyUntil) : 0;
      const seconds = (until - Date.parse(at(0))) / 1000;
      expect(await unlink(account, seconds - 1)).toEqual(busy);
      expect(await unlink(account, seconds)).toBe('unlinked');
    });

    it('works as soon as the post is there', async () => {
      const worker = await newWorker(store());
      const { attempt } = await worker.armed();
      mustMove(await worker.receipt(attempt));
      expect(await unlink(first(worker.created.accounts), 0)).toBe('unlinked');
    });

    it('lets nothing be armed afterwards', async () => {
      const worker = await newWorker(store());
      const fence = await worker.begun();
      expect(await unlink(first(worker.created.accounts), 0)).toBe('unlinked');
      const armed = await worker.arm(fence);
      expect(armed.moved).toBe(false);
      expect((await worker.now()).attempt).toEqual({ phase: 'idle', n: 0 });
    });

    it('or an arm comes first, never both', async () => {
      for (let round = 0; round < 10; round += 1) {
        const worker = await newWorker(store());
        const fence = await worker.begun();
        const [armed, unlinked] = await Promise.all([worker.arm(fence), unlink(first(worker.created.accounts), 0)]);
        expect(armed.moved).toBe(unlinked !== 'unlinked');
      }
    });

    it('does not bring the account back by what still comes of it', async () => {
      const account = newAccount();
      await store().putAccount(account);
      const created = await createUpload(store(), { tenantId: account.tenantId, accounts: [account] });
      const worker = workerFor(store(), created);
      const { attempt } = await worker.armed();
      expect(await unlink(account, 86_400)).toBe('unlinked');
      mustMove(await worker.receipt(attempt));
      await store().setAccountHealth({ ...account, tokenVersion: null, health: 'revoked', reason: null, at: at(1), name: null });
      expect(await store().getAccount(account.tenantId, account.accountId)).toBeNull();
    });

    it('stores the answer of its request along with it, or nothing', async () => {
      const account = newAccount();
      await store().putAccount(account);
      const ref = { tenantId: account.tenantId, operationId: 'unlinkAccount', keyHash: hashOf(newId()) };
      const result = { status: 200, ids: { failedUploads: '0' }, sealed: null };
      const request = { ref, fingerprint: 'f', owner: 'one', now: at(0), ownedUntil: at(30), expiresAt: at(86_400) };
      await store().beginIdempotent(request);
      await expect(unlink(account, 0, { ref, owner: 'another', result })).rejects.toThrow(Error);
      expect(await store().getAccount(account.tenantId, account.accountId)).not.toBeNull();
      expect(await unlink(account, 0, { ref, owner: 'one', result })).toBe('unlinked');
      expect(await store().beginIdempotent(request)).toEqual({ state: 'done', result });
    });
  });

  describe('the open deliveries of an account', () => {
    it('are those that have not ended, due last first, with their number', async () => {
      const account = newAccount();
      await store().putAccount(account);
      const { tenantId, accountId } = account;
      const scheduled = [at(500), null, at(900)];
      const uploads = [];
      for (const scheduledOn of scheduled) {
        uploads.push(await createUpload(store(), { tenantId, accounts: [account], upload: { scheduledOn } }));
      }
      const [soon, now, late] = uploads.map(({ upload }) => ({ uploadId: upload.uploadId, accountId }));
      expect(await store().listOpenDeliveries({ accountId, limit: 10 })).toEqual({ refs: [late, soon, now], total: 3 });
      expect(await store().listOpenDeliveries({ accountId, limit: 2 })).toEqual({ refs: [late, soon], total: 3 });
      const ended = workerFor(store(), first(uploads));
      mustMove(await ended.receipt((await ended.armed()).attempt));
      expect(await store().listOpenDeliveries({ accountId, limit: 3 })).toEqual({ refs: [late, now], total: 2 });
      expect(await store().listOpenDeliveries({ accountId: `acc_${newId()}`, limit: 3 })).toEqual({ refs: [], total: 0 });
    });
  });
}
