import { describe, expect, it } from 'vitest';
import { limits } from '../../../core/limits.ts';
import { unlinkAccount } from '../../../core/accounts.ts';
import type { VaultPorts } from '../../../core/linking/ports.ts';
import { vaultOf } from '../../../core/linking/vault.ts';
import type { Account } from '../../../core/model.ts';
import { reconciled } from './reconciled.ts';
import { linkWorld, OTHER_TENANT, TENANT, told, type LinkWorld } from './world.ts';

async function linked(world: LinkWorld, network: string, person: string, change: Partial<VaultPorts> = {}) {
  const { cameBack } = await world.begin(network, person);
  expect(told(await world.vault(change).finish(cameBack))).toBe('linked');
  const [account] = await world.accounts();
  if (account === undefined) throw new Error('There is no account.');
  return account;
}

/** Unlinks the account; the tokens that are still kept of it then. */
async function unlinked(world: LinkWorld, { tenantId, accountId }: Account, ports: VaultPorts = world.ports): Promise<'kept' | 'forgotten'> {
  await unlinkAccount({ ...ports, executions: { start: unused, stop: unused, isRunning: unused }, vault: vaultOf(ports) }, { tenantId, accountId }, () => null);
  expect(await world.store.getAccount(tenantId, accountId)).toBeNull();
  return (await world.store.getRevocation(tenantId, accountId)) === null ? 'forgotten' : 'kept';
}

const unused = (): never => {
  throw new Error('No upload waits for the account.');
};

/** Whether the network takes the tokens that an account had. */
async function stillServe(world: LinkWorld, account: Account): Promise<boolean> {
  await world.store.putAccount(account);
  const serves = await world.serves(account);
  await world.store.unlinkAccount({ ...account, at: world.later(0) });
  return serves;
}

describe('an account that is linked again', () => {
  it('is active with the new tokens, also if it was to be linked anew; what it had beside stays', async () => {
    const world = linkWorld();
    const ada = world.person('x');
    const before = await linked(world, 'x', ada);
    const { tenantId, accountId } = before;
    await world.store.setAccountDefaults({ tenantId, accountId, from: {}, defaults: { replySettings: 'following' } });
    await world.store.setAccountHealth({ ...before, health: 'reauth_required', reason: 'It ended.', at: world.later(1), name: null });
    world.clock.pass(60);
    const after = await linked(world, 'x', ada);
    expect(after).toMatchObject({ accountId, health: 'active', healthReason: null, healthSince: world.later(0), tokenVersion: 2, defaults: { replySettings: 'following' }, createdAt: before.createdAt });
    expect(await world.serves(after)).toBe(true);
  });

  it('keeps its refresh token where the network names no new one', async () => {
    const world = linkWorld();
    const ada = world.person('youtube');
    const first = await world.tokensOf(await linked(world, 'youtube', ada));
    const linkable: VaultPorts['linkable'] = (network) => {
      const known = world.ports.linkable(network);
      if (known === undefined) return undefined;
      const exchange: typeof known.linking.exchange = async (request, tools) => {
        const outcome = await known.linking.exchange(request, tools);
        return outcome.kind === 'granted' ? { ...outcome, tokens: { ...outcome.tokens, refreshToken: null } } : outcome;
      };
      return { ...known, linking: { ...known.linking, exchange } };
    };
    const again = await world.tokensOf(await linked(world, 'youtube', ada, { linkable }));
    expect(again.refreshToken).toBe(first.refreshToken);
    expect(again.accessToken).not.toBe(first.accessToken);
  });

  it('is not held for ended by a worker that still has the old tokens', async () => {
    const world = linkWorld();
    const ada = world.person('x');
    const old = await linked(world, 'x', ada);
    await linked(world, 'x', ada);
    await world.store.setAccountHealth({ ...old, health: 'reauth_required', reason: 'The old token ended.', at: world.later(1), name: null });
    expect((await world.accounts())[0]?.health).toBe('active');
  });
});

describe('the limits that a network tells of an account', () => {
  it.each(['tiktok', 'youtube'])('are learnt of %s when it is linked, and when it is checked', async (network) => {
    const world = linkWorld();
    const ada = world.person(network);
    const account = await linked(world, network, ada);
    const { tenantId, accountId, limits } = account;
    const outdated = () => world.store.setAccountLimits({ tenantId, accountId, limits: { made_up: 1 } });
    await outdated();
    expect(await world.serves(account)).toBe(true);
    expect((await world.accounts())[0]?.limits).toEqual(limits);
    await outdated();
    expect((await linked(world, network, ada)).limits).toEqual(limits);
  });
});

describe('asking the network about an account', () => {
  it('shows at once that its owner has taken the permission back, and since when', async () => {
    const world = linkWorld();
    const ada = world.person('youtube');
    const account = await linked(world, 'youtube', ada);
    world.sandbox.login('youtube').revoke(ada);
    world.clock.pass(3_000);
    expect(await world.vault().check(account)).toMatchObject({ outcome: 'refused', message: expect.stringMatching(/Reconnect the account/u) });
    expect((await world.accounts())[0]).toMatchObject({ health: 'reauth_required', healthSince: world.later(0), healthReason: expect.stringMatching(/Reconnect the account/u) });
  });

  it('renews a token that is over, and takes no blip for an answer', async () => {
    const world = linkWorld();
    const account = await linked(world, 'x', world.person('x'));
    world.clock.pass(2 * 3600 + 1);
    world.sandbox.addFault({ network: 'x', operation: 'token.refresh', effect: 'refuse', status: 503, body: 'down', times: 1 });
    expect(await world.vault().check(account)).toMatchObject({ outcome: 'unknown' });
    expect((await world.accounts())[0]).toMatchObject({ health: 'active', tokenVersion: 1 });
    expect(await world.vault().check(account)).toEqual({ outcome: 'accepted', message: null });
    expect((await world.accounts())[0]).toMatchObject({ health: 'active', tokenVersion: 2, tokenEnds: world.later(2 * 3600) });
  });
});

