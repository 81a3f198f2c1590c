import type { Upload, UploadWithDeliveries } from '../../core/model.ts';
import type { UploadStore } from '../../core/ports/store.ts';
import { idInIndex, indexKeys, timeRange } from '../keys.ts';
import { checkDeliveries } from '../rules/limits.ts';
import { plainJson } from '../rules/moves.ts';
import { plainOptions } from '../rules/people.ts';
import { applyCommit, checkCommit } from './idempotency.ts';
import { frozen, quotaKey, type Records } from './records.ts';

export function uploadStore(records: Records): UploadStore {
  const { uploads, deliveries, sessions, bodies, quotas } = records;
  const keep = (upload: Upload) => uploads.set(upload.uploadId, frozen(upload));

  /** Sort keys of the tenant's uploads within the bounds, newest first. */
  const listed = (tenantId: string, from: string | null, to: string | null): readonly string[] => {
    const { first, last } = timeRange(from, to);
    return [...uploads.values()]
      .filter((upload) => upload.tenantId === tenantId)
      .map((upload) => indexKeys.uploadOfTenant(tenantId, upload.createdAt, upload.uploadId).gsi1sk)
      .filter((sortKey) => sortKey >= first && sortKey <= last)
      .toSorted()
      .toReversed();
  };

  return {
    createUpload: async ({ upload, deliveries: made, sessionTokenHash, month, limit, commit }) => {
      checkCommit(records, commit);
      checkDeliveries(made.length);
      const session = sessions.get(sessionTokenHash);
      if (session?.state !== 'open' || session.uploadId !== upload.uploadId) return 'session_moved';
      const quota = quotaKey(upload.tenantId, month);
      const quotaUsed = quotas.get(quota) ?? 0;
      if (limit !== null && quotaUsed + made.length > limit) return { quotaUsed };
      if (uploads.has(upload.uploadId)) throw new Error(`The upload ${upload.uploadId} is there already.`);
      sessions.set(sessionTokenHash, frozen({ ...session, state: 'completed' as const }));
      keep({ ...upload, options: plainOptions(upload.options) });
      deliveries.set(upload.uploadId, new Map(made.map((delivery) => [delivery.accountId, frozen(delivery)])));
      quotas.set(quota, quotaUsed + made.length);
      applyCommit(records, commit);
      return 'created';
    },

    takeBackUpload: async ({ uploadId, sessionTokenHash, month }) => {
      const upload = uploads.get(uploadId);
      if (upload === undefined) return 'taken_back';
      if (upload.claim !== null || upload.assembly === null) return 'claimed';
      const session = sessions.get(sessionTokenHash);
      if (session?.uploadId !== uploadId) throw new Error(`The upload ${uploadId} was not made of this session.`);
      const quota = quotaKey(upload.tenantId, month);
      quotas.set(quota, (quotas.get(quota) ?? 0) - (deliveries.get(uploadId)?.size ?? 0));
      uploads.delete(uploadId);
      deliveries.delete(uploadId);
      sessions.set(sessionTokenHash, frozen({ ...session, state: 'open' as const }));
      return 'taken_back';
    },

    markAssembled: async (uploadId, at) => {
      const upload = uploads.get(uploadId);
      if (upload !== undefined && upload.assembly !== null) keep({ ...upload, assembly: null, updatedAt: at });
    },

    getUpload: async (uploadId) => recordOf(records, uploadId),

    listUploads: async ({ tenantId, from, to, after, skip, limit }) => {
      const found = listed(tenantId, from, to).filter((sortKey) => after === null || sortKey < after);
      const page = found.slice(skip, skip + limit);
      return {
        uploads: page.flatMap((sortKey) => recordOf(records, idInIndex(sortKey)) ?? []),
        next: found.length > skip + limit ? (page.at(-1) ?? null) : null,
      };
    },

    countUploads: async ({ tenantId, from, to }) => listed(tenantId, from, to).length,

    claimUpload: async ({ uploadId, claim, predecessor }) => {
      const upload = uploads.get(uploadId);
      if (upload === undefined) return false;
      const holder = upload.claim?.execution ?? null;
      if (holder === claim.execution) return true;
      if (holder !== null && holder !== predecessor) return false;
      keep({ ...upload, claim });
      return true;
    },

    recordInspection: async ({ uploadId, execution, media, at }) => {
      const upload = uploads.get(uploadId);
      if (upload === undefined || upload.claim?.execution !== execution) return false;
      keep({ ...upload, media, updatedAt: at });
      return true;
    },

    closeUpload: async ({ uploadId, revision, at }) => {
      const upload = uploads.get(uploadId);
      if (upload === undefined || upload.revision !== revision || upload.closedRevision >= revision) return false;
      keep({ ...upload, closedRevision: revision, updatedAt: at });
      return true;
    },

    putBody: async ({ uploadId, fingerprint, body }) => {
      bodies.set(`${uploadId}#${fingerprint}`, frozen(plainJson(body)));
    },

    getBody: async ({ uploadId, fingerprint }) => bodies.get(`${uploadId}#${fingerprint}`) ?? null,
  };
}

/** An upload with its deliveries as they are now. */
export function recordOf({ uploads, deliveries }: Records, uploadId: string): UploadWithDeliveries | null {
  const upload = uploads.get(uploadId);
  if (upload === undefined) return null;
  return Object.freeze({ upload, deliveries: Object.freeze([...(deliveries.get(uploadId)?.values() ?? [])]) });
}
