import { describe, expect, it } from 'vitest';
import type { Account } from '../../../core/model.ts';
import { CommitRefused, type Commit, type Store, type TokenLock } from '../../../core/ports/index.ts';
import { at, newAccount, newId, sealed } from './records.ts';
import { begunRequest } from './requests.ts';

export function accountConformance(store: () => Store): void {
  const linked = async (change: Partial<Account> = {}): Promise<Account> => {
    const account = newAccount(change);
    expect(await store().putAccount(account)).toBe(true);
    return account;
  };
  const read = ({ tenantId, accountId }: Account) => store().getAccount(tenantId, accountId);
  const setDefaults = ({ tenantId, accountId }: Account, from: Account['defaults'], defaults: Account['defaults'], commit: Commit | null = null) =>
    store().setAccountDefaults({ tenantId, accountId, from, defaults, commit });

  describe('accounts', () => {
    it('gives an account back as it was put, to its own tenant only', async () => {
      const account = await linked();
      expect(await read(account)).toEqual(account);
      expect(await store().getAccount(`ten_${newId()}`, account.accountId)).toBeNull();
      expect(await store().getAccounts(`ten_${newId()}`, [account.accountId])).toEqual([]);
    });

    it('does not put one account in place of another', async () => {
      const account = await linked();
      expect(await store().putAccount({ ...account, name: 'Another' })).toBe(false);
      expect(await read(account)).toEqual(account);
    });

    it('reads up to 90 accounts in the order asked for, leaving out what is not there', async () => {
      const tenantId = `ten_${newId()}`;
      const accounts = await Promise.all(Array.from({ length: 89 }, () => linked({ tenantId })));
      const asked = accounts.toReversed().map((account) => account.accountId);
      const found = await store().getAccounts(tenantId, [...asked.slice(0, 40), `acc_${newId()}`, ...asked.slice(40)]);
      expect(found.map((account) => account.accountId)).toEqual(asked);
      expect(found).toEqual(accounts.toReversed());
      await expect(store().getAccounts(tenantId, Array.from({ length: 91 }, () => `acc_${newId()}`))).rejects.toThrow(RangeError);
    });

    it('reads an account that is asked for twice', async () => {
      const account = await linked();
      const { tenantId, accountId } = account;
      expect(await store().getAccounts(tenantId, [accountId, accountId])).toEqual([account, account]);
      expect(await store().getAccounts(tenantId, [])).toEqual([]);
    });

    it('changes health and nothing else', async () => {
      const account = await linked();
      const change = { health: 'reauth_required', reason: 'It ended.', at: at(5), name: null } as const;
      await store().setAccountHealth({ ...account, ...change });
      const changed = { ...account, health: 'reauth_required', healthReason: 'It ended.', healthSince: at(5) };
      expect(await read(account)).toEqual(changed);
      // It stands so since then, however often that is said; its name may be another by now.
      await store().setAccountHealth({ ...account, ...change, reason: 'It ended again.', at: at(9), name: 'Renamed' });
      expect(await read(account)).toEqual({ ...changed, name: 'Renamed' });
      const unknown = newAccount();
      await store().setAccountHealth({ ...unknown, ...change, tokenVersion: null, name: 'Nobody' });
      expect(await read(unknown)).toBeNull();
    });
  });

  describe('the limits of an account', () => {
    it('are what the network told last, as a whole, and nothing else changes', async () => {
      const account = await linked({ limits: { 'video.duration_max': 600, posts_per_day: 25 } });
      const { tenantId, accountId } = account;
      const limits = { 'video.duration_max': 60.5, 'video.privacy_level': ['SELF_ONLY', 'PUBLIC_TO_EVERYONE'] };
      await store().setAccountLimits({ tenantId, accountId, limits });
      expect(await read(account)).toEqual({ ...account, limits });
      await store().setAccountLimits({ tenantId, accountId, limits: {} });
      expect(await read(account)).toEqual({ ...account, limits: {} });
    });

    it('make no account of one that is not there', async () => {
      const unknown = newAccount();
      await store().setAccountLimits({ tenantId: unknown.tenantId, accountId: unknown.accountId, limits: { posts_per_day: 1 } });
      expect(await read(unknown)).toBeNull();
    });
  });

  describe('the defaults of an account', () => {
    const PUBLIC = { privacyLevel: 'PUBLIC_TO_EVERYONE', nested: { '1': [true, 'ü'], deep: {} } };

    it('are changed from what they were, and nothing else is', async () => {
      const account = await linked();
      expect(await setDefaults(account, {}, PUBLIC)).toBe(true);
      expect(await read(account)).toEqual({ ...account, defaults: PUBLIC });
      expect(await setDefaults(account, PUBLIC, {})).toBe(true);
      expect(await read(account)).toEqual({ ...account, defaults: {} });
    });

    it('are changed from what was read of them', async () => {
      const account = await linked({ defaults: PUBLIC });
      expect(await setDefaults(account, (await read(account))?.defaults ?? {}, { board: 'b' })).toBe(true);
      expect((await read(account))?.defaults).toEqual({ board: 'b' });
    });

    it('stay as they are for who knows others, for another tenant, and where there is no account', async () => {
      const account = await linked({ defaults: PUBLIC });
      expect(await setDefaults(account, {}, { board: 'b' })).toBe(false);
      expect(await setDefaults({ ...account, tenantId: `ten_${newId()}` }, PUBLIC, { board: 'b' })).toBe(false);
      expect(await read(account)).toEqual(account);
      const unknown = newAccount();
      expect(await setDefaults(unknown, {}, { board: 'b' })).toBe(false);
      expect(await read(unknown)).toBeNull();
    });

    it('are changed by one of 20 at once', async () => {
      const account = await linked();
      const changes = await Promise.all(Array.from({ length: 20 }, (_, n) => setDefaults(account, {}, { board: `board ${n}` })));
      expect(changes.filter(Boolean)).toHaveLength(1);
      expect((await read(account))?.defaults).toEqual({ board: `board ${changes.indexOf(true)}` });
    });

    it('are stored with the outcome of their request, or not at all', async () => {
      const account = await linked();
      const { commit, again } = await begunRequest(store(), account.tenantId);
      expect(await setDefaults(account, { other: 1 }, PUBLIC, commit)).toBe(false);
      expect(await again()).toEqual({ state: 'running' });
      await expect(setDefaults(account, {}, PUBLIC, { ...commit, owner: 'somebody else' })).rejects.toThrow(CommitRefused);
      expect(await read(account)).toEqual(account);
      expect(await setDefaults(account, {}, PUBLIC, commit)).toBe(true);
      expect(await again()).toMatchObject({ state: 'done' });
    });
  });

  describe('the lock under which tokens are refreshed', () => {
    it('is held by one at a time, until it is over', async () => {
      const account = await linked();
      expect(await store().lockTokens(lockOf(account, 'first'))).toBe(true);
      expect(await store().lockTokens(lockOf(account, 'second', 29))).toBe(false);
      expect(await store().lockTokens(lockOf(account, 'second', 30))).toBe(true);
      expect(await store().lockTokens(lockOf(account, 'first', 31))).toBe(false);
    });

    it('is given to its holder again, whose first answer may have been lost', async () => {
      const account = await linked();
      expect(await store().lockTokens(lockOf(account, 'first'))).toBe(true);
      expect(await store().lockTokens(lockOf(account, 'first', 1))).toBe(true);
    });

    it('is refused for tokens that are no longer the newest, and for an account that is not there', async () => {
      const account = await linked();
      expect(await store().lockTokens(lockOf(account, 'late', 0, 0))).toBe(false);
      expect(await store().lockTokens(lockOf(account, 'early', 0, 2))).toBe(false);
      expect(await store().lockTokens(lockOf(newAccount(), 'nobody'))).toBe(false);
    });

    it('goes to one of 50 at once', async () => {
      const account = await linked();
      const taken = await Promise.all(Array.from({ length: 50 }, (_, n) => store().lockTokens(lockOf(account, `worker ${n}`))));
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    it('is freed by its holder alone', async () => {
      const account = await linked();
      const { tenantId, accountId } = account;
      await store().lockTokens(lockOf(account, 'first'));
      await store().unlockTokens({ tenantId, accountId, holder: 'second' });
      expect(await store().lockTokens(lockOf(account, 'second', 1))).toBe(false);
      await store().unlockTokens({ tenantId, accountId, holder: 'first' });
      expect(await store().lockTokens(lockOf(account, 'second', 1))).toBe(true);
    });

    it('ends with the new tokens, which are stored once under a higher version', async () => {
      const account = await linked();
      const { tenantId, accountId } = account;
      await store().lockTokens(lockOf(account, 'first'));
      const renewal = { tenantId, accountId, tokenVersion: 1 };
      expect(await store().storeTokens({ ...renewal, tokenEnds: at(99), renewAt: at(98), scopes: ['fewer'], tokens: sealed('second') })).toBe(true);
      expect(await store().storeTokens({ ...renewal, tokenEnds: null, renewAt: null, scopes: ['fewer'], tokens: sealed('third') })).toBe(false);
      expect(await read(account)).toEqual({ ...account, tokens: sealed('second'), tokenEnds: at(99), renewAt: at(98), scopes: ['fewer'], tokenVersion: 2 });
      expect(await store().lockTokens(lockOf(account, 'second', 1, 2))).toBe(true);
      const unknown = newAccount();
      expect(await store().storeTokens({ ...unknown, tokenEnds: at(99), renewAt: at(98), scopes: ['fewer'], tokens: sealed('second') })).toBe(false);
    });

    it('lets one of 50 renewals at once through', async () => {
      const { tenantId, accountId } = await linked();
      const stored = await Promise.all(
        Array.from({ length: 50 }, (_, n) => store().storeTokens({ tenantId, accountId, tokenVersion: 1, tokenEnds: null, renewAt: null, scopes: ['fewer'], tokens: sealed(`token ${n}`) })),
      );
      expect(stored.filter(Boolean)).toHaveLength(1);
      const winner = stored.indexOf(true);
      expect(await store().getAccount(tenantId, accountId)).toMatchObject({ tokenVersion: 2, tokens: sealed(`token ${winner}`) });
    });
  });
}

function lockOf({ tenantId, accountId }: Account, holder: string, now = 0, tokenVersion = 1): TokenLock {
  return { tenantId, accountId, tokenVersion, holder, now: at(now), until: at(now + 30) };
}
