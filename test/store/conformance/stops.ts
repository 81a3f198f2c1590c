import { describe, expect, it } from 'vitest';
import type { Breaker, Stop, Store } from '../../../core/ports/index.ts';
import { CLOSED } from '../../../core/publishing/breaker.ts';
import { at, newAccount, newId } from './records.ts';

const until = (seconds: number, change: Partial<Stop> = {}): Stop => ({ until: at(seconds), code: 'rate_limited', message: 'Wait.', ...change });
const counting = (failures: number): Breaker => ({ state: 'closed', failures, since: at(0), deliveries: ['a/1', 'b/2'], tenants: ['ten_1'] });
const OPEN: Breaker = {
  state: 'open', tenantId: null, since: at(0), openedAt: at(5), opens: 2, until: at(65), probe: { delivery: 'a/1', until: at(155) },
};

export function stopConformance(store: () => Store): void {
  const linked = async () => {
    const account = newAccount({ network: `net${newId()}` });
    await store().putAccount(account);
    const { tenantId, accountId, network } = account;
    return { account, ref: { tenantId, accountId, network } };
  };

  describe('what stops an account', () => {
    it('is read with it, and with what stops its network: at first nothing', async () => {
      const { account, ref } = await linked();
      const networkStops = { network: ref.network, app: null, breaker: CLOSED, version: 0 };
      expect(await store().getAccountWithStops(ref)).toEqual({ account, stop: null, networkStops });
      expect(await store().getAccountWithStops({ ...ref, accountId: `acc_${newId()}` })).toEqual({ account: null, stop: null, networkStops });
    });

    it('is its own, and no other account has it', async () => {
      const [{ account, ref }, other] = [await linked(), await linked()];
      expect(await store().stopAccount({ ...ref, stop: until(60) })).toBe(true);
      expect(await store().getAccountWithStops(ref)).toMatchObject({ account, stop: until(60), networkStops: { app: null } });
      expect(await store().getAccountWithStops(other.ref)).toMatchObject({ stop: null });
      expect(await store().getAccount(ref.tenantId, ref.accountId)).toEqual(account);
    });

    it('becomes longer, and never shorter', async () => {
      const { ref } = await linked();
      const longer = until(3600, { code: 'quota_exhausted', message: 'Tomorrow.' });
      expect(await store().stopAccount({ ...ref, stop: until(60) })).toBe(true);
      for (const seconds of [60, 59]) expect(await store().stopAccount({ ...ref, stop: until(seconds, { message: 'Later.' }) })).toBe(false);
      expect((await store().getAccountWithStops(ref)).stop).toEqual(until(60));
      expect(await store().stopAccount({ ...ref, stop: longer })).toBe(true);
      expect((await store().getAccountWithStops(ref)).stop).toEqual(longer);
    });

    it('makes no account', async () => {
      const { ref } = await linked();
      const unknown = { ...ref, accountId: `acc_${newId()}` };
      expect(await store().stopAccount({ ...unknown, stop: until(60) })).toBe(false);
      expect((await store().getAccountWithStops(unknown)).account).toBeNull();
    });
  });

  describe('what stops everybody at a network', () => {
    it('is read with each account there, and with no account elsewhere', async () => {
      const [here, elsewhere] = [await linked(), await linked()];
      const { network } = here.ref;
      const neighbour = newAccount({ network });
      await store().putAccount(neighbour);
      expect(await store().stopApp({ network, stop: until(60) })).toBe(true);
      expect(await store().stopApp({ network, stop: until(59) })).toBe(false);
      for (const { tenantId, accountId } of [here.ref, neighbour]) {
        expect(await store().getAccountWithStops({ tenantId, accountId, network })).toMatchObject({ stop: null, networkStops: { app: until(60) } });
      }
      expect((await store().getAccountWithStops(elsewhere.ref)).networkStops.app).toBeNull();
    });

    it('is told of several networks in the order asked for', async () => {
      const [one, two, three] = [`net${newId()}`, `net${newId()}`, `net${newId()}`];
      await store().stopApp({ network: two, stop: until(60) });
      const told = await store().getNetworkStops([three, two, one, two]);
      expect(told.map(({ network, app }) => [network, app?.until ?? null])).toEqual([[three, null], [two, at(60)], [one, null], [two, at(60)]]);
      expect(await store().getNetworkStops([])).toEqual([]);
    });
  });

  describe('a breaker', () => {
    it('is put in place of the one that was seen, and is read as it was written', async () => {
      const { ref } = await linked();
      const { network } = ref;
      for (const [from, breaker] of [counting(1), OPEN, CLOSED].entries()) {
        const now = { network, app: null, breaker, version: from + 1 };
        expect(await store().moveBreaker({ network, from, breaker })).toEqual({ moved: true, now });
        expect((await store().getAccountWithStops(ref)).networkStops).toEqual(now);
        expect(await store().getNetworkStops([network])).toEqual([now]);
      }
    });

    it('that another worker has moved stays, and is told', async () => {
      const network = `net${newId()}`;
      await store().moveBreaker({ network, from: 0, breaker: counting(1) });
      const now = { network, app: null, breaker: counting(1), version: 1 };
      for (const from of [0, 2]) expect(await store().moveBreaker({ network, from, breaker: OPEN })).toEqual({ moved: false, now });
    });

    it('is moved by one of many workers at once', async () => {
      const network = `net${newId()}`;
      const all = await Promise.all(Array.from({ length: 20 }, (_, n) => store().moveBreaker({ network, from: 0, breaker: counting(n + 1) })));
      const [winner, ...others] = all.filter(({ moved }) => moved);
      expect([winner?.now.version, others]).toEqual([1, []]);
      for (const { now } of all) expect(now).toEqual(winner?.now);
    });

    it('and the pause that the app was asked for do not overwrite each other', async () => {
      const network = `net${newId()}`;
      await store().moveBreaker({ network, from: 0, breaker: OPEN });
      await store().stopApp({ network, stop: until(60) });
      await store().moveBreaker({ network, from: 1, breaker: CLOSED });
      expect(await store().getNetworkStops([network])).toEqual([{ network, app: until(60), breaker: CLOSED, version: 2 }]);
    });
  });
}
