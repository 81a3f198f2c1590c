import * as z from 'zod';

/** A time as we send it: UTC, whole seconds. */
export const timestampField = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u);

/** The body of every error (RFC 9457). */
export const problem = z.strictObject({
  type: z.url(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.strictObject({ field: z.string(), code: z.string(), message: z.string() })).optional(),
  /** With `quota_exceeded`: the month's deliveries. */
  quota: z.strictObject({ limit: z.int(), used: z.int(), requested: z.int(), resetsAt: timestampField }).optional(),
  /** With `upload_state`: how the upload stands, and for which of its accounts the request would be possible. */
  upload: z
    .strictObject({
      status: z.string(),
      revision: z.int(),
      accounts: z.array(z.strictObject({ accountId: z.string(), status: z.string(), possible: z.boolean() })),
    })
    .optional(),
  requestId: z.string(),
});
export type Problem = z.infer<typeof problem>;
