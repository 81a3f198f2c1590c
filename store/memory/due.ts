import type { DueEntry, DueStore } from '../../core/ports/store.ts';
import { accountKey, findDelivery, frozen, keepDelivery, type Records } from './records.ts';

export function dueStore(records: Records): DueStore {
  const { accounts, revocations, uploads, deliveries, sessionsDue, media } = records;
  const entries = (): readonly DueEntry[] => [
    ...[...uploads.values()].flatMap(({ uploadId, watchAt: at }) => (at === null ? [] : [{ kind: 'upload', at, uploadId } as const])),
    ...[...deliveries.values()]
      .flatMap((siblings) => [...siblings.values()])
      .flatMap(({ uploadId, accountId, lookUpAt: at }) => (at === null ? [] : [{ kind: 'delivery', at, uploadId, accountId } as const])),
    ...[...sessionsDue].map(([tokenHash, at]) => ({ kind: 'session', at, tokenHash }) as const),
    ...[...media.values()].flatMap(({ mediaId, watchAt: at }) => (at === null ? [] : [{ kind: 'media', at, mediaId } as const])),
    ...[...revocations.values()].flatMap(({ tenantId, accountId, revokeAt: at }) => (at === null ? [] : [{ kind: 'revocation', at, tenantId, accountId } as const])),
    ...[...accounts.values()].flatMap(({ tenantId, accountId, renewAt: at }) => (at === null ? [] : [{ kind: 'account', at, tenantId, accountId } as const])),
  ];

  return {
    listDue: async ({ now, limit }) =>
      entries()
        .filter(({ at }) => at <= now)
        .toSorted((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)))
        .slice(0, limit),

    moveDue: async (entry, at) => {
      switch (entry.kind) {
        case 'upload': {
          const upload = uploads.get(entry.uploadId);
          if (upload?.watchAt !== entry.at) return false;
          uploads.set(entry.uploadId, frozen({ ...upload, watchAt: at }));
          return true;
        }
        case 'delivery': {
          const delivery = findDelivery(records, entry);
          if (delivery?.lookUpAt !== entry.at) return false;
          keepDelivery(records, { ...delivery, lookUpAt: at });
          return true;
        }
        case 'session':
          if (sessionsDue.get(entry.tokenHash) !== entry.at) return false;
          if (at === null) sessionsDue.delete(entry.tokenHash);
          else sessionsDue.set(entry.tokenHash, at);
          return true;
        case 'revocation': {
          const key = accountKey(entry.tenantId, entry.accountId);
          const revocation = revocations.get(key);
          if (revocation?.revokeAt !== entry.at) return false;
          revocations.set(key, frozen({ ...revocation, revokeAt: at }));
          return true;
        }
        case 'account': {
          const key = accountKey(entry.tenantId, entry.accountId);
          const account = accounts.get(key);
          if (account?.renewAt !== entry.at) return false;
          accounts.set(key, frozen({ ...account, renewAt: at }));
          return true;
        }
        case 'media': {
          const file = media.get(entry.mediaId);
          if (file?.watchAt !== entry.at) return false;
          media.set(entry.mediaId, frozen({ ...file, watchAt: at }));
          return true;
        }
      }
    },
  };
}
