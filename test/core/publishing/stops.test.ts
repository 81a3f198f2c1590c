import { describe, expect, it } from 'vitest';
import { withAvailability } from '../../../core/publishing/availability.ts';
import { times } from '../../../core/times.ts';
import { simulation, type Simulation, type SimulationOptions } from '../simulation.ts';
import { brokenPromises } from '../support/promises.ts';
import { trouble } from '../support/test-connector.ts';
import { twoNetworks, type Name, type Published, type TwoNetworks, type TwoNetworksOptions } from '../support/two-networks.ts';

const HOUR = 3600;
const { standard } = times;

/** Deliveries of two tenants on three accounts: two at north, of one tenant each, and one at south. */
async function world(options: TwoNetworksOptions) {
  const here = twoNetworks(options);
  const [ann, bob] = ['ten_ann', 'ten_bob'];
  return { here, annNorth: await here.link(ann, 'north'), bobNorth: await here.link(bob, 'north'), annSouth: await here.link(ann, 'south') };
}

const allEnded = (here: TwoNetworks, ...published: readonly Published[]) => here.time.run(Promise.all(published.map(({ ended }) => ended)));
const moment = (here: TwoNetworks, seconds: number) => here.time.run(here.time.sleep(seconds - here.time.elapsed()));
const statuses = async (...published: readonly Published[]) => (await Promise.all(published.map(({ now }) => now()))).map(({ status }) => status);
const postsOf = (here: TwoNetworks, network: Name, { ref }: Published) => here.networks[network].posts.filter(({ marker }) => marker === `${ref.uploadId}/${ref.accountId}`);
const availability = (here: TwoNetworks, tenantId: string) =>
  withAvailability({ store: here.store, clock: here.time }, tenantId, [{ network: 'north' }, { network: 'south' }]);
const OK = { state: 'ok', until: null, reason: null };

describe('a network that does not answer', () => {
  const BACK = 3 * HOUR;
  const down: TwoNetworksOptions = { weather: (network, seconds) => (network === 'north' && seconds < BACK ? { kind: 'never_sent' } : undefined) };

  it('holds up nobody elsewhere; deliveries to it wait, say until when and why, and come through when it is back', async () => {
    const { here, annNorth, bobNorth, annSouth } = await world(down);
    const north = await Promise.all([0, 1, 2, 3, 4, 5].flatMap((n) => [here.publish(annNorth, n), here.publish(bobNorth, n)]));
    const late = await Promise.all([10, 20, 30, 40].map((minutes) => here.publish(bobNorth, minutes * 60)));
    const south = await Promise.all([0, 60, 600].map((seconds) => here.publish(annSouth, seconds)));
    await moment(here, HOUR);
    expect(await statuses(...south)).toEqual(['uploaded', 'uploaded', 'uploaded']);
    for (const { now } of [...north, ...late]) {
      const { status, nextAt, error } = await now();
      expect([status, error?.code]).toEqual(['retrying', 'platform_unavailable']);
      expect(Date.parse(nextAt ?? '')).toBeGreaterThan(here.time.now().getTime());
    }
    // Those that came when it was known have used nothing up, but for those that found out.
    const tried = (await Promise.all(late.map(({ now }) => now()))).flatMap(({ tries }) => Object.values(tries));
    expect(tried.length).toBeLessThan(late.length);
    const [shown, other] = await availability(here, 'ten_bob');
    expect(shown?.availability).toEqual({ state: 'down', until: expect.any(String), reason: 'platform_unavailable' });
    expect(other?.availability).toEqual(OK);

    const calls = here.networks.north.calls.length;
    await allEnded(here, ...north, ...late);
    // Each of 16 alone would have asked in each of its steps for three hours, six times in a step.
    expect(calls).toBeLessThan(120);
    expect(await statuses(...north, ...late)).toEqual([...north, ...late].map(() => 'uploaded'));
    for (const each of [...north, ...late]) expect(postsOf(here, 'north', each)).toHaveLength(1);
    expect(here.time.elapsed()).toBeLessThan(BACK + standard.outage + standard.stopSpread + 10 * 60);
    expect((await here.store.getNetworkStops(['north']))[0]?.breaker).toMatchObject({ state: 'closed', failures: 0 });
    expect((await availability(here, 'ten_bob')).map((each) => each.availability)).toEqual([OK, OK]);
    expect(here.logged.filter(({ message }) => message === 'network_answers_again')).toHaveLength(1);
  });

  it('is asked by one delivery at a time to find out', async () => {
    const { here, annNorth, bobNorth } = await world(down);
    const published = await Promise.all(Array.from({ length: 20 }, (_, n) => here.publish(n % 2 === 0 ? annNorth : bobNorth, n / 10)));
    await moment(here, BACK - 1);
    const stopped = here.logged.filter(({ message, fields }) => message === 'network_stopped' && fields['scope'] === 'network');
    // After 1, 5, 15, 30 and then 60 minutes, a little later each time.
    expect(stopped.map(({ fields }) => fields['opens'])).toEqual([1, 2, 3, 4, 5, 6, 7].slice(0, stopped.length));
    expect(stopped.length).toBeGreaterThanOrEqual(6);
    await allEnded(here, ...published);
    for (const each of published) expect(postsOf(here, 'north', each)).toHaveLength(1);
  });

  it('makes deliveries fail that have waited for a day, and none before', async () => {
    const { here, annNorth, bobNorth } = await world({ weather: (network) => (network === 'north' ? { kind: 'lost' } : undefined) });
    const published = await Promise.all(Array.from({ length: 8 }, (_, n) => here.publish(n % 2 === 0 ? annNorth : bobNorth, n)));
    const ended = await here.time.run(Promise.all(published.map((each) => each.ended)));
    for (const [n, at] of ended.entries()) expect(at - n).toBeGreaterThanOrEqual(standard.outageEnds);
    for (const { now } of published) expect(await now()).toMatchObject({ status: 'failed', error: { code: 'platform_unavailable' }, attempt: { n: 0 } });
  });

  it('for one tenant alone, whose files it stumbles over, stops nobody else there', async () => {
    let annsId = '';
    const { here, annNorth, bobNorth } = await world({
      connector: (_, connector) => ({
        transfer: async (work, tools) => {
          if (work.account.accountId !== annsId) return connector.transfer(work, tools);
          const result = await tools.send({ method: 'POST', url: 'https://north/poll', headers: { authorization: 'token-1' }, body: '{"artefact":"stumbles"}' });
          return { kind: 'trouble', trouble: trouble('retryable', result.kind) };
        },
      }),
      weather: (network, seconds) => (network === 'north' && Math.floor(seconds) % 600 < 300 ? { kind: 'refused', status: 500, reason: 'stumbled' } : undefined),
    });
    annsId = annNorth.accountId;
    const anns = await Promise.all(Array.from({ length: 6 }, (_, n) => here.publish(annNorth, n)));
    await moment(here, 290);
    expect((await availability(here, 'ten_ann'))[0]?.availability).toMatchObject({ state: 'down' });
    expect((await availability(here, 'ten_bob'))[0]?.availability).toEqual(OK);
    const bobs = await here.publish(bobNorth, 20);
    await allEnded(here, bobs);
    expect(here.time.elapsed()).toBeLessThan(320);
    expect(await statuses(bobs)).toEqual(['uploaded']);
    expect(await statuses(...anns)).not.toContain('uploaded');
  });
});

