import { describe, expect, it } from 'vitest';
import type { VaultPorts } from '../../../core/linking/ports.ts';
import { StoreBusy } from '../../../core/ports/index.ts';
import { isRead, mortal } from '../../functions/support/mortal.ts';
import type { Begun, Progress } from './flows.ts';
import { attempt, cases, expectSound, takenUp } from './soundness.ts';

/** Every write of our own, to the network and of our encryption, at which linking can be cut off, at every network. */

describe.each(cases)('$name at $title', async ({ way, flow }) => {
  const begun = await flow.begin(way);
  await attempt(begun, begun.world.ports);
  const quiet = { accounts: (await begun.world.accounts()).length };

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

  it('goes on whichever write the table does not take, or does not answer', async () => {
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

/** A table whose n-th write is not done, or done and not answered. */
function stumbling(store: VaultPorts['store'], at: number, when: 'before' | 'after') {
  let calls = 0;
  const wrapped = new Proxy(store, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...parameters: unknown[]): Promise<unknown> => {
        // What a read that fails leaves behind, the write before it has left.
        if (!isRead(name)) calls += 1;
        const stumbles = calls === at && !isRead(name);
        if (stumbles && when === 'before') throw new StoreBusy('throttled');
        const result: unknown = await Reflect.apply(method, target, parameters);
        if (stumbles) throw new StoreBusy('the answer was lost');
        return result;
      };
    },
  });
  return { store: wrapped, calls: () => calls };
}
