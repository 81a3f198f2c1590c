import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import type { Work } from '../../core/ports/index.ts';

/** What is at LinkedIn already and not visible: an asset for each file, and how far the work on them is. */

export const CHECKPOINT_VERSION = 1;

const partsSchema = z.array(z.object({ url: z.string(), first: z.int().min(0), last: z.int().min(0) }));
export type Parts = z.output<typeof partsSchema>;

/**
 * Parts as one text: the 120 addresses of a long video, of hundreds of characters each, are mostly the same, and the record of
 * a delivery is to stay small.
 */
export function packed(parts: Parts): string {
  return deflateRawSync(JSON.stringify(parts)).toString('base64');
}

/** What is still to be sent of an asset, in order. */
export function partsLeft({ left }: Pick<Asset, 'left'>): Parts {
  return partsSchema.parse(JSON.parse(inflateRawSync(Buffer.from(left, 'base64')).toString('utf8')));
}

const assetSchema = z.object({
  urn: z.string(),
  /** Comes back with the last call of a video; may be empty. */
  uploadToken: z.string(),
  /** Milliseconds of the epoch; null: LinkedIn does not say. */
  expiresAt: z.number().nullable(),
  /** The parts that are still to be sent, `packed`. */
  left: z.string(),
  /** The names that LinkedIn gave to the parts that it has, in order: there is no other way to know them. */
  etags: z.array(z.string()),
  /**
   * Where the picture is sent that is to stand for a video. `sent`: LinkedIn has it. `no_place`: it was asked for, and LinkedIn named
   * no address. Null: there is none.
   */
  thumbnail: z.union([z.object({ url: z.string() }), z.enum(['sent', 'no_place'])]).nullable().default(null),
});
export type Asset = z.output<typeof assetSchema>;

const checkpointSchema = z.object({
  /** By file. */
  assets: z.array(assetSchema),
  /**
   * `sending`: parts are missing. `finalizing`: LinkedIn was asked to put a video together, and may have heard it.
   * `processing`: it has. `resting`: photos are given time, since a member's cannot be asked about.
   */
  stage: z.enum(['sending', 'finalizing', 'processing', 'resting']),
  /** How often a video was found unfinished. */
  polls: z.int().min(0),
  /** Assets that were given up. */
  lost: z.int().min(0),
  /** How often LinkedIn forbade without saying why. */
  forbidden: z.int().min(0),
});
export type Checkpoint = z.output<typeof checkpointSchema>;

const BEGINNING: Checkpoint = { assets: [], stage: 'sending', polls: 0, lost: 0, forbidden: 0 };

export function checkpointOf({ checkpoint }: Pick<Work, 'checkpoint'>): Checkpoint {
  return checkpointSchema.nullable().parse(checkpoint) ?? BEGINNING;
}

/** Bytes of the files that LinkedIn has. */
export function bytesSent({ upload }: Pick<Work, 'upload'>, { assets }: Checkpoint): number {
  const sizes = upload.media.slice(0, assets.length).map(({ size }) => size);
  const left = assets.flatMap((asset) => partsLeft(asset).map(({ first, last }) => last - first + 1));
  return sum(sizes) - sum(left);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
