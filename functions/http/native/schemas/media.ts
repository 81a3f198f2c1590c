import * as z from 'zod';
import { timestampField } from './common.ts';

export const mediaIdParams = z.strictObject({ mediaId: z.string() });

export const storedMedia = z.strictObject({
  mediaId: z.string(),
  fileName: z.string(),
  /** Bytes. */
  size: z.int(),
  contentType: z.string(),
  sha256: z.string().nullable(),
  /** `assembling`: storage is still putting it together. `ready`: uploads can be made of it. `gone`: they cannot any more. */
  state: z.enum(['assembling', 'ready', 'gone']),
  createdAt: timestampField,
  usableUntil: timestampField.describe('Uploads can be made of it until then.'),
});
