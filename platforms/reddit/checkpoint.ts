import * as z from 'zod';
import type { Work } from '../../core/ports/index.ts';

export const CHECKPOINT_VERSION = 1;

const checkpointSchema = z.object({
  /** Posts of the account that look like this one and were there before it: they are not it. Null: not looked for yet. */
  before: z.array(z.string()).nullable(),
  /** What Reddit has of the upload, in its order; behind a video its poster. */
  files: z.array(
    z.object({
      /** By which a gallery names it. */
      assetId: z.string(),
      /** By which any other post does. */
      url: z.string(),
    }),
  ),
  /**
   * The attempt whose post Reddit has taken and makes later, null: none. `since`: the post is no older, by Reddit's clock; null:
   * it did not say what time it is.
   */
  accepted: z.object({ attempt: z.int(), since: z.string().nullable() }).nullable(),
});
export type Checkpoint = z.output<typeof checkpointSchema>;

const EMPTY: Checkpoint = { before: null, files: [], accepted: null };

/** How far the work is; nothing is prepared at its beginning. */
export function checkpointOf({ checkpoint }: Pick<Work, 'checkpoint'>): Checkpoint {
  return checkpointSchema.nullable().parse(checkpoint) ?? EMPTY;
}
