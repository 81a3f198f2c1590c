import * as z from 'zod';
import type { Upload } from '../../core/model.ts';
import type { UploadStore } from '../../core/ports/store.ts';
import { indexKeys, keys, placeKey, placeOf, timeRange } from '../keys.ts';
import { neededFiles } from '../rules/media.ts';
import { createUpload, takeBackUpload } from './creation.ts';
import { all, any, below, equals, exists, missing, remove, set, type Condition } from './expression.ts';
import { jsonText, toJsonText } from './fields.ts';
import { letFileGo } from './media.ts';
import type { Item, Table } from './table.ts';
import { readUpload, uploadOf, watchedAt } from './upload-item.ts';
import type { Write } from './writes.ts';

const bodyItem = z.object({ body: jsonText });
const indexEntry = z.object({ gsi1sk: z.string() });
const totalsItem = z.object({ uploads: z.int() });

export function uploadStore(table: Table): UploadStore {
  return {
    createUpload: (request) => createUpload(table, request),
    takeBackUpload: (request) => takeBackUpload(table, request),
    getUpload: (uploadId) => readUpload(table, uploadId),

    markAssembled: async (uploadId, at) => {
      await table.update(keys.upload(uploadId), exists('assembly'), [remove('assembly'), set('updatedAt', at)]);
    },

    listUploads: async ({ tenantId, from, to, after, limit }) => {
      const range = uploadsWithin(tenantId, from, to);
      const end = after === null ? null : placeKey(after);
      const last = end === null || end > range.last ? range.last : end;
      // The range includes `after` itself, where it stands in the index.
      const entries = await table.indexed({ ...range, last, limit: limit + 1 });
      const sortKeys = entries.map((entry) => indexEntry.parse(entry).gsi1sk);
      return sortKeys.filter((sortKey) => sortKey !== end).slice(0, limit).map(placeOf);
    },

    countUploads: async ({ tenantId, from, to, atMost }) => {
      if (from === null && to === null) return countOf(await table.get(keys.totals(tenantId)));
      const count = await table.countIndexed({ ...uploadsWithin(tenantId, from, to), limit: atMost + 1 });
      return count > atMost ? null : count;
    },

    claimUpload: async ({ uploadId, claim, predecessor, watchAt = null }) => {
      const free: Condition[] = [missing('claim')];
      if (predecessor !== null) free.push(equals(['claim', 'execution'], predecessor));
      const changes = [set('claim', { ...claim }), remove('wake'), ...watchedAt(uploadId, watchAt)];
      const written = await table.update(keys.upload(uploadId), all(exists('pk'), any(...free)), changes);
      return written.done || isClaimedBy(written.found, claim.execution);
    },

    recordInspection: async ({ uploadId, execution, media, at }) => {
      const changes = [set('media', media), set('updatedAt', at)];
      return (await table.update(keys.upload(uploadId), equals(['claim', 'execution'], execution), changes)).done;
    },

    closeUpload: async ({ uploadId, revision, at }) => {
      const condition = all(equals('revision', revision), below('closedRevision', revision), missing('wake'));
      const changes = [set('closedRevision', revision), set('updatedAt', at), ...watchedAt(uploadId, null)];
      return (await table.update(keys.upload(uploadId), condition, changes)).done;
    },

    releaseUpload: async ({ uploadId, execution, revision, at }) => {
      const mine = all(equals(['claim', 'execution'], execution), equals('revision', revision), equals('closedRevision', revision));
      const record = await table.get(keys.upload(uploadId));
      if (record === null) return false;
      const release: Write = { type: 'update', key: keys.upload(uploadId), condition: all(mine, missing('releasedAt')), changes: [set('releasedAt', at)] };
      const result = await table.transact([release, ...neededFiles(uploadOf(record)).map(letFileGo)]);
      if (result.done) return true;
      const [refused] = result.refusals;
      if (!refused) throw new Error(`A file of the upload ${uploadId} has no record.`);
      return refused.found !== null && isReleased(uploadOf(refused.found), { execution, revision });
    },

    putBody: ({ uploadId, fingerprint, body }) => table.replace(keys.body(uploadId, fingerprint), { body: toJsonText(body) }),

    getBody: async ({ uploadId, fingerprint }) => {
      const item = await table.get(keys.body(uploadId, fingerprint));
      return item === null ? null : bodyItem.parse(item).body;
    },
  };
}

function isClaimedBy(found: Item | null, execution: string): boolean {
  return found !== null && uploadOf(found).claim?.execution === execution;
}

/** Whether the very same call let its files go before. */
function isReleased({ claim, revision, closedRevision, releasedAt }: Upload, by: { readonly execution: string; readonly revision: number }): boolean {
  return releasedAt !== null && claim?.execution === by.execution && revision === by.revision && closedRevision === by.revision;
}

function countOf(totals: Item | null): number {
  return totals === null ? 0 : totalsItem.parse(totals).uploads;
}

function uploadsWithin(tenantId: string, from: string | null, to: string | null) {
  return { partition: indexKeys.uploadOfTenant(tenantId, '', '').gsi1pk, ...timeRange(from, to) };
}
