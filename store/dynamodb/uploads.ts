import * as z from 'zod';
import type { UploadStore } from '../../core/ports/store.ts';
import { idInIndex, indexKeys, keys, timeRange } from '../keys.ts';
import { createUpload, takeBackUpload } from './creation.ts';
import { all, any, below, equals, exists, missing, remove, set, type Condition } from './expression.ts';
import { jsonText, toJsonText } from './fields.ts';
import type { Item, Table } from './table.ts';
import { readUpload, uploadOf } from './upload-item.ts';

const bodyItem = z.object({ body: jsonText });
const indexEntry = z.object({ gsi1sk: z.string() });

export function uploadStore(table: Table): UploadStore {
  return {
    createUpload: (request) => createUpload(table, request),
    takeBackUpload: (request) => takeBackUpload(table, request),
    getUpload: (uploadId) => readUpload(table, uploadId),

    markAssembled: async (uploadId, at) => {
      await table.update(keys.upload(uploadId), exists('assembly'), [remove('assembly'), set('updatedAt', at)]);
    },

    listUploads: async ({ tenantId, from, to, after, skip, limit }) => {
      const range = uploadsWithin(tenantId, from, to);
      const last = after === null || after > range.last ? range.last : after;
      // The range includes `after` itself, which was on the page before; one more tells whether a page follows.
      const entries = await table.indexed({ ...range, last, limit: skip + limit + 2 });
      const found = entries.map((entry) => indexEntry.parse(entry).gsi1sk).filter((sortKey) => sortKey !== after);
      const page = found.slice(skip, skip + limit);
      const read = await Promise.all(page.map((sortKey) => readUpload(table, idInIndex(sortKey))));
      return {
        // The index still shows for a moment what was taken back.
        uploads: read.filter((record) => record !== null),
        next: found.length > skip + limit ? (page.at(-1) ?? null) : null,
      };
    },

    countUploads: ({ tenantId, from, to }) => table.countIndexed(uploadsWithin(tenantId, from, to)),

    claimUpload: async ({ uploadId, claim, predecessor }) => {
      const free: Condition[] = [missing('claim')];
      if (predecessor !== null) free.push(equals(['claim', 'execution'], predecessor));
      const written = await table.update(keys.upload(uploadId), all(exists('pk'), any(...free)), [set('claim', { ...claim })]);
      return written.done || isClaimedBy(written.found, claim.execution);
    },

    recordInspection: async ({ uploadId, execution, media, at }) => {
      const changes = [set('media', media), set('updatedAt', at)];
      return (await table.update(keys.upload(uploadId), equals(['claim', 'execution'], execution), changes)).done;
    },

    closeUpload: async ({ uploadId, revision, at }) => {
      const condition = all(equals('revision', revision), below('closedRevision', revision));
      return (await table.update(keys.upload(uploadId), condition, [set('closedRevision', revision), set('updatedAt', at)])).done;
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

function uploadsWithin(tenantId: string, from: string | null, to: string | null) {
  return { partition: indexKeys.uploadOfTenant(tenantId, '', '').gsi1pk, ...timeRange(from, to) };
}
