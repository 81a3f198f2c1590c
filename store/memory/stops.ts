import { CLOSED } from '../../core/publishing/breaker.ts';
import type { NetworkStops, Stop, StopStore } from '../../core/ports/store.ts';
import { accountStore } from './accounts.ts';
import { accountKey, frozen, type Records } from './records.ts';

export function stopStore(records: Records): StopStore {
  const { accounts, accountStops, networkStops } = records;
  const inner = accountStore(records);
  const stopsOf = (network: string): NetworkStops => networkStops.get(network) ?? { network, app: null, breaker: CLOSED, version: 0 };

  return {
    getAccountWithStops: async ({ tenantId, accountId, network }) => ({
      account: await inner.getAccount(tenantId, accountId),
      stop: accountStops.get(accountKey(tenantId, accountId)) ?? null,
      networkStops: stopsOf(network),
    }),

    getNetworkStops: async (networks) => networks.map(stopsOf),

    stopAccount: async ({ tenantId, accountId, stop }) => {
      const key = accountKey(tenantId, accountId);
      if (!accounts.has(key) || lastsAsLong(accountStops.get(key), stop)) return false;
      accountStops.set(key, frozen(stop));
      return true;
    },

    stopApp: async ({ network, stop }) => {
      const known = stopsOf(network);
      if (lastsAsLong(known.app, stop)) return false;
      networkStops.set(network, frozen({ ...known, app: stop }));
      return true;
    },

    moveBreaker: async ({ network, from, breaker }) => {
      const known = stopsOf(network);
      if (known.version !== from) return { moved: false, now: known };
      const now = frozen({ ...known, breaker, version: from + 1 });
      networkStops.set(network, now);
      return { moved: true, now };
    },
  };
}

function lastsAsLong(known: Stop | null | undefined, stop: Stop): boolean {
  return known !== null && known !== undefined && known.until >= stop.until;
}
