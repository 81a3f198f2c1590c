import * as z from 'zod';
import type { ConfirmOutcome, NetworkTools, Work } from '../../core/ports/index.ts';
import { failureOf } from './errors.ts';
import type { Status } from './client.ts';

/** What a delivery has at TikTok. A `publish_id` stands for one post at most: it is the key to all that is asked later. */

export const CHECKPOINT_VERSION = 1;

const checkpointSchema = z.object({
  /** Of the creator, for the address of the post. */
  username: z.string(),
  /** The creator lets nobody comment. */
  commentDisabled: z.boolean(),
  publishId: z.string().nullable(),
  /** Of a video. */
  upload: z
    .object({
      url: z.string(),
      /** Bytes of the file, and those that TikTok has. */
      total: z.int().positive(),
      stored: z.int().min(0),
      openedAt: z.string(),
    })
    .nullable(),
  /** How many publications of this file TikTok has failed to make a post of. */
  failures: z.int().min(0),
});
export type Checkpoint = z.output<typeof checkpointSchema>;

export function checkpointOf({ checkpoint }: Work): Checkpoint | null {
  return checkpointSchema.nullable().parse(checkpoint);
}

/** What the visible call is made with, by its kind. None holds the upload's address, which serves whoever has it. */
export const bodySchema = z.discriminatedUnion('kind', [
  /** The last chunk of a video, from `start`. */
  z.object({ kind: z.literal('chunk'), publishId: z.string(), username: z.string(), start: z.int(), total: z.int(), contentType: z.string() }),
  z.object({
    kind: z.literal('photos'),
    username: z.string(),
    mediaIds: z.array(z.string()),
    postInfo: z.looseObject({ title: z.string(), description: z.string().optional() }),
  }),
  /** TikTok has all that it needs: it is asked for the post, and nothing more is sent. */
  z.object({ kind: z.literal('ask'), publishId: z.string(), username: z.string() }),
]);
export type Body = z.output<typeof bodySchema>;

/** How far a publication is. */
export type Progress =
  | { readonly kind: 'published'; readonly postId: string | null }
  /** `stored`: bytes of the video that TikTok has; null: it does not say. */
  | { readonly kind: 'uploading'; readonly stored: number | null }
  /** It is in the making, or in a state that nobody documented. */
  | { readonly kind: 'processing'; readonly status: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** `total`: bytes of the video; null: of photos. With all of them there, it is not uploading any more, whatever TikTok calls it. */
export function progressOf(status: Status, total: number | null): Progress {
  switch (status.status) {
    case 'PUBLISH_COMPLETE':
      // The first is the post; moderation may bring it hours later, and a post that is not public has none.
      return { kind: 'published', postId: status.publicaly_available_post_id?.[0] ?? null };
    case 'FAILED':
      return { kind: 'failed', reason: status.fail_reason ?? '' };
    case 'PROCESSING_UPLOAD': {
      const stored = status.uploaded_bytes ?? null;
      return total === null || (stored ?? 0) >= total ? { kind: 'processing', status: status.status } : { kind: 'uploading', stored };
    }
    default:
      return { kind: 'processing', status: status.status };
  }
}

/** The address of a post. That of photos is not documented; TikTok leads from either form to the other. */
export function addressOf(kind: Work['upload']['kind'], username: string, postId: string | null): string | null {
  if (postId === null) return null;
  return `https://www.tiktok.com/@${encodeURIComponent(username)}/${kind === 'photos' ? 'photo' : 'video'}/${postId}`;
}

/** What an armed attempt came to, by its publication's progress. `failures`: of earlier publications of the file. */
export function outcomeOf(
  progress: Progress,
  { kind, username, failures }: { kind: Work['upload']['kind']; username: string; failures: number },
  { now }: Pick<NetworkTools, 'now'>,
): ConfirmOutcome {
  switch (progress.kind) {
    case 'published':
      return { kind: 'found', externalId: progress.postId, externalUrl: addressOf(kind, username, progress.postId) };
    case 'uploading':
      if (progress.stored === null) return { kind: 'undecided', evidence: 'TikTok does not say how much it has', trouble: null };
      return { kind: 'absent', evidence: `TikTok has ${progress.stored} bytes of the video, not all`, artefactLost: false, unfinished: true };
    case 'processing':
      return { kind: 'undecided', evidence: `the publication is ${progress.status}`, trouble: null };
    case 'failed': {
      const { trouble, renew, last } = failureOf(progress.reason, now());
      const evidence = `the publication failed: ${trouble.platformCode}`;
      return failures < renew
        ? { kind: 'absent', evidence, artefactLost: false, unfinished: true, trouble }
        : { kind: 'absent', evidence, artefactLost: true, trouble: last };
    }
  }
}
