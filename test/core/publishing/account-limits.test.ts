import { describe, expect, it } from 'vitest';
import type { Account, AccountLimits } from '../../../core/model.ts';
import type { Connector, LimitsOutcome, Ports, PreflightSubject, Violation } from '../../../core/ports/index.ts';
import { inspect } from '../../../core/workflow/inspect.ts';
import { simulation, type Simulation } from '../simulation.ts';
import { trouble } from '../support/test-connector.ts';
import { claimed, withClip } from '../workflow/support.ts';
import { deliveryOf, operations, portsWith, step } from './support.ts';

/** A network of titles, three characters long at most unless it tells another limit for an account. */
function violations({ title, limits }: PreflightSubject): readonly Violation[] {
  const limit = Number(limits['video.title_max'] ?? 3);
  if (title.length <= limit) return [];
  return [{ field: 'title', code: 'testnet.video.title_max', message: `The title is too long for ${limit}: shorten it.`, value: title.length, limit, unit: 'characters', remedy: 'Shorten it.' }];
}

/** The world's ports with that network, which answers in turn when it is asked; `asked` counts. */
function telling(world: Simulation, ...outcomes: readonly LimitsOutcome[]): { readonly ports: Ports; readonly asked: () => number } {
  let asked = 0;
  const read: NonNullable<Connector['accountLimits']>['read'] = async (_account, tools) => {
    await tools.accessToken();
    asked += 1;
    return outcomes[asked - 1] ?? { kind: 'limits', limits: {} };
  };
  return { ports: portsWith(world, { violations, accountLimits: { rules: ['video.title_max'], read } }), asked: () => asked };
}

const told = (title: number): LimitsOutcome => ({ kind: 'limits', limits: { 'video.title_max': title } });

/** Learns of limits on the way. */
const transfer: Connector['transfer'] = async (_work, tools) => {
  await tools.keepLimits({ 'video.title_max': 9, 'video.choice': ['a'] });
  return { kind: 'again', afterSeconds: 1000 };
};

/** The account that the delivery is for, with limits that were kept before. */
async function accountOf(world: Simulation, limits?: AccountLimits): Promise<Account> {
  const { tenantId, accountId } = await deliveryOf(world);
  if (limits !== undefined) await world.store.setAccountLimits({ tenantId, accountId, limits });
  const account = await world.store.getAccount(tenantId, accountId);
  if (account === null) throw new Error('There is no account.');
  return account;
}

describe('the limits that a network tells of an account', () => {
  it.each([
    ['higher than the usual ones', {}],
    ['higher than they were', { 'video.title_max': 5 }],
  ])('are asked for before a rule fails a delivery, and win where they are %s', async (_, kept) => {
    const world = await simulation();
    await accountOf(world, kept);
    const { ports, asked } = telling(world, told(7));
    expect(await step(world, 'transfer', {}, ports)).toMatchObject({ next: 'publish' });
    expect((await accountOf(world)).limits).toEqual({ 'video.title_max': 7 });
    expect(asked()).toBe(1);
    expect(await step(world, 'publish', {}, ports)).toMatchObject({ next: 'done' });
    expect([asked(), (await deliveryOf(world)).status]).toEqual([1, 'uploaded']);
  });

  it('fail it with the number that counts now', async () => {
    const world = await simulation();
    await accountOf(world, { 'video.title_max': 2 });
    const { ports } = telling(world, told(6));
    expect(await step(world, 'transfer', {}, ports)).toMatchObject({ next: 'done' });
    expect(await deliveryOf(world)).toMatchObject({ status: 'failed', error: { code: 'metadata_rejected', message: expect.stringMatching('too long for 6') } });
    expect((await accountOf(world)).limits).toEqual({ 'video.title_max': 6 });
    expect(operations(world)).toEqual([]);
  });

  it('are asked for by nobody while nothing is broken', async () => {
    const world = await simulation();
    await accountOf(world, { 'video.title_max': 7 });
    const { ports, asked } = telling(world);
    expect(await step(world, 'transfer', {}, ports)).toMatchObject({ next: 'publish' });
    expect(asked()).toBe(0);
  });

  it('are waited for where the network does not answer', async () => {
    const world = await simulation();
    const { ports, asked } = telling(world, { kind: 'trouble', trouble: trouble('retryable', 'down') }, told(7));
    await step(world, 'transfer', {}, ports);
    expect(await deliveryOf(world)).toMatchObject({ status: 'retrying', error: { code: 'platform_unavailable' } });
    expect(await step(world, 'transfer', {}, ports)).toMatchObject({ next: 'publish' });
    expect(asked()).toBe(2);
  });

  it('are asked for again with a new token', async () => {
    const world = await simulation();
    const { ports, asked } = telling(world, { kind: 'trouble', trouble: trouble('auth_expired', 'expired') }, told(7));
    expect(await step(world, 'transfer', {}, ports)).toMatchObject({ next: 'publish' });
    expect([asked(), operations(world)]).toEqual([2, ['refresh', 'prepare', 'poll']]);
  });

  it('stay as they were known where the network will not tell them', async () => {
    const world = await simulation();
    const { ports } = telling(world, { kind: 'trouble', trouble: trouble('permanent', 'not for you') });
    await step(world, 'transfer', {}, ports);
    expect(await deliveryOf(world)).toMatchObject({ status: 'failed', error: { code: 'metadata_rejected' } });
  });

  it('that come up on the way are kept, and written only if they are new', async () => {
    const world = await simulation();
    let written = 0;
    const ports = portsWith(world, { transfer });
    const store: Ports['store'] = { ...ports.store, setAccountLimits: (request) => ((written += 1), ports.store.setAccountLimits(request)) };
    for (let turn = 0; turn < 2; turn += 1) await step(world, 'transfer', {}, { ...ports, store });
    expect([written, (await accountOf(world)).limits]).toEqual([1, { 'video.title_max': 9, 'video.choice': ['a'] }]);
  });

  it('fail nothing when a file is inspected, which the usual ones do: the network is asked first', async () => {
    for (const [limits, status] of [[{ 'video.title_max': 2 }, 'pending'], [{}, 'failed']] as const) {
      const world = await withClip();
      await accountOf(world, limits);
      await inspect(telling(world).ports, await claimed(world));
      expect((await deliveryOf(world)).status).toBe(status);
    }
  });
});
