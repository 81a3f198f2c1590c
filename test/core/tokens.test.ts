import { describe, expect, it } from 'vitest';
import { timestampAfter } from '../../core/clock.ts';
import type { Account, TokenSet } from '../../core/model.ts';
import type { Connector, HttpRequest, HttpResult, Ports, RefreshOutcome } from '../../core/ports/index.ts';
import { times } from '../../core/times.ts';
import { accountTokens, openTokens, sealTokens, TokenTrouble, type AccountTokens } from '../../core/tokens.ts';
import { memoryCipher } from '../../store/memory-cipher.ts';
import { simulation, type Simulation } from './simulation.ts';
import { trouble } from './support/test-connector.ts';

const tools = {
  send: (_request: HttpRequest): Promise<HttpResult> => Promise.reject(new Error('not sent')),
  now: () => new Date(),
  endpoints: {},
  app: { clientId: '', clientSecret: '' },
};

interface Bench {
  readonly world: Simulation;
  readonly ports: Ports;
  /** How often the network was asked for a new token. */
  readonly refreshes: () => number;
  readonly account: () => Promise<Account>;
  /** What a worker that begins now has. */
  readonly worker: () => Promise<AccountTokens>;
  readonly stored: () => Promise<TokenSet>;
}

/** One account whose token has so many seconds left, at a network that answers refreshes so. */
async function bench(
  left: number | null,
  answer: (n: number) => RefreshOutcome | Promise<RefreshOutcome> = renewed,
  changes: Pick<Connector, 'refreshAhead'> = {},
): Promise<Bench> {
  const world = await simulation();
  const ports: Ports = { ...world.ports, cipher: memoryCipher() };
  const [delivery] = await world.deliveries();
  const ref = { tenantId: delivery?.tenantId ?? '', accountId: delivery?.accountId ?? '' };
  const expiresAt = left === null ? null : timestampAfter(world.time.now(), left);
  const tokens = { accessToken: 'old', refreshToken: 'refresh', expiresAt, scopes: ['publish'] };
  await world.store.storeTokens({ ...ref, tokenVersion: 1, tokenEnds: null, renewAt: null, scopes: [], tokens: await sealTokens(ports.cipher, ref, tokens) });
  let refreshes = 0;
  const connector: Connector = {
    ...world.network.connector,
    ...changes,
    refresh: async () => {
      refreshes += 1;
      const outcome = answer(refreshes);
      await world.time.sleep(2);
      return outcome;
    },
  };
  const account = async (): Promise<Account> => {
    const found = await world.store.getAccount(ref.tenantId, ref.accountId);
    if (found === null) throw new Error('There is no account.');
    return found;
  };
  return {
    world,
    ports,
    refreshes: () => refreshes,
    account,
    worker: async () => accountTokens(ports, await account(), connector, tools),
    stored: async () => openTokens(ports.cipher, await account()),
  };
}

function renewed(n: number): RefreshOutcome {
  return { kind: 'refreshed', tokens: { accessToken: `new-${n}`, refreshToken: null, expiresAt: '2031-01-01T00:00:00Z', scopes: ['publish'] } };
}

const ahead = times.standard.refreshAhead;

