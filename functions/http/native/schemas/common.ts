import * as z from 'zod';

/** A time as we send it: UTC, whole seconds. */
export const timestampField = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u)
  .meta({ format: 'date-time', examples: ['2027-03-01T09:30:00Z'] });

/** The body of every error (RFC 9457). */
export const problem = z
  .strictObject({
    type: z.url().meta({ description: 'The address of a page that says what happened, who can act and what to do.' }),
    title: z.string().meta({ description: 'What the code means, in a few words.' }),
    status: z.int().meta({ description: 'The status of the answer.' }),
    code: z.string().meta({ description: 'What happened, for programs. It stays as it is; texts may change.' }),
    detail: z.string().meta({ description: 'What happened in this case, and what to do, for people.' }),
    errors: z
      .array(
        z.strictObject({
          field: z.string().meta({ description: 'The field, parameter or header: `options.youtube.tags[2]`; `body` for the whole.' }),
          code: z.string().meta({ description: 'The kind of mistake, or the id of the rule that is broken.' }),
          message: z.string().meta({ description: 'What is allowed.' }),
        }),
      )
      .optional()
      .meta({ description: 'Each thing that is wrong, at most 50.' }),
    quota: z
      .strictObject({
        limit: z.int().meta({ description: 'Deliveries that the workspace may have in a month.' }),
        used: z.int().meta({ description: 'Deliveries that it had in this month.' }),
        requested: z.int().meta({ description: 'Deliveries that the request asked for.' }),
        resetsAt: timestampField.meta({ description: 'When the month ends.' }),
      })
      .optional()
      .meta({ description: 'With `quota_exceeded`: the deliveries of the month.' }),
    upload: z
      .strictObject({
        status: z.string().meta({ description: 'The status of the upload.' }),
        revision: z.int().meta({ description: 'How often it was changed, from 1.' }),
        accounts: z
          .array(
            z.strictObject({
              accountId: z.string().meta({ description: 'The account.' }),
              status: z.string().meta({ description: 'Its status.' }),
              possible: z.boolean().meta({ description: 'Whether the request would be possible for this account alone.' }),
            }),
          )
          .meta({ description: 'Its accounts.' }),
      })
      .optional()
      .meta({ description: 'With `upload_state`: how the upload stands.' }),
    requestId: z.string().meta({ description: 'The id of the request, as in `X-Request-Id`.' }),
  })
  .meta({ id: 'Problem', description: 'An error (RFC 9457).' });
export type Problem = z.infer<typeof problem>;
