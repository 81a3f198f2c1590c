import { describe, expect, it } from 'vitest';
import type { Transport } from '../../../core/ports/index.ts';
import { reconcile } from '../../../core/reconcile/reconcile.ts';
import type { ReconcilePorts } from '../../../core/reconcile/ports.ts';
import { memoryMedia } from '../../../media/memory.ts';
import { linkings } from '../../../platforms/linkings.ts';
import { platforms } from '../../../platforms/registry.ts';
import { linkWorld, TENANT, told, type LinkWorld } from './world.ts';

const DAY = 24 * 3600;
const unused = () => Promise.reject(new Error('Nothing of an upload is looked after here.'));

const down: Transport = { send: () => Promise.resolve({ kind: 'answered', answer: { status: 503, headers: {}, body: '' } }) };

/** One run of the job; how many accounts came to what. */
async function run(world: LinkWorld, renewals: ReconcilePorts['renewals'] = world.vault()) {
  const { found } = await reconcile({
    ...world.ports,
    media: memoryMedia({ clock: world.clock }),
    events: { uploadFinished: unused },
    executions: { start: unused, stop: unused, isRunning: unused },
    lookUps: { start: unused },
    renewals,
  });
  return found;
}

async function linked(world: LinkWorld, network: string) {
  const personId = world.person(network, [{ name: 'Ada' }]);
  const { linkId, cameBack } = await world.begin(network, personId);
  const status = told(await world.vault().finish(cameBack));
  // Some logins can post for themselves too, and the person has to say for whom.
  if (status === 'choose') await world.vault().choose({ tenantId: TENANT, linkId, targets: [(await targets(world, linkId))[0] ?? ''] });
  return personId;
}

async function targets({ store }: LinkWorld, linkId: string): Promise<readonly string[]> {
  const link = await store.getLink(linkId);
  return link?.stage.at === 'choosing' ? link.stage.targets.map(({ id }) => id) : [];
}

async function only(world: LinkWorld) {
  const [account] = await world.accounts();
  if (account === undefined) throw new Error('There is no account.');
  return account;
}

/** Networks whose links end when they rest. */
const resting = platforms.filter(({ network, restsAtMost, refreshAhead }) => linkings[network] !== undefined && (restsAtMost ?? refreshAhead) !== undefined);

describe.each(resting)('an account on $network that nobody uses', ({ network }) => {
  it('is still linked after a year', async () => {
    const world = linkWorld();
    await linked(world, network);
    let renewals = 0;
    for (let day = 0; day < 400; day += 1) {
      world.clock.pass(DAY);
      const found = await run(world);
      expect(Object.keys(found).filter((finding) => finding !== 'renewed')).toEqual([]);
      renewals += found.renewed ?? 0;
    }
    expect(await only(world)).toMatchObject({ health: 'active', tokenVersion: 1 + renewals });
    expect(await world.serves(await only(world))).toBe(true);
    // By need, not every day.
    expect(renewals).toBeGreaterThan(1);
    expect(renewals).toBeLessThan(80);
  });

  it('is asked for again by its health once the network has ended the link, and not before', async () => {
    const world = linkWorld();
    const personId = await linked(world, network);
    const { renewAt } = await only(world);
    world.clock.pass((Date.parse(renewAt ?? '') - world.clock.now().getTime()) / 1000 + 1);
    // The network is down: nothing is known of the link, and it is asked again an hour later at the latest.
    expect(await run(world, world.vault({ transport: down }))).toEqual({ not_renewed: 1 });
    expect(await only(world)).toMatchObject({ health: 'active', renewAt: world.later(world.ports.times.outage) });
    world.sandbox.login(network).revoke(personId);
    world.clock.pass(world.ports.times.outage);
    expect(await run(world)).toEqual({ link_over: 1 });
    expect(await only(world)).toMatchObject({ health: 'reauth_required', healthReason: expect.any(String), renewAt: null });
    world.clock.pass(100 * DAY);
    expect(await run(world)).toEqual({});
  });
});

describe('the renewal of an account', () => {
  const network = 'x';

  it('that dies is made up for, and two of them at once are one', async () => {
    const world = linkWorld();
    await linked(world, network);
    world.clock.pass(60 * DAY + 1);
    expect(await run(world, { renew: () => Promise.reject(new Error('the vault is gone')) })).toEqual({ troubled: 1 });
    world.clock.pass(world.ports.times.watchPause + 1);
    await Promise.all([run(world), run(world)]);
    expect(await only(world)).toMatchObject({ health: 'active', tokenVersion: 2 });
    expect(await world.serves(await only(world))).toBe(true);
  });

  it('that has become needless is left: the tokens were used, or the account was unlinked', async () => {
    const world = linkWorld();
    await linked(world, network);
    const account = await only(world);
    world.clock.pass(60 * DAY + 1);
    const seen = await world.store.listDue({ now: world.later(0), limit: 10 });
    expect(seen).toMatchObject([{ kind: 'account', accountId: account.accountId }]);
    expect(await world.serves(account)).toBe(true);
    expect(await world.store.listDue({ now: world.later(0), limit: 10 })).toEqual([]);
    await world.store.unlinkAccount({ tenantId: TENANT, accountId: account.accountId, at: world.later(0) });
    world.clock.pass(100 * DAY);
    expect(await run(world)).toEqual({});
  });
});