describe('the tokens of an account that is unlinked', () => {
  it.each(['youtube', 'x'])('serve no more at %s, and are forgotten', async (network) => {
    const world = linkWorld();
    const account = await linked(world, network, world.person(network));
    expect(await unlinked(world, account)).toBe('forgotten');
    expect(await stillServe(world, account)).toBe(false);
  });

  it('are ended as soon as the network answers, and forgotten then', async () => {
    const world = linkWorld();
    const account = await linked(world, 'x', world.person('x'));
    world.sandbox.addFault({ network: 'x', operation: 'token.revoke', effect: 'drop_before', times: 2 });
    expect(await unlinked(world, account)).toBe('kept');
    world.clock.pass(world.ports.times.watchNew);
    expect(await reconciled(world)).toEqual({ not_revoked: 1 });
    expect(await stillServe(world, account)).toBe(true);
    world.clock.pass(world.ports.times.outage);
    expect(await reconciled(world)).toEqual({ revoked: 1 });
    expect(await stillServe(world, account)).toBe(false);
    expect(await world.store.getRevocation(account.tenantId, account.accountId)).toBeNull();
  });

  it('are forgotten all the same where it never answers', async () => {
    const world = linkWorld();
    const account = await linked(world, 'x', world.person('x'));
    world.sandbox.addFault({ network: 'x', operation: 'token.revoke', effect: 'refuse', status: 503, times: 999 });
    expect(await unlinked(world, account)).toBe('kept');
    const { outage, outageEnds } = world.ports.times;
    const found: string[] = [];
    for (let spent = 0; spent <= outageEnds; spent += outage) {
      world.clock.pass(outage);
      found.push(...Object.keys(await reconciled(world)));
    }
    expect(new Set(found.slice(0, -1))).toEqual(new Set(['not_revoked']));
    expect(found.at(-1)).toBe('forgotten');
    expect(await world.store.getRevocation(account.tenantId, account.accountId)).toBeNull();
  });

  it('are those that the account had last, though they were renewed while it was unlinked', async () => {
    const world = linkWorld();
    const account = await linked(world, 'x', world.person('x'));
    const unlink: typeof world.store.unlinkAccount = async (request) => {
      expect(await world.vault().renew(account)).toBe('renewed');
      return world.store.unlinkAccount(request);
    };
    world.sandbox.addFault({ network: 'x', operation: 'token.revoke', effect: 'drop_before', times: 1 });
    expect(await unlinked(world, account, { ...world.ports, store: { ...world.store, unlinkAccount: unlink } })).toBe('kept');
    const kept = await world.store.getRevocation(account.tenantId, account.accountId);
    expect(kept?.tokens).not.toEqual(account.tokens);
  });

  it('go on as long as another workspace has linked the same account', async () => {
    const world = linkWorld();
    const ada = world.person('youtube');
    const account = await linked(world, 'youtube', ada);
    const { cameBack } = await world.begin('youtube', ada, { tenantId: OTHER_TENANT });
    expect(told(await world.vault().finish(cameBack))).toBe('linked');
    expect(await unlinked(world, account)).toBe('forgotten');
    const [theirs] = await world.accounts(OTHER_TENANT);
    if (theirs === undefined) throw new Error('Theirs is gone.');
    expect(await world.serves(theirs)).toBe(true);
    expect(await unlinked(world, theirs)).toBe('forgotten');
    expect(await stillServe(world, theirs)).toBe(false);
  });

  it('are read for the account that they were sealed for, and no other', async () => {
    const world = linkWorld();
    const account = await linked(world, 'x', world.person('x'));
    expect(await world.vault().revoke({ ...account, tenantId: OTHER_TENANT, externalId: 'another' })).toBe('left');
    expect(await world.serves(account)).toBe(true);
  });
});

describe('a link', () => {
  it('keeps nothing in clear that opens anything: neither in its record nor in the log', async () => {
    const world = linkWorld();
    const { cameBack, linkId } = await world.begin('x', world.person('x'));
    const query = new URLSearchParams(cameBack.query);
    expect(told(await world.vault().finish(cameBack))).toBe('linked');
    const [account] = await world.accounts();
    if (account === undefined) throw new Error('There is no account.');
    const { accessToken, refreshToken } = await world.tokensOf(account);
    const secrets = [cameBack.browser, query.get('code'), query.get('state')?.split('.')[1], accessToken, refreshToken];
    const kept = JSON.stringify([await world.store.getLink(linkId), account, world.logged]);
    for (const secret of secrets) expect([secret?.length ?? 0, kept.includes(secret ?? '')]).toEqual([expect.any(Number), false]);
    expect(Math.min(...secrets.map((secret) => secret?.length ?? 0))).toBeGreaterThan(20);
  });

  it('belongs to the browser that went to the network last', async () => {
    const world = linkWorld();
    const ada = world.person('youtube');
    const linkId = await world.open('youtube', { tenantId: TENANT });
    const visits = [await world.vault().visit({ network: 'youtube', linkId }), await world.vault().visit({ network: 'youtube', linkId })];
    const outcomes: string[] = [];
    for (const visit of visits) {
      if (visit.kind === 'go') outcomes.push(told(await world.vault().finish(await world.consent(visit, 'youtube', ada))));
    }
    expect(outcomes).toEqual(['page unknown', 'linked']);
    expect((await world.store.getLink(linkId))?.expiresAt).toBe(world.later(limits.linkLife));
  });
});
