import * as z from 'zod';
import type { Delivery, Upload, UploadWithDeliveries } from '../../core/model.ts';
import { dueKey, indexKeys, keys, uploadRange } from '../keys.ts';
import { deliveryOf, positionOf } from './delivery-item.ts';
import { dueAt } from './due-item.ts';
import type { Change } from './expression.ts';
import { optionsText, orNull, time, toJsonText, withoutNulls } from './fields.ts';
import type { Item, Table } from './table.ts';

const facts = z.object({
  container: z.string(),
  duration: z.number(),
  width: z.number(),
  height: z.number(),
  videoCodec: z.string().nullable(),
  audioCodec: z.string().nullable(),
  frameRate: z.number().nullable(),
});

const image = z.object({
  format: z.enum(['jpeg', 'png', 'gif', 'webp', 'heic', 'avif']),
  width: z.number(),
  height: z.number(),
  animated: z.boolean(),
});

const media = z.object({
  mediaId: z.string(),
  objectKey: z.string(),
  fileName: z.string(),
  size: z.int(),
  contentType: z.string(),
  sha256: z.string().nullable(),
  facts: facts.nullable(),
  image: image.nullable(),
  inspectedAt: time.nullable(),
});

/** A multipart upload that is being completed, of an upload or of a file by itself. */
export const assembly = z.object({
  multipartId: z.string(),
  sessionTokenHash: z.string(),
  parts: z.array(z.object({ partNumber: z.int(), eTag: z.string(), size: z.int() })),
});

const uploadItem = z.object({
  uploadId: z.string(),
  tenantId: z.string(),
  kind: z.enum(['video', 'photos', 'text']),
  title: z.string(),
  description: orNull(z.string()),
  options: optionsText,
  scheduledOn: orNull(time),
  createdAt: time,
  updatedAt: time,
  revision: z.int(),
  media: z.array(media),
  // Uploads of before there were any have none.
  attachments: z.array(media).default([]),
  assembly: orNull(assembly),
  partsDigest: orNull(z.string()),
  claim: orNull(z.object({ execution: z.string(), claimedAt: time })),
  closedRevision: z.int(),
  wake: orNull(time),
  watchAt: orNull(time),
  releasedAt: orNull(time),
});

export function uploadOf(item: Item): Upload {
  return uploadItem.parse(item);
}

export function itemOfUpload(upload: Upload): Item {
  const index = indexKeys.uploadOfTenant(upload.tenantId, upload.createdAt, upload.uploadId);
  const due = upload.watchAt === null ? {} : dueKey(upload.watchAt, keys.upload(upload.uploadId));
  return { ...withoutNulls({ ...upload, options: toJsonText(upload.options) }), ...index, ...due };
}

/** The reconcile job looks at the upload then; null: not by itself. */
export function watchedAt(uploadId: string, watchAt: string | null): readonly Change[] {
  return dueAt('watchAt', keys.upload(uploadId), watchAt);
}

/** An upload with its deliveries in one query, consistently. Null: it is not there. */
export async function readUpload(table: Table, uploadId: string): Promise<UploadWithDeliveries | null> {
  const { pk, sk } = keys.upload(uploadId);
  const items = await table.query({ partition: pk, ...uploadRange });
  const upload = items.find((item) => item['sk'] === sk);
  if (upload === undefined) return null;
  const deliveries: readonly Delivery[] = items
    .filter((item) => item !== upload)
    .toSorted((one, other) => positionOf(one) - positionOf(other))
    .map(deliveryOf);
  return { upload: uploadOf(upload), deliveries };
}

/** When a delivery of the upload is due. */
export function dueOf(upload: Pick<Upload, 'scheduledOn' | 'createdAt'>): string {
  return upload.scheduledOn ?? upload.createdAt;
}
