import * as z from 'zod';
import type { DueEntry, DueStore } from '../../core/ports/store.ts';
import { accountRange, dueKey, duePartitions, keys, revocationPrefix, timeRange, type Key } from '../keys.ts';
import { dueAt, listedAt } from './due-item.ts';
import { lookedUpAt } from './delivery-item.ts';
import { equals, type Change, type Condition } from './expression.ts';
import { mediaWatchedAt } from './media.ts';
import type { Item, Table } from './table.ts';
import { watchedAt } from './upload-item.ts';

const indexEntry = z.object({ pk: z.string(), sk: z.string(), gsi2sk: z.string() });

export function dueStore(table: Table): DueStore {
  return {
    listDue: async ({ now, limit }) => {
      // One part may hold all that is due longest, so each is asked for as many.
      const parts = await Promise.all(duePartitions.map((partition) => table.due({ partition, ...timeRange(null, now), limit })));
      return parts
        .flat()
        .map(entryOf)
        .toSorted((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)))
        .slice(0, limit);
    },

    moveDue: async (entry, at) => {
      const { key, seen, changes } = moveOf(entry, at);
      return (await table.update(key, seen, changes)).done;
    },
  };
}

function entryOf(item: Item): DueEntry {
  const { pk, sk, gsi2sk } = indexEntry.parse(item);
  const at = gsi2sk.slice(0, gsi2sk.indexOf('#'));
  const id = pk.slice(pk.indexOf('#') + 1);
  if (sk === keys.upload(id).sk) return { kind: 'upload', at, uploadId: id };
  if (sk === keys.session(id).sk) return { kind: 'session', at, tokenHash: id };
  if (sk.startsWith(revocationPrefix)) return { kind: 'revocation', at, tenantId: id, accountId: sk.slice(revocationPrefix.length) };
  if (sk.startsWith(accountRange.first)) return { kind: 'account', at, tenantId: id, accountId: sk.slice(accountRange.first.length) };
  if (sk === keys.media(id).sk) return { kind: 'media', at, mediaId: id };
  return { kind: 'delivery', at, uploadId: id, accountId: sk.slice(sk.indexOf('#') + 1) };
}

function moveOf(entry: DueEntry, at: string | null): { key: Key; seen: Condition; changes: readonly Change[] } {
  switch (entry.kind) {
    case 'upload':
      return { key: keys.upload(entry.uploadId), seen: equals('watchAt', entry.at), changes: watchedAt(entry.uploadId, at) };
    case 'delivery':
      return { key: keys.delivery(entry.uploadId, entry.accountId), seen: equals('lookUpAt', entry.at), changes: lookedUpAt(entry, at) };
    case 'media':
      return { key: keys.media(entry.mediaId), seen: equals('watchAt', entry.at), changes: mediaWatchedAt(entry.mediaId, at) };
    case 'revocation': {
      const key = keys.revocation(entry.tenantId, entry.accountId);
      return { key, seen: equals('revokeAt', entry.at), changes: dueAt('revokeAt', key, at) };
    }
    case 'account': {
      const key = keys.account(entry.tenantId, entry.accountId);
      return { key, seen: equals('renewAt', entry.at), changes: dueAt('renewAt', key, at) };
    }
    case 'session': {
      const key = keys.session(entry.tokenHash);
      return { key, seen: equals('gsi2sk', dueKey(entry.at, key).gsi2sk), changes: listedAt(key, at) };
    }
  }
}