/** North has no more for these before `until`; the calls of each are counted. */
function usedUp(until: number, scope: 'account' | 'app' | undefined, concerns: (accountId: string) => boolean) {
  const asked: { readonly accountId: string; readonly at: number }[] = [];
  const connector: TwoNetworksOptions['connector'] = (network, own, time) => ({
    transfer: async (work, tools) => {
      const { accountId } = work.account;
      if (network === 'north') asked.push({ accountId, at: time.elapsed() });
      if (network === 'south' || !concerns(accountId) || time.elapsed() >= until) return own.transfer(work, tools);
      const end = new Date(time.now().getTime() + (until - time.elapsed()) * 1000);
      return { kind: 'trouble', trouble: { ...trouble('quota', 'All is used up for today.', end), ...(scope !== undefined && { scope }) } };
    },
  });
  return { asked, connector };
}

describe('a pause that a network asks for', () => {
  const UNTIL = 10 * HOUR;

  it('of the app stops every account of that network until then, and no other network', async () => {
    const { asked, connector } = usedUp(UNTIL, 'app', () => true);
    const { here, annNorth, bobNorth, annSouth } = await world({ connector });
    const [first, ...others] = await Promise.all([here.publish(annNorth), here.publish(bobNorth, 5), here.publish(annNorth, 600), here.publish(bobNorth, HOUR)]);
    const south = await here.publish(annSouth, 10);
    await moment(here, 2 * HOUR);
    expect(asked).toEqual([{ accountId: annNorth.accountId, at: 0 }]);
    expect(await statuses(south)).toEqual(['uploaded']);
    for (const { now } of others) {
      const { status, nextAt, error, tries } = await now();
      expect([status, error?.code, error?.message, tries]).toEqual(['retrying', 'quota_exhausted', 'All is used up for today.', {}]);
      const wait = Date.parse(nextAt ?? '') - here.time.now().getTime();
      expect(wait).toBeGreaterThanOrEqual((UNTIL - 2 * HOUR) * 1000);
      expect(wait).toBeLessThanOrEqual((UNTIL - 2 * HOUR + standard.stopSpread + 1) * 1000);
    }
    const until = new Date(here.time.now().getTime() + (UNTIL - 2 * HOUR) * 1000).toISOString().replace('.000Z', 'Z');
    for (const tenantId of ['ten_ann', 'ten_bob', 'ten_new']) {
      expect((await availability(here, tenantId)).map((each) => each.availability)).toEqual([{ state: 'limited', until, reason: 'quota_exhausted' }, OK]);
    }
    await allEnded(here, first, ...others);
    expect(await statuses(first, ...others)).toEqual(['uploaded', 'uploaded', 'uploaded', 'uploaded']);
    expect(here.time.elapsed()).toBeLessThan(UNTIL + standard.stopSpread + 60);
  });

  it.each(['account', undefined] as const)('of the account (%s) stops this account alone, and every upload to it', async (scope) => {
    let anns = '';
    const { asked, connector } = usedUp(UNTIL, scope, (accountId) => accountId === anns);
    const { here, annNorth, bobNorth } = await world({ connector });
    anns = annNorth.accountId;
    const other = await here.link('ten_ann', 'north');
    const stopped = await Promise.all([here.publish(annNorth), here.publish(annNorth, 60), here.publish(annNorth, 120)]);
    const free = await Promise.all([here.publish(bobNorth, 5), here.publish(other, 65)]);
    await moment(here, HOUR);
    expect(await statuses(...free)).toEqual(['uploaded', 'uploaded']);
    expect(await statuses(...stopped)).toEqual(['retrying', 'retrying', 'retrying']);
    expect(asked.filter(({ accountId }) => accountId === anns)).toHaveLength(1);
    expect((await availability(here, 'ten_ann'))[0]?.availability).toEqual(OK);
    await allEnded(here, ...stopped);
    expect(await statuses(...stopped)).toEqual(['uploaded', 'uploaded', 'uploaded']);
  });

  it('when it is asked for a post in doubt holds back others on the account, while that post is looked for', async () => {
    const { here, annNorth, bobNorth } = await world({
      weather: (network, seconds, operation) => {
        if (network === 'south' || seconds > 200) return undefined;
        if (operation === 'publish') return { kind: 'done_and_lost' };
        return operation === 'look' ? { kind: 'refused', status: 429, reason: 'too fast' } : undefined;
      },
    });
    const doubted = await here.publish(annNorth);
    await moment(here, 150);
    const [held, free] = await Promise.all([here.publish(annNorth), here.publish(bobNorth)]);
    await moment(here, 151);
    expect(await held.now()).toMatchObject({ status: 'retrying', error: { code: 'rate_limited' }, tries: {}, attempt: { n: 0 } });
    await allEnded(here, doubted, held, free);
    expect(await statuses(doubted, held, free)).toEqual(['uploaded', 'uploaded', 'uploaded']);
    for (const each of [doubted, held, free]) expect(postsOf(here, 'north', each)).toHaveLength(1);
  });

  it.each([1, 20])('that never ends, and is told for %i hours at a time, fails nobody before a day after its time', async (hours) => {
    const { here, annNorth, bobNorth } = await world({
      connector: (_network, _own, time) => ({
        transfer: async () => ({ kind: 'trouble', trouble: { ...trouble('quota', 'Used up.', new Date(time.now().getTime() + hours * HOUR * 1000)), scope: 'app' } }),
      }),
    });
    const published = await Promise.all([0, 10, 20, 30].map((n) => here.publish(n % 20 === 0 ? annNorth : bobNorth, n * 60)));
    const ended = await here.time.run(Promise.all(published.map((each) => each.ended)));
    for (const [n, at] of ended.entries()) {
      expect(at - n * 600).toBeGreaterThanOrEqual(standard.outageEnds);
      expect(at - n * 600).toBeLessThan(standard.outageEnds + (hours + 1) * HOUR);
    }
    for (const { now } of published) expect(await now()).toMatchObject({ status: 'failed', error: { code: 'quota_exhausted' } });
  });
});