describe('an access token', () => {
  it.each([
    [null, 'old', 0],
    [ahead + 1, 'old', 0],
    [ahead - 1, 'new-1', 1],
    [1, 'new-1', 1],
    [-600, 'new-1', 1],
  ])('with %j seconds left is %s after %i refreshes', async (left, expected, refreshes) => {
    const { world, worker, refreshes: count } = await bench(left);
    const tokens = await worker();
    expect(await world.time.run(tokens.accessToken())).toBe(expected);
    expect(count()).toBe(refreshes);
  });

  it.each([
    [ahead + 86_401, 'old'],
    [ahead + 86_399, 'new-1'],
  ])('with %j seconds left is %s where the network wants it a day earlier', async (left, expected) => {
    const { world, worker } = await bench(left, renewed, { refreshAhead: ahead + 86_400 });
    expect(await world.time.run((await worker()).accessToken())).toBe(expected);
  });

  it('is stored before it is used, with the refresh token that is still good', async () => {
    const { world, worker, stored, account } = await bench(-1);
    await world.time.run((await worker()).accessToken());
    expect(await stored()).toMatchObject({ accessToken: 'new-1', refreshToken: 'refresh' });
    expect((await account()).tokenVersion).toBe(3);
  });

  it('is refreshed once, however many workers need it at once', async () => {
    const { world, worker, refreshes } = await bench(-1);
    const workers = await Promise.all(Array.from({ length: 50 }, worker));
    const got = await world.time.run(Promise.all(workers.map((tokens) => tokens.accessToken())));
    expect(new Set(got)).toEqual(new Set(['new-1']));
    expect(refreshes()).toBe(1);
  });

  it('that the network rejects before its time is refreshed once, though many workers hear so at once', async () => {
    const { world, worker, refreshes } = await bench(3_600);
    const workers = await Promise.all(Array.from({ length: 50 }, worker));
    for (const tokens of workers) expect(await tokens.accessToken()).toBe('old');
    await world.time.run(Promise.all(workers.map((tokens) => tokens.renew())));
    for (const tokens of workers) expect(await tokens.accessToken()).toBe('new-1');
    expect(refreshes()).toBe(1);
  });

  it('that was rejected and has been replaced by another worker is read again, not refreshed', async () => {
    const { world, worker, refreshes } = await bench(null);
    const [one, other] = [await worker(), await worker()];
    await one.accessToken();
    await other.accessToken();
    await world.time.run(one.renew());
    await world.time.run(other.renew());
    expect([await one.accessToken(), await other.accessToken()]).toEqual(['new-1', 'new-1']);
    expect(refreshes()).toBe(1);
  });

  it('that is short-lived is not refreshed at each use', async () => {
    const { world, worker, refreshes } = await bench(-1, () => ({
      kind: 'refreshed',
      tokens: { accessToken: 'short', refreshToken: null, expiresAt: timestampAfter(new Date('2030-01-01T00:00:00Z'), 60), scopes: [] },
    }));
    const tokens = await worker();
    await world.time.run(tokens.accessToken());
    await world.time.run(tokens.accessToken());
    expect(refreshes()).toBe(1);
    await world.time.run(world.time.sleep(90));
    await world.time.run(tokens.accessToken());
    expect(refreshes()).toBe(2);
  });

  it('survives a table that does not take it at first', async () => {
    const { world, ports, account, stored } = await bench(-1);
    let refused = 0;
    const store = {
      ...ports.store,
      storeTokens: (request: Parameters<typeof ports.store.storeTokens>[0]) =>
        (refused += 1) <= 4 ? Promise.reject(new Error('throttled')) : ports.store.storeTokens(request),
    };
    const connector = { ...world.network.connector, refresh: () => Promise.resolve(renewed(1)) };
    const tokens = accountTokens({ ...ports, store }, await account(), connector, tools);
    expect(await world.time.run(tokens.accessToken())).toBe('new-1');
    expect(await stored()).toMatchObject({ accessToken: 'new-1' });
  });
});

describe('a refresh', () => {
  it('asks the network for at most half of the time that its lock lasts, so that no second one can begin meanwhile', async () => {
    const { world, ports, account } = await bench(-1);
    const timeouts: (number | undefined)[] = [];
    const send = ({ timeout }: HttpRequest): Promise<HttpResult> => {
      timeouts.push(timeout);
      return Promise.reject(new Error('not sent'));
    };
    const connector: Connector = {
      ...world.network.connector,
      refresh: async (_tokens, { send }) => {
        const request = { method: 'POST', url: 'https://testnet/refresh', headers: {} } as const;
        await Promise.allSettled([send(request), send({ ...request, timeout: 1 }), send({ ...request, timeout: 600 })]);
        return renewed(1);
      },
    };
    await world.time.run(accountTokens(ports, await account(), connector, { ...tools, send }).accessToken());
    const half = times.standard.refreshLock / 2;
    expect(timeouts).toEqual([half, 1, half]);
  });
});

