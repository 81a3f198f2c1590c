import * as z from 'zod';
import { timestamp, timestampAfter } from '../../../../core/clock.ts';
import { limits } from '../../../../core/limits.ts';
import { text } from '../../../../core/text.ts';
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

export const listUploadsQuery = z
  .strictObject({
    /** `nextCursor` of the page before, with the same filters. */
    cursor: z.string().max(500).optional(),
    page: wholeNumber(limits.pagedUploads).optional(),
    pageSize: wholeNumber(limits.pageSize).default(limits.pageSizeDefault),
    status: statusField.optional(),
    accountId: z.string().min(1).max(100).optional(),
    network: z.string().regex(/^[a-z0-9_-]{1,40}$/u, 'must be the name of a network, such as youtube').optional(),
    /** Somewhere in the title, upper or lower case. */
    text: text(1, limits.searchText).optional(),
    /** Inclusive; times of creation are whole seconds. */
    from: timeField.transform((time) => timestampAfter(time, 0)).optional(),
    to: timeField.transform(timestamp).optional(),
  })
  .superRefine(({ cursor, page }, context) => {
    if (cursor === undefined || page === undefined) return;
    context.addIssue({ code: 'custom', params: { code: 'conflict' }, path: ['page'], message: 'is given with a cursor: give one of them' });
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
  /** Null: the page was named by a cursor. */
  page: z.int().nullable(),
  pageSize: z.int(),
  /** Null: not counted, since a filter looks into the uploads, or there are more than 10,000 between `from` and `to`. */
  total: z.int().nullable(),
  /** Names the next page; null: there is nothing more. */
  nextCursor: z.string().nullable(),
});
