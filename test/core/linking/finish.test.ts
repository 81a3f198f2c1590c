import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkings } from '../../../platforms/linkings.ts';
import { scheduled } from './scheduled.ts';
import { FAULTS, linkWorld, OTHER_TENANT, told, type LinkWorld } from './world.ts';

const NETWORKS = Object.keys(linkings);

/** What a network's account shows that was linked once. */
async function expectOneAccount(world: LinkWorld, network: string): Promise<void> {
  const [account, ...others] = await world.accounts();
  expect([account?.network, others]).toEqual([network, []]);
  if (account !== undefined) expect(await world.serves(account)).toBe(true);
}

describe.each(NETWORKS)('a browser that comes back from %s', (network) => {
  it('links one account, however the requests of two tabs overlap', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = linkWorld();
        const { cameBack } = await world.begin(network, world.person(network));
        const store = scheduled(scheduler, world.ports.store);
        const answers = [world.vault({ store }).finish(cameBack), world.vault({ store }).finish(cameBack)];
        await scheduler.waitFor(Promise.all(answers));
        expect((await Promise.all(answers)).map(told)).toEqual(['linked', 'linked']);
        const exchanges = (await world.sandbox.calls(network)).filter(({ operation }) => operation === 'token.exchange');
        expect(exchanges).toHaveLength(1);
        await expectOneAccount(world, network);
      }),
      { numRuns: 20 },
    );
  });

  it('links one account, however two links of the same person overlap; in another workspace a second one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = linkWorld();
        const ada = world.person(network);
        const store = scheduled(scheduler, world.ports.store);
        const [one, other, elsewhere] = [await world.begin(network, ada), await world.begin(network, ada), await world.begin(network, ada, { tenantId: OTHER_TENANT })];
        const answers = [one, other, elsewhere].map(({ cameBack }) => world.vault({ store }).finish(cameBack));
        await scheduler.waitFor(Promise.all(answers));
        expect((await Promise.all(answers)).map(told)).toEqual(['linked', 'linked', 'linked']);
        await expectOneAccount(world, network);
        const [theirs, ...more] = await world.accounts(OTHER_TENANT);
        expect([theirs?.externalId, more]).toEqual([(await world.accounts())[0]?.externalId, []]);
      }),
      { numRuns: 20 },
    );
  });

  it('loses and doubles nothing however long one of its calls meets the same', async () => {
    for (const operation of await callsOf(network)) {
      const times = 9;
      for (const fault of FAULTS) {
        const world = linkWorld();
        const ada = world.person(network);
        const { cameBack, linkId } = await world.begin(network, ada);
        world.sandbox.addFault({ network, operation, times, ...fault });
        const first = told(await world.vault().finish(cameBack));
        expect([operation, fault.effect, first]).toEqual([operation, fault.effect, expect.stringMatching(/^(?:linked|page try_again|failed code_rejected)$/u)]);
        world.sandbox.faults.clear();
        world.clock.pass(60);
        await world.sandbox.settle();
        const again = told(await world.vault().finish(cameBack));
        expect([operation, fault.effect, again]).toEqual([operation, fault.effect, expect.stringMatching(/^(?:linked|failed code_rejected)$/u)]);
        expect(await world.accounts()).toHaveLength(again === 'linked' ? 1 : 0);
        // Whatever came of it is final: the person begins again.
        expect(told(await world.vault().finish(cameBack))).toBe(again);
        expect((await world.store.getLink(linkId))?.stage.at).toBe(again.split(' ')[0]);
        const next = await world.begin(network, ada);
        expect(told(await world.vault().finish(next.cameBack))).toBe('linked');
        await expectOneAccount(world, network);
      }
    }
  });
});

/** What the vault calls at a network when a browser has come back. */
async function callsOf(network: string): Promise<ReadonlySet<string>> {
  const world = linkWorld();
  const { cameBack } = await world.begin(network, world.person(network));
  const before = (await world.sandbox.calls(network)).length;
  await world.vault().finish(cameBack);
  return new Set((await world.sandbox.calls(network)).slice(before).map(({ operation }) => operation));
}
