import * as z from 'zod';
import { limits } from '../../../../core/limits.ts';
import { text } from '../../../../core/text.ts';
import { timestampField } from './common.ts';

export const generateKeyBody = z.strictObject({ name: text(1, limits.keyName).nullish() });

export const generatedKey = z.strictObject({
  id: z.string(),
  name: z.string().nullable(),
  /** Shown here once and never again. */
  key: z.string(),
  /** The first characters of the key, to recognise it by. */
  prefix: z.string(),
  createdAt: timestampField,
});
