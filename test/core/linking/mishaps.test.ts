import { describe, expect, it } from 'vitest';
import type { VaultPorts } from '../../../core/linking/ports.ts';
import type { SeenCall } from '../../platforms/support/stage.ts';
import { trials, type Trial } from '../../platforms/support/trials.ts';
import { wordsOf } from '../../platforms/support/words.ts';
import type { Begun } from './flows.ts';
import { attempt, cases, expectSound, takenUp } from './soundness.ts';

/**
 * Every call that linking makes at a network, and everything that can befall it. The calls are those that a flow without mishaps made: a
 * network that is new in `linkings.ts` is found here by itself.
 */

const mishaps = trials.filter(({ dies }) => dies === undefined);

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
});
