import * as z from 'zod';
import type { Work } from '../../core/ports/index.ts';
import { blobSchema } from './client.ts';

export const CHECKPOINT_VERSION = 1;

const checkpointSchema = z.object({
  /** The address of the account's server. */
  pds: z.string(),
  /** DIDs by the handles that the text mentions, of those that somebody has. */
  mentions: z.record(z.string(), z.string()),
  /** Files that the server has, in order. */
  blobs: z.array(blobSchema),
  /** Captions that the server has, in the order of the options. */
  captions: z.array(blobSchema).default([]),
  /** An upload in parts that is open at the video service. */
  upload: z.object({ jobId: z.string(), partSize: z.int().positive(), partCount: z.int().positive() }).nullable(),
  /** The job that processes the video. */
  job: z.object({ jobId: z.string(), polls: z.int().min(0) }).nullable(),
  /** Of the post; null: it is not ready. */
  createdAt: z.string().nullable(),
});

export type Checkpoint = z.output<typeof checkpointSchema>;

/** Null at the beginning. */
export function checkpointOf({ checkpoint }: Pick<Work, 'checkpoint'>): Checkpoint | null {
  return checkpointSchema.nullable().parse(checkpoint);
}