/** Two accounts with two uploads each; the network is down for some minutes, and then limits the rate of one call. */
async function troubled(mishap?: SimulationOptions['mishap']): Promise<Simulation> {
  let here: Simulation | null = null;
  here = await simulation({
    accounts: 2,
    uploads: 2,
    network: {
      weather: (operation, nth) => {
        if ((here?.time.elapsed() ?? 0) < 200) return { kind: 'never_sent' };
        return operation === 'publish' && nth === 2 ? { kind: 'refused', status: 429, reason: 'too fast' } : undefined;
      },
    },
    ...(mishap !== undefined && { mishap }),
  });
  return here;
}

describe('a worker that dies, or loses an answer of the table, at each call about stops', () => {
  const own = new Set(['store.getAccountWithStops', 'store.stopAccount', 'store.stopApp', 'store.moveBreaker']);

  it.each(['die_before', 'die_after', 'answer_lost', 'busy'] as const)('%s: still one post each', async (mishap) => {
    const indexes: number[] = [];
    const calm = await troubled((call) => {
      if (own.has(call.name)) indexes.push(call.index);
      return undefined;
    });
    await calm.time.run(calm.runToRest());
    expect(calm.logged.filter((line) => line === 'warn network_stopped').length).toBeGreaterThanOrEqual(2);
    expect(calm.logged).toContain('info network_answers_again');
    expect(indexes.length).toBeGreaterThan(20);
    for (const unlucky of indexes) {
      const here = await troubled((call) => (call.index === unlucky ? mishap : undefined));
      await here.time.run(here.runToRest());
      expect(await brokenPromises(here), `at call ${unlucky}`).toEqual([]);
      expect((await here.deliveries()).map(({ status }) => status), `at call ${unlucky}`).toEqual(['uploaded', 'uploaded', 'uploaded', 'uploaded']);
    }
  });
});
