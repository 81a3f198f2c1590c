import { describe, expect, it } from 'vitest';
import { FanfareError } from '../../../core/errors.ts';
import type { VaultPorts } from '../../../core/linking/ports.ts';
import type { Account } from '../../../core/model.ts';
import { StoreBusy } from '../../../core/ports/index.ts';
import { openTokens } from '../../../core/tokens.ts';
import { Died, mortal } from '../../functions/support/mortal.ts';
import type { SeenCall } from '../../platforms/support/stage.ts';
import { trials, type Trial } from '../../platforms/support/trials.ts';
import { wordsOf } from '../../platforms/support/words.ts';
import { flows, linked, ways, type Begun, type Progress } from './flows.ts';
import { reconciled } from './reconciled.ts';
import { OTHER_TENANT, TENANT } from './world.ts';

/**
 * Every call that linking makes at a network, and every call of our own store and encryption, and everything that can befall them.
 * The calls are those that a flow without mishaps made: a network that is new in `linkings.ts` is found here by itself.
 */

const mishaps = trials.filter(({ dies }) => dies === undefined);

/** How often a flow is taken up again: as often as a person would, or the job in as many hours. */
const AGAIN = 4;

/** The ports with a network at which each call is seen, and may meet a trial. */
function watched({ world, network }: Begun, trial: { readonly at: number; readonly trial: Trial } | null) {
  const seen: SeenCall[] = [];
  const send: VaultPorts['transport']['send'] = (request, how) => {
    const target = request.url.slice(world.sandbox.baseUrl.length);
    const operation = world.sandbox.operation({ ...request, target, body: Buffer.from(request.body ?? '') })?.operation ?? 'elsewhere';
    const call = { index: seen.length + 1, operation, fresh: false, posts: 0, request, streamed: false };
    seen.push(call);
    if (trial?.at === call.index) {
      const { fault, result } = trial.trial;
      if (fault !== undefined) world.sandbox.addFault({ ...fault(wordsOf({ network }), call), network, operation });
      if (result !== undefined) return Promise.resolve(result);
    }
    return world.ports.transport.send(request, how);
  };
  return { seen, ports: { ...world.ports, transport: { send } } };
}

/** Goes on with a flow; what it throws for a caller to try again, and its death, leave it open. */
async function attempt(begun: Begun, ports: VaultPorts): Promise<Progress> {
  try {
    return await begun.goOn(ports);
  } catch (error) {
    if (error instanceof Died || error instanceof StoreBusy || (error instanceof FanfareError && error.retryAfter !== null)) return 'open';
    throw error;
  }
}

/** Takes a flow up again until it comes to its end. */
async function takenUp(begun: Begun, first: Progress): Promise<Progress> {
  const { world } = begun;
  let progress = first;
  for (let again = 0; progress === 'open' && again < AGAIN; again += 1) {
    // What a fault put off is done, and whoever died has let go.
    world.clock.pass(60);
    await world.sandbox.settle();
    progress = await attempt(begun, world.ports);
  }
  return progress;
}

/** What the reconcile job does in a day and a bit with what was left behind. */
async function afterADay({ world }: Begun): Promise<void> {
  const { watchNew, outage, outageEnds } = world.ports.times;
  for (const seconds of [watchNew, outage, outage, outageEnds]) {
    world.clock.pass(seconds);
    await reconciled(world);
  }
}

/** What must hold whatever happened. */
async function expectSound(begun: Begun, quiet: { readonly accounts: number }, mayEnd: boolean): Promise<void> {
  const { world, bystanders } = begun;
  if (begun.account !== undefined) await afterADay(begun);
  expect(await world.accounts(OTHER_TENANT), 'accounts of others').toEqual(bystanders);
  const accounts = await world.accounts();
  expect(new Set(accounts.map(({ externalId }) => externalId)).size, 'one account for each of the outside').toBe(accounts.length);
  expect(accounts.length, 'accounts').toBe(quiet.accounts);
  for (const account of accounts) {
    if (account.health === 'active' || !mayEnd) expect([account.health, await world.serves(account)], 'the health, and whether the network takes what is stored').toEqual(['active', true]);
    else await expectSaved(begun, account);
  }
  for (const account of bystanders) expect(await world.serves(account), 'an account of others').toBe(true);
  if (begun.account !== undefined) expect(await world.store.getRevocation(TENANT, begun.account.accountId), 'tokens of an account that is gone').toBeNull();
  const logged = world.logged.join('\n');
  for (const account of await Promise.all([...(await world.accounts()), ...bystanders].map(async (each: Account) => openTokens(world.ports.cipher, each)))) {
    for (const secret of [account.accessToken, account.refreshToken]) if (secret !== null) expect(logged.includes(secret), 'a token in the log').toBe(false);
  }
}

