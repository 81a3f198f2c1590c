import * as z from 'zod';
import { timestampAfter } from '../clock.ts';
import { limits } from '../limits.ts';
import { text } from '../text.ts';

/**
 * The fields that say what an upload is, as every wire format sends them. What depends on the time or on records is checked
 * by the use cases.
 */

export const titleField = text(1, limits.title);

export const descriptionField = text(0, limits.description);

/** Ids of linked accounts; an id named twice counts once, in the place where it came first. */
export const accountsField = z
  .array(text(1, 100))
  .min(1, 'name at least one account')
  .max(10 * limits.accounts)
  .transform((ids) => [...new Set(ids)])
  .refine((ids) => ids.length <= limits.accounts, {
    params: { code: 'too_many' },
    message: `at most ${limits.accounts} accounts in one upload`,
  });

/** A time of ISO 8601 with its offset from UTC; seconds may be left out. */
export const timeField = z
  .string()
  .transform((time) => time.replace(/(T\d\d:\d\d)(?=Z|[+-])/u, '$1:00'))
  .pipe(
    z.iso.datetime({
      offset: true,
      error: 'must be a date and time with an offset from UTC, such as 2027-03-01T09:30:00Z or 2027-03-01T09:30:00+01:00',
    }),
  )
  .transform((time) => new Date(time));

/** Turned into UTC and rounded up to a whole second, so that nothing is published early. */
export const scheduledOnField = timeField.transform((time) => timestampAfter(time, 0));

/** SHA-256 of the whole file in hexadecimal digits, made lower case. */
export const sha256Field = z
  .string()
  .regex(/^[0-9a-f]{64}$/iu, 'must be 64 hexadecimal digits')
  .transform((digits) => digits.toLowerCase());

export const onViolationField = z.enum(['reject', 'skip_account']);

export const fileNameField = text(1, limits.fileName).refine((name) => !/[\p{Cc}]/u.test(name), {
  params: { code: 'invalid_characters' },
  message: 'must not have control characters',
});
