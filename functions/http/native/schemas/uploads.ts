import * as z from 'zod';
import { timestamp, timestampAfter } from '../../../../core/clock.ts';
import { limits } from '../../../../core/limits.ts';
import { timeField } from '../../../../core/uploads/metadata.ts';
import { publicStatuses } from '../../../../core/uploads/status.ts';
import { timestampField } from './common.ts';

const statusField = z.enum(publicStatuses);

/** An upload as its creation answers. */
export const createdUpload = z.strictObject({
  uploadId: z.string(),
  status: statusField,
  title: z.string(),
  scheduledOn: timestampField.nullable(),
  createdAt: timestampField,
  accounts: z.array(z.strictObject({ accountId: z.string(), status: statusField })),
});

/** How one account of an upload stands. */
const accountStatus = z.strictObject({
  accountId: z.string(),
  platform: z.string(),
  status: statusField,
  externalId: z.string().nullable(),
  externalUrl: z.string().nullable(),
  publishedAt: timestampField.nullable(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
});

export const uploadStatusAnswer = z.strictObject({
  uploadId: z.string(),
  status: statusField,
  title: z.string(),
  scheduledOn: timestampField.nullable(),
  createdAt: timestampField,
  updatedAt: timestampField,
  /** Of the whole file, once it was inspected. */
  sha256: z.string().nullable(),
  accounts: z.array(accountStatus),
});

export const uploadIdParams = z.strictObject({ uploadId: z.string() });

const wholeNumber = (max: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/u, 'must be a whole number from 1')
    .transform(Number)
    .pipe(z.number().max(max));

export const listUploadsQuery = z.strictObject({
  page: wholeNumber(limits.pagedUploads).default(1),
  pageSize: wholeNumber(limits.pageSize).default(limits.pageSizeDefault),
  status: statusField.optional(),
  accountId: z.string().min(1).max(100).optional(),
  /** Inclusive; times of creation are whole seconds. */
  from: timeField.transform((time) => timestampAfter(time, 0)).optional(),
  to: timeField.transform(timestamp).optional(),
});

export const uploadList = z.strictObject({
  items: z.array(
    z.strictObject({
      uploadId: z.string(),
      title: z.string(),
      status: statusField,
      scheduledOn: timestampField.nullable(),
      createdAt: timestampField,
      accounts: z.array(accountStatus),
    }),
  ),
  page: z.int(),
  pageSize: z.int(),
  /** Null: a filter was given and more uploads than one request reads would have to be looked at. */
  total: z.int().nullable(),
});