describe('a refresh that fails', () => {
  it('for good marks the account, frees the lock and says so', async () => {
    const { world, worker, account } = await bench(-1, () => ({ kind: 'trouble', trouble: trouble('auth_revoked', 'invalid_grant') }));
    await expect(world.time.run((await worker()).accessToken())).rejects.toMatchObject({ trouble: { class: 'auth_revoked' } });
    expect((await account()).health).toBe('reauth_required');
    const lock = { tenantId: (await account()).tenantId, accountId: (await account()).accountId, tokenVersion: 2, holder: 'another' };
    expect(await world.store.lockTokens({ ...lock, now: '2030-01-01T00:00:03Z', until: '2030-01-01T00:00:30Z' })).toBe(true);
  });

  it.each(['retryable', 'rate_limited', 'permanent'] as const)('because of something else (%s) leaves the account as it is', async (kind) => {
    const { world, worker, account } = await bench(-1, () => ({ kind: 'trouble', trouble: trouble(kind, 'later') }));
    await expect(world.time.run((await worker()).accessToken())).rejects.toBeInstanceOf(TokenTrouble);
    expect((await account()).health).toBe('active');
  });

  it('ahead of time does no harm while the old token is good', async () => {
    const { world, worker } = await bench(60, () => ({ kind: 'trouble', trouble: trouble('retryable', 'down') }));
    expect(await world.time.run((await worker()).accessToken())).toBe('old');
  });

  it('ahead of time is tried once by a worker, which goes on with the old token until its end', async () => {
    const { world, worker, refreshes } = await bench(60, (n) => (n === 1 ? { kind: 'trouble', trouble: trouble('retryable', 'down') } : renewed(n)));
    const tokens = await worker();
    for (let call = 0; call < 3; call += 1) expect(await world.time.run(tokens.accessToken())).toBe('old');
    expect(refreshes()).toBe(1);
    await world.time.run(world.time.sleep(60));
    expect(await world.time.run(tokens.accessToken())).toBe('new-2');
  });

  it('by dying leaves a lock that ends by itself', async () => {
    const { world, worker, refreshes } = await bench(-1, (n) => (n === 1 ? new Promise<never>(() => undefined) : renewed(n)));
    const [dead, other] = [await worker(), await worker()];
    void dead.accessToken();
    expect(await world.time.run(other.accessToken())).toBe('new-2');
    expect(refreshes()).toBe(2);
    expect(world.time.elapsed()).toBeGreaterThanOrEqual(times.standard.refreshLock);
  });

  it('because the account was linked anew in the meantime uses the new link', async () => {
    const { world, worker, ports, account, stored } = await bench(-1);
    const tokens = await worker();
    const waiting = tokens.accessToken();
    const linked = { accessToken: 'linked', refreshToken: 'other', expiresAt: null, scopes: [] };
    const { tenantId, accountId, tokenVersion } = await account();
    const sealed = await sealTokens(ports.cipher, { tenantId, accountId }, linked);
    await world.store.storeTokens({ tenantId, accountId, tokenVersion, tokenEnds: null, renewAt: null, scopes: [], tokens: sealed });
    expect(await world.time.run(waiting)).toBe('linked');
    expect(await stored()).toEqual(linked);
  });
});

