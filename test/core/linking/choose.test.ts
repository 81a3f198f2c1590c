import { describe, expect, it } from 'vitest';
import { FanfareError } from '../../../core/errors.ts';
import { linkWorld, OTHER_TENANT, TENANT, told, type LinkWorld } from './world.ts';

/** A person of Facebook with three pages, on one of which they have no say. */
async function choosing() {
  const world = linkWorld();
  const { id, accounts } = world.sandbox.login('facebook').addPerson({ name: 'Ada', accounts: [{ name: 'Bakery' }, { name: 'Garage' }, { name: 'Museum', mayPublish: false }] });
  const [bakery = '', garage = '', museum = ''] = accounts.map(({ externalId }) => externalId);
  const { cameBack, linkId } = await world.begin('facebook', id);
  return { world, linkId, cameBack, person: id, bakery, garage, museum };
}

async function refusal(world: LinkWorld, linkId: string, targets: readonly string[], tenantId = TENANT): Promise<string> {
  const error: unknown = await world.vault().choose({ tenantId, linkId, targets }).catch((thrown: unknown) => thrown);
  if (!(error instanceof FanfareError)) throw new Error('It was not refused.');
  return [error.code, ...error.errors.map(({ field, code }) => `${field} ${code}`)].join(', ');
}

const externalIds = async (world: LinkWorld): Promise<readonly string[]> => (await world.accounts()).map(({ externalId }) => externalId).toSorted();

describe('several things behind one consent', () => {
  it('wait for a choice, of which each becomes an account with tokens of its own', async () => {
    const { world, linkId, cameBack, bakery, garage, museum } = await choosing();
    expect(told(await world.vault().finish(cameBack))).toBe('choose');
    expect(await world.accounts()).toEqual([]);
    const stage = (await world.store.getLink(linkId))?.stage;
    expect(stage).toMatchObject({ at: 'choosing', targets: [{ id: bakery, name: 'Bakery', obstacle: null }, { id: garage, obstacle: null }, { id: museum, obstacle: expect.any(String) }] });
    await world.vault().choose({ tenantId: TENANT, linkId, targets: [garage, bakery] });
    const accounts = await world.accounts();
    expect(await externalIds(world)).toEqual([bakery, garage].toSorted());
    for (const account of accounts) expect(await world.serves(account)).toBe(true);
    expect(new Set(await Promise.all(accounts.map(async (account) => (await world.tokensOf(account)).accessToken)))).toHaveProperty('size', 2);
  });

  it('give the same accounts for the same choice, also at once, and refuse another one', async () => {
    const { world, linkId, cameBack, bakery, garage } = await choosing();
    await world.vault().finish(cameBack);
    const choose = (targets: readonly string[]) => world.vault().choose({ tenantId: TENANT, linkId, targets });
    await Promise.all([choose([bakery]), choose([bakery]), choose([bakery, bakery])]);
    await choose([bakery]);
    expect(await externalIds(world)).toEqual([bakery]);
    expect(await refusal(world, linkId, [garage])).toBe('link_state, linkId linked');
    expect(await externalIds(world)).toEqual([bakery]);
  });

  it('cannot be chosen where they are not there, may not be published on, or belong to another workspace', async () => {
    const { world, linkId, cameBack, bakery, museum } = await choosing();
    expect(await refusal(world, linkId, [bakery])).toBe('link_state, linkId waiting');
    await world.vault().finish(cameBack);
    expect(await refusal(world, linkId, ['4711'])).toBe('validation_failed, targets unknown');
    expect(await refusal(world, linkId, [bakery, museum])).toBe('validation_failed, targets obstacle');
    expect(await refusal(world, linkId, [bakery], OTHER_TENANT)).toBe('not_found, linkId not_found');
    world.clock.pass(15 * 60);
    expect(await refusal(world, linkId, [bakery])).toBe('link_state, linkId expired');
    expect(await world.accounts()).toEqual([]);
  });

  it('stay to be chosen when the network does not answer', async () => {
    const { world, linkId, cameBack, bakery } = await choosing();
    await world.vault().finish(cameBack);
    world.sandbox.addFault({ network: 'facebook', effect: 'refuse', status: 500, body: 'down', times: 9 });
    expect(await refusal(world, linkId, [bakery])).toBe('busy');
    world.sandbox.faults.clear();
    await world.vault().choose({ tenantId: TENANT, linkId, targets: [bakery] });
    expect(await externalIds(world)).toEqual([bakery]);
  });
});
