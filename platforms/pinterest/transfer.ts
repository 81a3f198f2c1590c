import * as z from 'zod';
import { timestamp } from '../../core/clock.ts';
import type { TransferOutcome, TransferTools, Trouble, Work } from '../../core/ports/index.ts';
import { hoursFrom } from '../until.ts';
import { streamOf, videoOf } from '../work.ts';
import { readMedia, registerVideo, sendVideo } from './client.ts';
import { FAILED, givenUp, LOST } from './errors.ts';
import { lookForPins } from './look-up.ts';

/**
 * A video goes to Pinterest's storage in one request and is then processed; nobody sees it before a pin names it. Photos are
 * fetched by Pinterest when the pin is made.
 */

export const CHECKPOINT_VERSION = 1;

const videoSchema = z.object({
  mediaId: z.string(),
  /** All bytes were taken. If not, they may have been all the same: the answer was lost. */
  sent: z.boolean(),
  /** How often it was found unfinished. */
  polls: z.int().min(0),
});

const checkpointSchema = z.object({
  /** When this delivery was begun: a pin of it can be no older. */
  since: z.string(),
  /** Null: nothing is there, or it is of photos. */
  video: videoSchema.nullable(),
  /** Videos that got lost. */
  failed: z.int().min(0),
  /** Pins that say the same and were there before the first attempt: they are not ours. */
  earlier: z.array(z.string()),
});
export type Checkpoint = z.output<typeof checkpointSchema>;

/** Null: nothing is prepared. */
export function checkpointOf({ checkpoint }: Pick<Work, 'checkpoint'>): Checkpoint | null {
  return checkpointSchema.nullable().parse(checkpoint);
}

export async function transfer(work: Work, tools: TransferTools): Promise<TransferOutcome> {
  const checkpoint = checkpointOf(work) ?? { since: timestamp(tools.now()), video: null, failed: 0, earlier: [] };
  if (work.upload.kind === 'photos') return ready(work, checkpoint, tools);
  return checkpoint.video === null ? send(work, checkpoint, tools) : look(work, checkpoint, checkpoint.video, tools);
}

/** Seconds between looks at a video: soon, then twice as long each time, up to the last. */
const FIRST_POLL = 5;
const LAST_POLL = 60;
/** Looks, of about a quarter of an hour, after which one that was sent and has not begun to be processed is held for lost. */
const LOST_POLLS = 20;

/** Videos that may get lost before the upload is given up. */
const VIDEOS = 3;

/**
 * Sends the whole video. What lets it into the storage is kept nowhere: should the sending break off, there is a new place for the
 * next one.
 */
async function send(work: Work, checkpoint: Checkpoint, tools: TransferTools): Promise<TransferOutcome> {
  const registered = await registerVideo(tools);
  if (registered.kind === 'trouble') return registered;
  const video = { mediaId: registered.value.mediaId, sent: false, polls: 0 };
  await tools.saveCheckpoint({ ...checkpoint, video } satisfies Checkpoint, 0);
  const file = videoOf(work);
  const sent = await sendVideo(tools, registered.value, file.contentType, streamOf(tools, file));
  if (sent.kind === 'trouble') return sent;
  await tools.saveCheckpoint({ ...checkpoint, video: { ...video, sent: true } } satisfies Checkpoint, file.size);
  return { kind: 'again', afterSeconds: FIRST_POLL };
}

async function look(work: Work, checkpoint: Checkpoint, video: NonNullable<Checkpoint['video']>, tools: TransferTools): Promise<TransferOutcome> {
  const read = await readMedia(tools, video.mediaId);
  if (read.kind === 'trouble') return read.refusal?.means === 'media_gone' ? renew(checkpoint, read.trouble, tools) : read;
  switch (read.value) {
    case 'succeeded':
      return ready(work, checkpoint, tools);
    case 'failed':
      // Should a person retry it, it is sent anew.
      await tools.saveCheckpoint({ ...checkpoint, video: null } satisfies Checkpoint, 0);
      return { kind: 'trouble', trouble: FAILED };
    case 'registered':
      if (!video.sent) return send(work, checkpoint, tools);
      if (video.polls >= LOST_POLLS) return renew(checkpoint, LOST, tools);
      return wait(work, checkpoint, video, tools);
    case 'processing':
      return wait(work, checkpoint, video, tools);
  }
}

async function wait(work: Work, checkpoint: Checkpoint, video: NonNullable<Checkpoint['video']>, tools: TransferTools): Promise<TransferOutcome> {
  const polls = video.polls + 1;
  const bytesSent = video.sent ? undefined : videoOf(work).size;
  await tools.saveCheckpoint({ ...checkpoint, video: { ...video, polls, sent: true } } satisfies Checkpoint, bytesSent);
  return { kind: 'again', afterSeconds: Math.min(FIRST_POLL * 2 ** polls, LAST_POLL) };
}

/** The video got lost: it is sent again, if that has not been tried too often. */
async function renew(checkpoint: Checkpoint, trouble: Trouble, tools: TransferTools): Promise<TransferOutcome> {
  const failed = checkpoint.failed + 1;
  const last = failed >= VIDEOS;
  // Should a person retry it later, it begins with a clean slate.
  await tools.saveCheckpoint({ ...checkpoint, video: null, failed: last ? 0 : failed } satisfies Checkpoint, 0);
  return { kind: 'trouble', trouble: last ? givenUp(trouble) : trouble };
}

/** Hours: more than any search for this pin will look back. */
const EARLIER_HOURS = 1;

/** The pin may be made. What says the same by now is not ours, unless an attempt of ours is in doubt. */
async function ready(work: Work, checkpoint: Checkpoint, tools: TransferTools): Promise<TransferOutcome> {
  const bytesSent = work.upload.kind === 'video' ? { bytesSent: videoOf(work).size } : {};
  if (work.attempts.doubtedSince !== null) return { kind: 'ready', checkpoint, ...bytesSent };
  const seen = await lookForPins(work, hoursFrom(tools.now(), -EARLIER_HOURS), tools);
  if (seen.kind === 'trouble') return seen;
  return { kind: 'ready', checkpoint: { ...checkpoint, earlier: [...seen.alike] }, ...bytesSent };
}
