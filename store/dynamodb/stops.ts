import * as z from 'zod';
import { CLOSED } from '../../core/publishing/breaker.ts';
import { stopReasons, type Breaker, type NetworkStops, type Stop, type StopStore } from '../../core/ports/stop-store.ts';
import { keys, type Key } from '../keys.ts';
import { LARGEST_READ } from '../rules/limits.ts';
import { accountOf } from './account-item.ts';
import { all, any, below, equals, exists, missing, set, type Condition } from './expression.ts';
import { orNull, time } from './fields.ts';
import type { Item, Table } from './table.ts';

/**
 * A stop stands on the item of its account, or on the one item of its network: what a step reads anyway, in one batch. The item
 * of a network is read by each step, and written only when a call fails, when the network asks everybody for a pause, and when it
 * answers again. (A partition of DynamoDB takes 3,000 such reads and 1,000 writes a second.)
 */
const stopSchema = z.object({ until: time, code: z.enum(stopReasons), message: z.string() });

const breakerSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('closed'),
    failures: z.int(),
    since: orNull(time),
    deliveries: z.array(z.string()),
    tenants: z.array(z.string()),
  }),
  z.object({
    state: z.literal('open'),
    tenantId: orNull(z.string()),
    since: time,
    openedAt: time,
    opens: z.int(),
    until: time,
    probe: orNull(z.object({ delivery: z.string(), until: time })),
  }),
]);

const accountItem = z.object({ stop: orNull(stopSchema) });

const networkItem = z.object({
  stop: orNull(stopSchema),
  // What another release wrote and this one does not understand stops nobody.
  breaker: breakerSchema.catch(() => ({ ...CLOSED, deliveries: [], tenants: [] })),
  breakerVersion: z.int().default(0),
});

function networkStopsOf(network: string, item: Item | null): NetworkStops {
  if (item === null) return { network, app: null, breaker: CLOSED, version: 0 };
  const { stop, breaker, breakerVersion } = networkItem.parse(item);
  return { network, app: stop, breaker, version: breakerVersion };
}

/** `once`: the same table, on which nothing is tried again. */
export function stopStore(table: Table, once: Table): StopStore {
  const putStop = async (key: Key, stop: Stop, ...conditions: readonly Condition[]): Promise<boolean> => {
    const isLonger = any(missing('stop'), below(['stop', 'until'], stop.until));
    return (await table.update(key, all(isLonger, ...conditions), [set('stop', { ...stop })])).done;
  };

  return {
    getAccountWithStops: async ({ tenantId, accountId, network }) => {
      const items = await table.getBatch([keys.account(tenantId, accountId), keys.network(network)]);
      const account = itemAt(items, keys.account(tenantId, accountId));
      return {
        account: account === null ? null : accountOf(account),
        stop: account === null ? null : accountItem.parse(account).stop,
        networkStops: networkStopsOf(network, itemAt(items, keys.network(network))),
      };
    },

    getNetworkStops: async (networks) => {
      if (networks.length > LARGEST_READ) throw new RangeError(`At most ${LARGEST_READ} networks are read at once.`);
      const items = networks.length === 0 ? [] : await table.getBatch([...new Set(networks)].map(keys.network));
      return networks.map((network) => networkStopsOf(network, itemAt(items, keys.network(network))));
    },

    stopAccount: ({ tenantId, accountId, stop }) => putStop(keys.account(tenantId, accountId), stop, exists('pk')),
    stopApp: ({ network, stop }) => putStop(keys.network(network), stop),

    moveBreaker: async ({ network, from, breaker }) => {
      const unchanged = from === 0 ? missing('breakerVersion') : equals('breakerVersion', from);
      const changes = [set('breaker', mapOf(breaker)), set('breakerVersion', from + 1)];
      const written = await once.update(keys.network(network), unchanged, changes);
      return { moved: written.done, now: networkStopsOf(network, written.done ? written.item : written.found) };
    },
  };
}

function itemAt(items: readonly Item[], { pk, sk }: Key): Item | null {
  return items.find((item) => item['pk'] === pk && item['sk'] === sk) ?? null;
}

function mapOf(breaker: Breaker): Readonly<Record<string, unknown>> {
  return { ...breaker };
}
