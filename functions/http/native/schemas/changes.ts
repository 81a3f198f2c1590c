import * as z from 'zod';
import { accountsField } from '../../../../core/uploads/metadata.ts';
import { editFields, toEdit } from './metadata.ts';

/** What people want of an upload that is there. */

/** At least one field; what is left out stays as it is. */
export const editBody = z
  .strictObject(editFields)
  .refine((fields) => Object.values(fields).some((value) => value !== undefined), {
    params: { code: 'empty' },
    message: 'name at least one field to change',
  })
  .transform(toEdit);

const accounts = accountsField.optional().describe('Accounts of this upload; left out: all that it concerns.');

export const cancelBody = z.strictObject({ accounts });

export const retryBody = z.strictObject({
  accounts,
  force: z
    .boolean()
    .default(false)
    .describe('Also where it is not known whether the post was made (`outcome_unknown`). It may then be there twice: look at the account first.'),
});

export const publishNowBody = z.strictObject({});
