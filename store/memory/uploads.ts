import type { Upload, UploadWithDeliveries } from '../../core/model.ts';
import type { UploadStore } from '../../core/ports/store.ts';
import { placeKey, placeOf, timeRange } from '../keys.ts';
import { checkDeliveries } from '../rules/limits.ts';
import { filesOf, neededFiles, storedBefore } from '../rules/media.ts';
import { plainJson } from '../rules/moves.ts';
import { plainOptions } from '../rules/people.ts';
import { applyCommit, checkCommit } from './idempotency.ts';
import { useFiles } from './media.ts';
import { frozen, quotaKey, type Records } from './records.ts';
import { moveSession } from './sessions.ts';

export function uploadStore(records: Records): UploadStore {
  const { uploads, deliveries, sessions, media, bodies, quotas } = records;
  const keep = (upload: Upload) => uploads.set(upload.uploadId, frozen(upload));

  /** Sort keys of the tenant's uploads within the bounds, newest first. */
  const listed = (tenantId: string, from: string | null, to: string | null): readonly string[] => {
    const { first, last } = timeRange(from, to);
    return [...uploads.values()]
      .filter((upload) => upload.tenantId === tenantId)
      .map(placeKey)
      .filter((sortKey) => sortKey >= first && sortKey <= last)
      .toSorted()
      .toReversed();
  };

  return {
    createUpload: async ({ upload, deliveries: made, sessionTokenHash, month, limit, commit }) => {
      checkCommit(records, commit);
      checkDeliveries(made.length);
      const mediaIds = storedBefore(upload, sessionTokenHash !== null);
      if (sessionTokenHash !== null) {
        const session = sessions.get(sessionTokenHash);
        if (session?.state !== 'open' || session.uploadId !== upload.uploadId) return 'session_moved';
      }
      const mediaGone = mediaIds.find((mediaId) => media.get(mediaId)?.releasedAt !== null);
      if (mediaGone !== undefined) return { mediaGone };
      const quota = quotaKey(upload.tenantId, month);
      const quotaUsed = quotas.get(quota) ?? 0;
      if (limit !== null && quotaUsed + made.length > limit) return { quotaUsed };
      if (uploads.has(upload.uploadId)) throw new Error(`The upload ${upload.uploadId} is there already.`);
      useFiles(records, mediaIds, 1);
      if (sessionTokenHash !== null) {
        moveSession(records, sessionTokenHash, 'open', 'completed');
        for (const file of filesOf(upload)) media.set(file.mediaId, frozen(file));
      }
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
      if (sessions.get(sessionTokenHash)?.uploadId !== uploadId) throw new Error(`The upload ${uploadId} was not made of this session.`);
      const quota = quotaKey(upload.tenantId, month);
      quotas.set(quota, (quotas.get(quota) ?? 0) - (deliveries.get(uploadId)?.size ?? 0));
      uploads.delete(uploadId);
      deliveries.delete(uploadId);
      for (const { mediaId } of upload.media) media.delete(mediaId);
      useFiles(records, storedBefore(upload, true), -1);
      moveSession(records, sessionTokenHash, 'completed', 'open');
      return 'taken_back';
    },

    markAssembled: async (uploadId, at) => {
      const upload = uploads.get(uploadId);
      if (upload !== undefined && upload.assembly !== null) keep({ ...upload, assembly: null, updatedAt: at });
    },

    getUpload: async (uploadId) => recordOf(records, uploadId),

    listUploads: async ({ tenantId, from, to, after, limit }) => {
      const end = after === null ? null : placeKey(after);
      const found = listed(tenantId, from, to).filter((sortKey) => end === null || sortKey < end);
      return found.slice(0, limit).map(placeOf);
    },

    countUploads: async ({ tenantId, from, to, atMost }) => {
      const count = listed(tenantId, from, to).length;
      return (from === null && to === null) || count <= atMost ? count : null;
    },

    claimUpload: async ({ uploadId, claim, predecessor, watchAt = null }) => {
      const upload = uploads.get(uploadId);
      if (upload === undefined) return false;
      const holder = upload.claim?.execution ?? null;
      if (holder === claim.execution) return true;
      if (holder !== null && holder !== predecessor) return false;
      keep({ ...upload, claim, wake: null, watchAt });
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
      if (upload === undefined || upload.revision !== revision || upload.closedRevision >= revision || upload.wake !== null) return false;
      keep({ ...upload, closedRevision: revision, watchAt: null, updatedAt: at });
      return true;
    },

    releaseUpload: async ({ uploadId, execution, revision, at }) => {
      const upload = uploads.get(uploadId);
      if (upload === undefined || !mayRelease(upload, { execution, revision })) return false;
      if (upload.releasedAt !== null) return true;
      keep({ ...upload, releasedAt: at });
      useFiles(records, neededFiles(upload), -1);
      return true;
    },

    putBody: async ({ uploadId, fingerprint, body }) => {
      bodies.set(`${uploadId}#${fingerprint}`, frozen(plainJson(body)));
    },

    getBody: async ({ uploadId, fingerprint }) => bodies.get(`${uploadId}#${fingerprint}`) ?? null,
  };
}

function mayRelease(upload: Upload, { execution, revision }: { readonly execution: string; readonly revision: number }): boolean {
  return upload.claim?.execution === execution && upload.revision === revision && upload.closedRevision === revision;
}

/** An upload with its deliveries as they are now. */
export function recordOf({ uploads, deliveries }: Records, uploadId: string): UploadWithDeliveries | null {
  const upload = uploads.get(uploadId);
  if (upload === undefined) return null;
  return Object.freeze({ upload, deliveries: Object.freeze([...(deliveries.get(uploadId)?.values() ?? [])]) });
}
