import { describe, expect, it } from 'vitest';
import type { Transport } from '../../../core/ports/index.ts';
import { toolsFor } from '../../../core/linking/ports.ts';
import { linkEndsAt } from '../../../core/renewal.ts';
import { theseTokens } from '../../../core/tokens.ts';
import { linkings } from '../../../platforms/linkings.ts';
import { platforms } from '../../../platforms/registry.ts';
import { reconciled } from './reconciled.ts';
import { linked, linkWorld, only, TENANT, type LinkWorld } from './world.ts';

const DAY = 24 * 3600;

const down: Transport = { send: () => Promise.resolve({ kind: 'answered', answer: { status: 503, headers: {}, body: '' } }) };

/** Networks whose links go on for ever if they do not rest. */
const lasting = platforms.filter(({ network, consentLasts }) => linkings[network] !== undefined && consentLasts === undefined);
/** Those whose links end when they rest. */
const resting = lasting.filter(({ restsAtMost, refreshAhead }) => (restsAtMost ?? refreshAhead) !== undefined);

describe.each(lasting)('a link at $network', ({ network }) => {
  it('has no end that its owner has to be told of', async () => {
    const world = linkWorld();
    await linked(world, network);
    expect(await only(world)).toMatchObject({ accessEnds: null });
  });
});

describe.each(lasting.filter((network) => !resting.includes(network)))('an account on $network that nobody uses', ({ network }) => {
  it('is still linked after a year, without being looked at', async () => {
    const world = linkWorld();
    await linked(world, network);
    world.clock.pass(400 * DAY);
    expect(await reconciled(world)).toEqual({});
    expect(await world.serves(await only(world))).toBe(true);
  });
});

/** Links that a person has to make anew: seconds to their end, and how often they are renewed until then if nobody uses them. */
const ending = [
  { what: 'a page of Facebook', network: 'facebook', lasts: 90 * DAY, least: 2 },
  { what: 'an account on LinkedIn', network: 'linkedin', lasts: 365 * DAY, least: 1 },
  { what: 'an account on LinkedIn of an app that is given no refresh tokens', network: 'linkedin', lasts: 60 * DAY, least: 0, behaviour: { refreshTokens: false } },
] as const;

it('every network is among those whose links last, or whose links end', () => {
  expect([...lasting, ...ending].map(({ network }) => network).toSorted()).toEqual(expect.arrayContaining(Object.keys(linkings)));
});

describe.each(ending)('$what', ({ network, lasts, least, ...more }) => {
  const begun = async () => {
    const world = linkWorld();
    if ('behaviour' in more) world.sandbox.behave(network, more.behaviour);
    const personId = await linked(world, network);
    return { world, personId };
  };

  it('says from the first day when the link ends, is told of before, serves until then, and says so when it is over', async () => {
    const { world } = await begun();
    const linkedAt = world.clock.now().getTime();
    expect(await only(world)).toMatchObject({ accessEnds: world.later(lasts) });
    const found: string[] = [];
    for (let day = 1; day <= lasts / DAY + 80; day += 1) {
      world.clock.pass(DAY - 1);
      const account = await only(world);
      const ends = Date.parse(linkEndsAt(account) ?? '');
      // What is shown is what the network does, to the day.
      if (account.health === 'active') expect([day, await servesNow(world)]).toEqual([day, true]);
      expect([day, account.health]).toEqual([day, world.clock.now().getTime() < ends ? 'active' : 'reauth_required']);
      world.clock.pass(1);
      found.push(...Object.keys(await reconciled(world)));
    }
    expect(found.filter((finding) => finding === 'link_ends')).toHaveLength(1);
    expect(found.filter((finding) => finding === 'link_over')).toHaveLength(1);
    expect(found.indexOf('link_ends')).toBeLessThan(found.indexOf('link_over'));
    expect(found.filter((finding) => finding === 'renewed').length).toBeGreaterThanOrEqual(least);
    const account = await only(world);
    expect(account).toMatchObject({ health: 'reauth_required', renewAt: null, healthReason: expect.stringMatching(/Reconnect the account/u) });
    expect(Date.parse(account.healthSince) - linkedAt).toBeGreaterThanOrEqual(lasts * 1000);
  });

  it('goes on for as long again when it is linked again before', async () => {
    const { world, personId } = await begun();
    world.clock.pass(lasts - 2 * DAY);
    await reconciled(world);
    await linked(world, network, personId);
    expect(await only(world)).toMatchObject({ health: 'active', accessEnds: world.later(lasts) });
    world.clock.pass(3 * DAY);
    await reconciled(world);
    expect(await world.serves(await only(world))).toBe(true);
  });
});

describe('an account that is linked again, of an app that is given no refresh token this time', () => {
  const network = 'linkedin';
  it.each([
    ['goes on to the end of the older consent, whose refresh token is kept', 100, 265],
    ['ends with its access token, once the older consent is over', 420, 60],
  ])('%s', async (_what, after, left) => {
    const world = linkWorld();
    const personId = await linked(world, network);
    world.sandbox.behave(network, { refreshTokens: false });
    for (let day = 0; day < after; day += 1) {
      world.clock.pass(DAY);
      await reconciled(world);
    }
    await linked(world, network, personId);
    expect(await only(world)).toMatchObject({ health: 'active', accessEnds: world.later(left * DAY) });
    world.clock.pass((left - 1) * DAY);
    expect(await world.serves(await only(world))).toBe(true);
  });
});

/** Whether the network takes what is stored, without renewing anything. */
async function servesNow(world: LinkWorld): Promise<boolean> {
  const account = await only(world);
  const tokens = await world.tokensOf(account);
  const { expiresAt } = tokens;
  // One that is over is renewed with the next use.
  if (expiresAt !== null && expiresAt <= world.later(0)) return true;
  const linking = linkings[account.network];
  const asked = await linking?.check(account, { ...(await toolsFor(world.ports, account.network)), ...theseTokens(tokens) });
  return asked?.kind === 'accepted';
}

describe.each(resting)('an account on $network that nobody uses', ({ network }) => {
  it('is still linked after a year', async () => {
    const world = linkWorld();
    await linked(world, network);
    let renewals = 0;
    for (let day = 0; day < 400; day += 1) {
      world.clock.pass(DAY);
      const found = await reconciled(world);
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
    expect(await reconciled(world, world.vault({ transport: down }))).toEqual({ not_renewed: 1 });
    expect(await only(world)).toMatchObject({ health: 'active', renewAt: world.later(world.ports.times.outage) });
    world.sandbox.login(network).revoke(personId);
    world.clock.pass(world.ports.times.outage);
    expect(await reconciled(world)).toEqual({ link_over: 1 });
    expect(await only(world)).toMatchObject({ health: 'reauth_required', healthReason: expect.any(String), renewAt: null });
    world.clock.pass(100 * DAY);
    expect(await reconciled(world)).toEqual({});
  });
});

describe('the renewal of an account', () => {
  const network = 'x';

  it('that dies is made up for, and two of them at once are one', async () => {
    const world = linkWorld();
    await linked(world, network);
    world.clock.pass(60 * DAY + 1);
    expect(await reconciled(world, { ...world.vault(), renew: () => Promise.reject(new Error('the vault is gone')) })).toEqual({ troubled: 1 });
    world.clock.pass(world.ports.times.watchPause + 1);
    await Promise.all([reconciled(world), reconciled(world)]);
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
    expect(await reconciled(world)).toEqual({});
  });
});
