import * as z from 'zod';
import type { Work } from '../../core/ports/index.ts';

export const CHECKPOINT_VERSION = 1;

const progressSchema = z.object({
  /** By name. */
  done: z.array(z.string()),
  warnings: z.array(z.string()),
  /** Of the next one. */
  tries: z.int().min(0),
});
/** How far the work is on what the video gets once it is there. */
export type Progress = z.output<typeof progressSchema>;

const checkpointSchema = z.object({
  /** Of the session. */
  uri: z.string(),
  /** Bytes of the file. */
  total: z.int().positive(),
  /** Bytes that are there, as the session said last: to show, never to go on from. */
  stored: z.int().min(0),
  decoration: progressSchema.optional(),
});
export type Checkpoint = z.output<typeof checkpointSchema>;

/** Null: there is no session. */
export function checkpointOf({ checkpoint }: Pick<Work, 'checkpoint'>): Checkpoint | null {
  return checkpointSchema.nullable().parse(checkpoint);
}