/** The same of a token for which there is no refresh token, unless `changes` say so. */
async function unrenewed(left: number, changes: Partial<TokenSet> = {}): Promise<Bench> {
  const at = await bench(left);
  const { tenantId, accountId, tokenVersion } = await at.account();
  const tokens = { ...(await at.stored()), refreshToken: null, ...changes };
  await at.world.store.storeTokens({ tenantId, accountId, tokenVersion, tokenEnds: tokens.expiresAt, renewAt: null, scopes: [], tokens: await sealTokens(at.ports.cipher, { tenantId, accountId }, tokens) });
  return at;
}

describe('a token that nothing renews', () => {
  it('serves until its end without a word to the network, and then ends the link', async () => {
    const { world, worker, refreshes, account } = await unrenewed(3);
    expect(await world.time.run((await worker()).accessToken())).toBe('old');
    // A network that rejects it once is given it once more: there is no other.
    const rejected = await worker();
    await world.time.run(rejected.renew());
    expect(await world.time.run(rejected.accessToken())).toBe('old');
    expect(await account()).toMatchObject({ health: 'active' });
    await world.time.run(world.time.sleep(3));
    await expect(world.time.run((await worker()).accessToken())).rejects.toMatchObject({ trouble: { code: 'reauth_required', message: expect.stringMatching(/reached its end/u) } });
    expect(await account()).toMatchObject({ health: 'reauth_required', healthReason: expect.stringMatching(/Reconnect the account/u) });
    expect(refreshes()).toBe(0);
  });

  it('is the last one of a consent that is over: a refresh token of it is asked for nothing before', async () => {
    const { world, worker, refreshes, account, ports } = await unrenewed(60, { refreshToken: 'of a consent that is over' });
    const { tenantId, accountId, tokenVersion, tokens, tokenEnds } = await account();
    const relink = { tenantId, accountId, tokenVersion, tokens, tokenEnds, renewAt: null, scopes: [], name: 'Ada', profile: null, healthSince: '2029-01-01T00:00:00Z' };
    expect(await ports.store.relinkAccount({ ...relink, accessEnds: timestampAfter(world.time.now(), 0) })).toBe(true);
    expect(await world.time.run((await worker()).accessToken())).toBe('old');
    expect([refreshes(), (await account()).health]).toEqual([0, 'active']);
    await world.time.run(world.time.sleep(60));
    expect(await world.time.run((await worker()).accessToken())).toBe('new-1');
  });
});

describe('a token that the network rejects though it was new', () => {
  it('is not renewed again', async () => {
    const { world, worker, refreshes } = await bench(null);
    const tokens = await worker();
    await world.time.run(tokens.renew());
    await expect(world.time.run(tokens.renew())).rejects.toMatchObject({ trouble: { class: 'auth_revoked' } });
    expect(refreshes()).toBe(1);
  });

  it('marks the account, unless it was linked anew in the meantime', async () => {
    const { world, worker, account, ports } = await bench(null);
    const tokens = await worker();
    await tokens.accessToken();
    const { tenantId, accountId } = await account();
    const sealed = await sealTokens(ports.cipher, { tenantId, accountId }, { accessToken: 'x', refreshToken: null, expiresAt: null, scopes: [] });
    await world.store.storeTokens({ tenantId, accountId, tokenVersion: 2, tokenEnds: null, renewAt: null, scopes: [], tokens: sealed });
    await tokens.giveUp('It was rejected.');
    expect((await account()).health).toBe('active');
    await (await worker()).giveUp('It was rejected.');
    expect((await account()).health).toBe('reauth_required');
  });
});

describe('tokens at rest', () => {
  it('of another account, or changed, are refused', async () => {
    const { ports, account } = await bench(null);
    const own = await account();
    const swapped = { ...own, accountId: 'acc_other' };
    await expect(openTokens(ports.cipher, swapped)).rejects.toThrow();
    const changed = { ...own, tokens: { ...own.tokens, ciphertext: own.tokens.ciphertext.slice(0, -4) } };
    await expect(openTokens(ports.cipher, changed)).rejects.toThrow();
    expect(JSON.stringify(own.tokens)).not.toContain('old');
  });
});
