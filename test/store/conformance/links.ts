import { describe, expect, it } from 'vitest';
import type { Link, LinkStage } from '../../../core/linking/model.ts';
import type { Account } from '../../../core/model.ts';
import { CommitRefused, type Store } from '../../../core/ports/index.ts';
import { at, hashOf, newAccount, newId, sealed } from './records.ts';
import { begunRequest } from './requests.ts';

export function newLink(change: Partial<Link> = {}): Link {
  return {
    linkId: `lnk_${newId()}`,
    tenantId: `ten_${newId()}`,
    network: 'alpha',
    redirectUrl: 'https://app.example.com/linked?a=1',
    profile: null,
    options: { handle: 'ada', nested: { '1': [true, 'ü'] } },
    createdAt: at(0),
    expiresAt: at(900),
    version: 1,
    stage: { at: 'open' },
    ...change,
  };
}

const visit = { stateHash: hashOf('state'), browserHash: hashOf('browser'), memory: sealed('memory'), form: null };
const come = { visit, codeHash: hashOf('code') };

const form = {
  heading: 'Sign in',
  text: ['With an app password.'],
  help: { label: 'Make one', url: 'https://example.com/settings' },
  fields: [{ name: 'handle', label: 'Handle', type: 'text', hint: 'ada.example.com', initial: 'ü', autocomplete: 'username' }],
} as const;

export const stages: readonly LinkStage[] = [
  { at: 'visited', visit: { ...visit, form } },
  { at: 'visited', visit },
  { at: 'exchanging', ...come, until: at(30) },
  { at: 'granted', ...come, tokens: sealed('tokens') },
  { at: 'choosing', ...come, tokens: sealed('tokens'), targets: [{ id: '1', type: 'page', name: 'Bäckerei', obstacle: null }, { id: '2', type: 'page', name: 'x', obstacle: 'No.' }] },
  { at: 'linked', ...come, targets: ['1'], accounts: ['acc_1'] },
  { at: 'failed', ...come, failure: { code: 'consent_denied', message: 'No.' } },
];

const outside = ({ tenantId, network, externalId }: Account) => ({ tenantId, network, externalId });

