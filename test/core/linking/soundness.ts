import { expect } from 'vitest';
import { FanfareError } from '../../../core/errors.ts';
import type { VaultPorts } from '../../../core/linking/ports.ts';
import type { Account } from '../../../core/model.ts';
import { StoreBusy } from '../../../core/ports/index.ts';
import { openTokens } from '../../../core/tokens.ts';
import { Died } from '../../functions/support/mortal.ts';
import { flows, linked, ways, type Begun, type Progress } from './flows.ts';
import { reconciled } from './reconciled.ts';
import { OTHER_TENANT, TENANT } from './world.ts';

/** How flows are taken up again that were cut off, and what must hold then. */

/** Each flow at each network. */
export const cases = ways.flatMap((way) => flows.map((flow) => ({ way, flow, name: flow.name, title: way.title })));

/** How often a flow is taken up again: as often as a person would, or the job in as many hours. */
const AGAIN = 4;

/** Goes on with a flow; what it throws for a caller to try again, and its death, leave it open. */
export async function attempt(begun: Begun, ports: VaultPorts): Promise<Progress> {
  try {
    return await begun.goOn(ports);
  } catch (error) {
    if (error instanceof Died || error instanceof StoreBusy || (error instanceof FanfareError && error.retryAfter !== null)) return 'open';
    throw error;
  }
}

/** Takes a flow up again until it comes to its end. */
export async function takenUp(begun: Begun, first: Progress): Promise<Progress> {
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
export async function expectSound(begun: Begun, quiet: { readonly accounts: number }, mayEnd: boolean): Promise<void> {
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