/** An account whose link the network has ended says so, and is the same one when its owner has linked it again. */
async function expectSaved({ world, way, personId }: Begun, ended: Account): Promise<void> {
  expect(ended).toMatchObject({ health: 'reauth_required', healthReason: expect.stringMatching(/Reconnect the account/u) });
  await linked(world, way, personId);
  const again = (await world.accounts()).find(({ accountId }) => accountId === ended.accountId);
  expect(again).toMatchObject({ health: 'active', healthReason: null, externalId: ended.externalId });
  expect(again !== undefined && (await world.serves(again))).toBe(true);
}

/** Effects after which the network has done something that nobody here knows of. */
const UNHEARD = ['drop_after', 'drop_then_do', 'delay'];

/** Whether a link may end for a mishap: its network has said so, or has given us alone a token that serves once, and nobody has it. */
function mayBeLost({ world, network }: Begun, trial: Trial, { operation }: SeenCall): boolean {
  const said = wordsOf({ network });
  const effect = trial.fault?.(said, { index: 1, operation, fresh: false, posts: 0, request: { method: 'GET', url: '', headers: {} }, streamed: false });
  if (effect?.effect === 'refuse' && effect.body === said.tokenExpired.body) return true;
  const { refresh } = world.sandbox.login(network).dialect;
  return operation === 'token.refresh' && (refresh === 'rotates' || refresh === 'single_use') && UNHEARD.includes(effect?.effect ?? '');
}

const cases = ways.flatMap((way) => flows.map((flow) => ({ way, flow, name: flow.name, title: way.title })));

describe.each(cases)('$name at $title', async ({ way, flow }) => {
  const begun = await flow.begin(way);
  const { seen, ports } = watched(begun, null);
  const progress = await attempt(begun, ports);
  const quiet = { accounts: (await begun.world.accounts()).length };

  it('comes to its end when nothing goes wrong', async () => {
    expect(progress).toBe('over');
    if (!flow.ends) expect(quiet.accounts).toBeGreaterThan(0);
    await expectSound(begun, quiet, false);
  });

  describe.each(seen)('at call $index, $operation', (call) => {
    it.each(mishaps)('$name', async (trial) => {
      const world = await flow.begin(way);
      const first = await attempt(world, watched(world, { at: call.index, trial }).ports);
      const lost = mayBeLost(world, trial, call);
      const last = await takenUp(world, first);
      expect(lost ? ['over', 'lost', 'open'] : ['over']).toContain(last);
      await expectSound(world, quiet, lost);
    });
  });

  it('goes on wherever the process dies', async () => {
    await atEachCall(async (at, when) => {
      const one = await flow.begin(way);
      const life = mortal();
      life.dieAt(at, when);
      const { store, cipher, transport } = one.world.ports;
      const first = await attempt(one, { ...one.world.ports, store: life.wrap(store), cipher: life.wrap(cipher), transport: life.wrap(transport) });
      const reached = life.writes >= at;
      await expectGoneOn(one, reached ? 'open' : first);
      return reached;
    });
  });

  it('goes on whichever call the table does not take, or does not answer', async () => {
    await atEachCall(async (at, when) => {
      const one = await flow.begin(way);
      const { store, calls } = stumbling(one.world.ports.store, at, when);
      await expectGoneOn(one, await attempt(one, { ...one.world.ports, store }));
      return calls() >= at;
    });
  });

  /** A token that serves once, and was given to a process that is gone, is lost for good. */
  async function expectGoneOn(one: Begun, first: Progress): Promise<void> {
    const { refresh } = one.world.sandbox.login(way.network).dialect;
    const mayEnd = (flow.name === 'check' || flow.name === 'renew') && (refresh === 'rotates' || refresh === 'single_use');
    expect(mayEnd ? ['over', 'lost', 'open'] : ['over']).toContain(await takenUp(one, first));
    await expectSound(one, quiet, mayEnd);
  }
});

/** Runs something for each call, before and after it, until there is none of that number. */
async function atEachCall(run: (at: number, when: 'before' | 'after') => Promise<boolean>): Promise<void> {
  for (let at = 1; (await run(at, 'before')) && (await run(at, 'after')); at += 1);
}

/** A table whose n-th call is not done, or done and not answered. */
function stumbling(store: VaultPorts['store'], at: number, when: 'before' | 'after') {
  let calls = 0;
  const wrapped = new Proxy(store, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...parameters: unknown[]): Promise<unknown> => {
        calls += 1;
        const stumbles = calls === at;
        if (stumbles && when === 'before') throw new StoreBusy('throttled');
        const result: unknown = await Reflect.apply(method, target, parameters);
        if (stumbles) throw new StoreBusy('the answer was lost');
        return result;
      };
    },
  });
  return { store: wrapped, calls: () => calls };
}