export function linkConformance(store: () => Store): void {
  describe('a link', () => {
    it('comes back as it was put, and is not put in place of another', async () => {
      const link = newLink({ profile: 'Customer 7' });
      await store().putLink(link);
      await store().putLink({ ...link, network: 'beta' });
      expect(await store().getLink(link.linkId)).toEqual(link);
      expect(await store().getLink(`lnk_${newId()}`)).toBeNull();
    });

    it('moves from stage to stage, each with what belongs to it', async () => {
      let link = newLink();
      await store().putLink(link);
      for (const stage of stages) {
        const moved = await store().moveLink(link, stage);
        expect(moved).toEqual({ ...link, stage, version: link.version + 1 });
        if (moved === null) throw new Error('It did not move.');
        link = moved;
        expect(await store().getLink(link.linkId)).toEqual(link);
      }
    });

    it('is moved by one of those who have read the same, and by nobody where there is none', async () => {
      const link = newLink();
      await store().putLink(link);
      const moves = await Promise.all(Array.from({ length: 20 }, (_, n) => store().moveLink(link, { at: 'exchanging', ...come, until: at(n) })));
      const [winner, ...others] = moves.filter((moved) => moved !== null);
      expect(others).toEqual([]);
      expect(await store().getLink(link.linkId)).toEqual(winner);
      expect(await store().moveLink(newLink(), { at: 'visited', visit })).toBeNull();
    });

    it('is put together with the outcome of its request, or not at all', async () => {
      const link = newLink();
      const { commit, again } = await begunRequest(store(), link.tenantId);
      await expect(store().putLink(link, { ...commit, owner: 'somebody else' })).rejects.toThrow(CommitRefused);
      expect(await store().getLink(link.linkId)).toBeNull();
      await store().putLink(link, commit);
      expect(await store().getLink(link.linkId)).toEqual(link);
      expect(await again()).toEqual({ state: 'done', result: commit.result });
    });
  });

  describe('an account of the outside', () => {
    it('is linked once in a tenant, and once in each other', async () => {
      const account = newAccount({ externalId: 'a#b/ü' });
      expect(await store().findLinkedAccount(outside(account))).toBeNull();
      const tries = await Promise.all(Array.from({ length: 20 }, () => store().putAccount({ ...account, accountId: `acc_${newId()}` })));
      expect(tries.filter(Boolean)).toHaveLength(1);
      const found = await store().findLinkedAccount(outside(account));
      expect(await store().listAccounts(account.tenantId)).toEqual([found]);
      expect(await store().countLinked(account)).toBe(1);
      const elsewhere = { ...account, tenantId: `ten_${newId()}`, accountId: `acc_${newId()}` };
      expect(await store().putAccount(elsewhere)).toBe(true);
      expect(await store().findLinkedAccount(outside(elsewhere))).toEqual(elsewhere);
      expect(await store().countLinked(account)).toBe(2);
      expect(await store().putAccount({ ...account, network: 'beta', accountId: `acc_${newId()}` })).toBe(true);
    });

    it('can be linked again once it was unlinked', async () => {
      const account = newAccount();
      await store().putAccount(account);
      expect(await store().unlinkAccount({ ...account, at: at(1) })).toBe('unlinked');
      expect(await store().findLinkedAccount(outside(account))).toBeNull();
      expect(await store().countLinked(account)).toBe(0);
      const again = { ...account, accountId: `acc_${newId()}` };
      expect(await store().putAccount(again)).toBe(true);
      expect(await store().findLinkedAccount(outside(account))).toEqual(again);
    });

    it('is renewed under the version that was read: active, with a lock of nobody', async () => {
      const account = newAccount({ health: 'reauth_required', healthReason: 'It ended.', healthSince: at(1) });
      await store().putAccount(account);
      const { tenantId, accountId } = account;
      expect(await store().lockTokens({ tenantId, accountId, tokenVersion: 1, holder: 'req_1', now: at(0), until: at(30) })).toBe(true);
      const relink = { tenantId, accountId, tokenVersion: 1, tokens: sealed('second'), tokenEnds: null, accessEnds: at(300), renewAt: null, scopes: ['other'], name: 'Renamed', profile: 'Customer 7', healthSince: at(5) };
      expect(await store().relinkAccount({ ...relink, tokenVersion: 2 })).toBe(false);
      expect(await store().relinkAccount({ ...relink, accountId: `acc_${newId()}` })).toBe(false);
      expect(await store().relinkAccount(relink)).toBe(true);
      expect(await store().relinkAccount(relink)).toBe(false);
      const { tokenVersion: _, ...changes } = relink;
      expect(await store().getAccount(tenantId, accountId)).toEqual({ ...account, ...changes, tokenVersion: 2, health: 'active', healthReason: null });
      // The refresh that held the lock is refused, and another one need not wait for it.
      expect(await store().storeTokens({ tenantId, accountId, tokenVersion: 1, tokens: sealed('late'), tokenEnds: null, renewAt: null, scopes: [] })).toBe(false);
      expect(await store().lockTokens({ tenantId, accountId, tokenVersion: 2, holder: 'req_2', now: at(1), until: at(31) })).toBe(true);
    });
  });

  describe('redirect origins', () => {
    it('are those that were set last, of their tenant alone', async () => {
      const tenantId = `ten_${newId()}`;
      expect(await store().getRedirectOrigins(tenantId)).toEqual([]);
      await store().setRedirectOrigins({ tenantId, origins: ['https://a.example', 'https://b.example'] });
      await store().setRedirectOrigins({ tenantId, origins: ['https://b.example'] });
      expect(await store().getRedirectOrigins(tenantId)).toEqual(['https://b.example']);
      await store().setRedirectOrigins({ tenantId, origins: [] });
      expect(await store().getRedirectOrigins(tenantId)).toEqual([]);
      expect(await store().getRedirectOrigins(`ten_${newId()}`)).toEqual([]);
    });
  });
}
