import * as z from 'zod';
import type { StoredMedia } from '../../core/model.ts';
import type { StoredMediaStore } from '../../core/ports/store.ts';
import { dueKey, keys } from '../keys.ts';
import { LARGEST_READ } from '../rules/limits.ts';
import { tableSchema } from '../schema.ts';
import { dueAt } from './due-item.ts';
import { all, atMost, exists, increase, missing, remove, set, type Change } from './expression.ts';
import { daysAfter, orNull, time, withoutNulls } from './fields.ts';
import { transactWith } from './idempotency.ts';
import { moveSession, sessionOf } from './sessions.ts';
import type { Item, Table } from './table.ts';
import { assembly } from './upload-item.ts';
import type { Write } from './writes.ts';

/** Records are swept so many days after their file was let go. */
const KEPT_DAYS = 30;

const mediaItem = z.object({
  mediaId: z.string(),
  tenantId: z.string(),
  objectKey: z.string(),
  fileName: z.string(),
  size: z.int(),
  contentType: z.string(),
  sha256: orNull(z.string()),
  createdAt: time,
  usableUntil: time,
  keptUntil: time,
  uses: z.int(),
  assembly: orNull(assembly),
  partsDigest: orNull(z.string()),
  watchAt: orNull(time),
  releasedAt: orNull(time),
});

export function storedMediaStore(table: Table): StoredMediaStore {
  return {
    createMedia: async ({ media, sessionTokenHash: tokenHash, commit }) => {
      const session = await table.get(keys.session(tokenHash));
      if (session === null) return 'session_moved';
      const { uploadId } = sessionOf(session);
      const writes = [moveSession({ tokenHash, uploadId, from: 'open', to: 'completed', endsAt: null }), createFile(media)];
      const result = await transactWith(table, writes, commit);
      if (result.done) return 'created';
      if (result.refusals[0]) return 'session_moved';
      throw new Error(`The media ${media.mediaId} is there already.`);
    },

    takeBackMedia: async ({ mediaId, sessionTokenHash: tokenHash }) => {
      const item = await table.get(keys.session(tokenHash));
      if (item === null) throw new Error(`The session of the media ${mediaId} is not there.`);
      const { uploadId, expiresAt: endsAt } = sessionOf(item);
      const result = await table.transact([
        { type: 'delete', key: keys.media(mediaId), condition: exists('assembly') },
        moveSession({ tokenHash, uploadId, from: 'completed', to: 'open', endsAt }),
      ]);
      if (result.done) return 'taken_back';
      const [refused] = result.refusals;
      if (refused) return refused.found === null ? 'taken_back' : 'kept';
      throw new Error(`The media ${mediaId} was not made of this session.`);
    },

    markMediaAssembled: async ({ mediaId, watchAt }) => {
      await table.update(keys.media(mediaId), exists('assembly'), [remove('assembly'), ...mediaWatchedAt(mediaId, watchAt)]);
    },

    getMedia: async (mediaId) => {
      const item = await table.get(keys.media(mediaId));
      return item === null ? null : mediaOf(item);
    },

    getMediaFiles: async (mediaIds) => {
      if (mediaIds.length > LARGEST_READ) throw new RangeError(`At most ${LARGEST_READ} files are read at once.`);
      const items = await table.getBatch([...new Set(mediaIds)].map((mediaId) => keys.media(mediaId)));
      const files = new Map(items.map(mediaOf).map((file) => [file.mediaId, file]));
      return mediaIds.flatMap((mediaId) => files.get(mediaId) ?? []);
    },

    releaseMedia: async ({ mediaId, at }) => {
      const needless = all(exists('pk'), atMost('uses', 0), atMost('keptUntil', at), missing('releasedAt'));
      const changes = [set('releasedAt', at), set(tableSchema.timeToLive, daysAfter(at, KEPT_DAYS))];
      const written = await table.update(keys.media(mediaId), needless, changes);
      return written.done || written.found === null || mediaOf(written.found).releasedAt !== null ? 'released' : 'needed';
    },
  };
}

function mediaOf(item: Item): StoredMedia {
  return mediaItem.parse(item);
}

export function createFile(media: StoredMedia): Write {
  const key = keys.media(media.mediaId);
  const due = media.watchAt === null ? {} : dueKey(media.watchAt, key);
  return { type: 'create', key, item: { ...withoutNulls({ ...media }), ...due } };
}

/** An upload more that needs the file; refused if it was let go. */
export function useFile(mediaId: string): Write {
  const condition = all(exists('pk'), missing('releasedAt'));
  return { type: 'update', key: keys.media(mediaId), condition, changes: [increase('uses', 1)] };
}

/** An upload fewer that needs the file. */
export function letFileGo(mediaId: string): Write {
  return { type: 'update', key: keys.media(mediaId), condition: exists('pk'), changes: [increase('uses', -1)] };
}

/** The reconcile job looks at the file then; null: not any more. */
export function mediaWatchedAt(mediaId: string, watchAt: string | null): readonly Change[] {
  return dueAt('watchAt', keys.media(mediaId), watchAt);
}
