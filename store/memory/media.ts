import type { StoredMedia } from '../../core/model.ts';
import type { StoredMediaStore } from '../../core/ports/store.ts';
import { mayGo } from '../rules/media.ts';
import { applyCommit, checkCommit } from './idempotency.ts';
import { frozen, type Records } from './records.ts';
import { moveSession } from './sessions.ts';

export function storedMediaStore(records: Records): StoredMediaStore {
  const { media } = records;
  const keep = (file: StoredMedia) => media.set(file.mediaId, frozen(file));

  return {
    createMedia: async ({ media: file, sessionTokenHash, commit }) => {
      checkCommit(records, commit);
      if (!moveSession(records, sessionTokenHash, 'open', 'completed')) return 'session_moved';
      keep(file);
      applyCommit(records, commit);
      return 'created';
    },

    takeBackMedia: async ({ mediaId, sessionTokenHash }) => {
      const file = media.get(mediaId);
      if (file === undefined) return 'taken_back';
      if (file.assembly === null) return 'kept';
      if (!moveSession(records, sessionTokenHash, 'completed', 'open')) throw new Error(`The media ${mediaId} was not made of this session.`);
      media.delete(mediaId);
      return 'taken_back';
    },

    markMediaAssembled: async ({ mediaId, watchAt }) => {
      const file = media.get(mediaId);
      if (file !== undefined && file.assembly !== null) keep({ ...file, assembly: null, watchAt });
    },

    getMedia: async (mediaId) => media.get(mediaId) ?? null,

    getMediaFiles: async (mediaIds) => mediaIds.map((mediaId) => media.get(mediaId)).filter((file) => file !== undefined),

    releaseMedia: async ({ mediaId, at }) => {
      const file = media.get(mediaId);
      if (file === undefined || file.releasedAt !== null) return 'released';
      if (!mayGo(file, at)) return 'needed';
      keep({ ...file, releasedAt: at });
      return 'released';
    },
  };
}

/** Counts so many uploads more, or fewer, that need each of the files. */
export function useFiles({ media }: Records, mediaIds: readonly string[], by: 1 | -1): void {
  for (const mediaId of mediaIds) {
    const file = media.get(mediaId);
    if (file !== undefined) media.set(mediaId, frozen({ ...file, uses: file.uses + by }));
  }
}
