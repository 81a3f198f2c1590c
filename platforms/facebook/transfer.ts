import * as z from 'zod';
import type { TransferOutcome, TransferTools, Work } from '../../core/ports/index.ts';
import { troubleOf } from '../answers.ts';
import type { ContainerRefusal, Failure } from '../container-errors.ts';
import { photosOf, videoOf } from '../work.ts';
import { limitsOfPage } from './account-limits.ts';
import { addPhoto, fetchReel, readUploadLimits, readVideo, sendSlice, startReel, startSession } from './client.ts';
import { BEYOND_LIMITS, DRAFT, EXPIRED, NEVER_FETCHED } from './errors.ts';
import { flowOf, optionsOf } from './rules.ts';
import { stateOf } from './status.ts';

/** All that comes before the visible call, kind by kind. Videos have their id from the beginning, which is the key. */

export const CHECKPOINT_VERSION = 1;

/** How often what was prepared was given up, by Facebook's code for why. */
const failed = z.record(z.string(), z.int());

const reelSchema = z.object({
  flow: z.literal('reel'),
  videoId: z.string(),
  uploadUrl: z.string(),
  /** How often Facebook was asked to fetch the file. */
  fetches: z.int().min(0),
  /** How often the video was found unfinished. */
  polls: z.int().min(0),
  failed,
});
const videoSchema = z.object({
  flow: z.literal('video'),
  videoId: z.string(),
  session: z.string(),
  /** The bytes that Facebook wants next. */
  start: z.int().min(0),
  end: z.int().min(0),
  /** How often it wanted others than were sent. */
  corrections: z.int().min(0),
  failed,
});
const postSchema = z.object({ flow: z.literal('post'), photoIds: z.array(z.string()), failed });
const checkpointSchema = z.discriminatedUnion('flow', [
  z.object({ flow: z.literal('nothing'), failed }),
  reelSchema,
  videoSchema,
  postSchema,
]);
export type Checkpoint = z.output<typeof checkpointSchema>;
type Reel = z.output<typeof reelSchema>;
type PageVideo = z.output<typeof videoSchema>;
type Post = z.output<typeof postSchema>;

export function checkpointOf({ checkpoint }: Work): Checkpoint {
  return checkpointSchema.nullable().parse(checkpoint) ?? { flow: 'nothing', failed: {} };
}

export async function transfer(work: Work, tools: TransferTools): Promise<TransferOutcome> {
  const checkpoint = checkpointOf(work);
  switch (checkpoint.flow) {
    case 'reel':
      return continueReel(work, checkpoint, tools);
    case 'video':
      return continueVideo(work, checkpoint, tools);
    case 'post':
      return addPhotos(work, checkpoint, tools);
    case 'nothing':
      if (work.upload.kind !== 'video') return addPhotos(work, { flow: 'post', photoIds: [], failed: checkpoint.failed }, tools);
      return flowOf(videoOf(work)) === 'reel' ? openReel(work, checkpoint.failed, tools) : openVideo(work, checkpoint.failed, tools);
  }
}

/** Seconds for which Facebook may fetch a file: it does so when it comes to it, and may try again. */
const FETCH_SECONDS = 6 * 3600;
const FETCHES = 4;

/** Seconds until the first look at a reel that is fetched, between the next ones, and between those of one that takes long. */
const FIRST_POLL = 5;
const POLL = 15;
const LATE_POLL = 120;
const LATE = 20;

async function openReel(work: Work, failures: Reel['failed'], tools: TransferTools): Promise<TransferOutcome> {
  const started = await startReel(tools, work.account.externalId);
  if (started.kind === 'trouble') return started;
  const reel: Reel = { flow: 'reel', ...started.value, fetches: 0, polls: 0, failed: failures };
  await tools.saveCheckpoint(reel);
  return askToFetch(work, reel, tools);
}

async function continueReel(work: Work, reel: Reel, tools: TransferTools): Promise<TransferOutcome> {
  const read = await readVideo(tools, reel.videoId);
  if (read.kind === 'trouble') return isGone(work, read.refusal) ? renew(reel, EXPIRED, tools) : read;
  const state = stateOf(read.value, 'reel');
  switch (state.kind) {
    case 'empty':
      return askToFetch(work, reel, tools);
    case 'uploading':
    case 'processing': {
      const polls = reel.polls + 1;
      await tools.saveCheckpoint({ ...reel, polls });
      return { kind: 'again', afterSeconds: polls < LATE ? POLL : LATE_POLL };
    }
    case 'uploaded':
    // Out after all, though it was taken for absent: the publish call and its look-up find that out.
    case 'published':
      return { kind: 'ready', checkpoint: reel };
    case 'draft':
      return KEPT_AS_DRAFT;
    case 'failed':
      return renew(reel, state.failure, tools);
  }
}

/** Whether a video that is not to be seen may be replaced: not where an attempt to publish it is in doubt, and it may be out. */
function isGone({ attempts }: Work, refusal: ContainerRefusal | null): boolean {
  return refusal?.missing === true && attempts.doubtedSince === null;
}

/** Nothing is there yet: Facebook is told where the file lies, at an address that is signed anew each time. */
async function askToFetch(work: Work, reel: Reel, tools: TransferTools): Promise<TransferOutcome> {
  if (reel.fetches >= FETCHES) return renew(reel, NEVER_FETCHED, tools);
  const video = videoOf(work);
  const fileUrl = await tools.signGet(video, FETCH_SECONDS);
  const fetched = await fetchReel(tools, reel.uploadUrl, { fileUrl, announced: reel.fetches === 0 ? null : video.size });
  const asked = { ...reel, fetches: reel.fetches + 1 };
  if (fetched.kind === 'value') {
    await tools.saveCheckpoint(asked);
    return { kind: 'again', afterSeconds: FIRST_POLL * asked.fetches ** 2 };
  }
  const { trouble, refusal } = fetched;
  if (refusal === null) return fetched;
  // How this server refuses is hardly documented: after what is not in the Graph API's form it is asked in the other way.
  if (refusal.code !== null || (trouble.class !== 'permanent' && trouble.class !== 'invalid_media')) return renew(reel, refusal, tools);
  await tools.saveCheckpoint(asked);
  return { kind: 'trouble', trouble: { ...trouble, class: 'retryable', code: 'platform_unavailable' } };
}

async function openVideo(work: Work, failures: PageVideo['failed'], tools: TransferTools): Promise<TransferOutcome> {
  const pageId = work.account.externalId;
  const { size, facts } = videoOf(work);
  const limits = await readUploadLimits(tools, pageId);
  if (limits.kind === 'trouble') return limits;
  await tools.keepLimits(limitsOfPage(limits.value));
  const { size: sizeMax, length: lengthMax } = limits.value;
  if ((sizeMax !== null && size > sizeMax) || (lengthMax !== null && facts !== null && facts.duration > lengthMax)) {
    const text = `${size} of ${sizeMax} bytes, ${facts?.duration ?? 'unknown'} of ${lengthMax} s`;
    return { kind: 'trouble', trouble: troubleOf(BEYOND_LIMITS, { code: 'video_upload_limits', text }, null) };
  }
  const started = await startSession(tools, pageId, size);
  if (started.kind === 'trouble') return started;
  const video: PageVideo = { flow: 'video', ...started.value, corrections: 0, failed: failures };
  await tools.saveCheckpoint(video, video.start);
  return sendSlices(work, video, tools);
}

async function continueVideo(work: Work, video: PageVideo, tools: TransferTools): Promise<TransferOutcome> {
  if (video.start < video.end) return sendSlices(work, video, tools);
  // All was sent, and it was not published: what became of it?
  const read = await readVideo(tools, video.videoId);
  if (read.kind === 'trouble') return isGone(work, read.refusal) ? renew(video, EXPIRED, tools) : read;
  const state = stateOf(read.value, 'video');
  if (state.kind === 'draft') return KEPT_AS_DRAFT;
  return state.kind === 'failed' ? renew(video, state.failure, tools) : { kind: 'ready', checkpoint: video };
}

const KEPT_AS_DRAFT: TransferOutcome = { kind: 'trouble', trouble: troubleOf(DRAFT, { code: 'draft', text: null }, null) };

/** Bytes. Facebook says how many it wants, and may want all: what is lost when a slice breaks off is sent again. */
const SLICE_MAX = 16 * 1024 * 1024;
const CORRECTIONS = 20;

async function sendSlices(work: Work, from: PageVideo, tools: TransferTools): Promise<TransferOutcome> {
  let video = from;
  for (;;) {
    const { start } = video;
    // Facebook was told the size; should it want more than that, there is none.
    const end = Math.min(video.end, videoOf(work).size);
    if (start >= end) return { kind: 'ready', checkpoint: video, bytesSent: videoOf(work).size };
    if (!tools.hasTime()) return { kind: 'again', afterSeconds: 0 };
    const content = tools.streamRange(videoOf(work), start, Math.min(end - start, SLICE_MAX));
    const sent = await sendSlice(tools, work.account.externalId, video.session, { start, content });
    if (sent.kind === 'trouble') return sent.refusal === null ? sent : renew(video, sent.refusal, tools);
    const wanted = sent.value;
    const isNext = wanted.start > start;
    if (!isNext && video.corrections >= CORRECTIONS) return renew(video, EXPIRED, tools);
    video = { ...video, ...wanted, corrections: video.corrections + (isNext ? 0 : 1) };
    await tools.saveCheckpoint(video, video.start);
  }
}

async function addPhotos(work: Work, from: Post, tools: TransferTools): Promise<TransferOutcome> {
  let post = from;
  const { altTexts } = optionsOf(work);
  const photos = work.upload.kind === 'photos' ? photosOf(work) : [];
  for (const photo of photos.slice(post.photoIds.length)) {
    if (!tools.hasTime()) return { kind: 'again', afterSeconds: 0 };
    const altText = altTexts?.[post.photoIds.length] ?? null;
    const added = await addPhoto(tools, work.account.externalId, { url: await tools.signGet(photo, FETCH_SECONDS), altText });
    // A photo that was made and not noted belongs to no post, and nobody sees it.
    if (added.kind === 'trouble') return added.refusal === null ? added : renew(post, added.refusal, tools);
    post = { ...post, photoIds: [...post.photoIds, added.value] };
    await tools.saveCheckpoint(post);
  }
  return { kind: 'ready', checkpoint: post };
}

/** What was prepared came to nothing: it is begun anew, if that can help and has not been tried too often. */
async function renew(checkpoint: Reel | PageVideo | Post, failure: Failure | ContainerRefusal, tools: TransferTools): Promise<TransferOutcome> {
  const { trouble, renew: renewal } = failure;
  if (renewal === null) return { kind: 'trouble', trouble };
  const code = String(failure.code);
  const tried = checkpoint.failed[code] ?? 0;
  if (tried < renewal.times) {
    await tools.saveCheckpoint({ flow: 'nothing', failed: { ...checkpoint.failed, [code]: tried + 1 } });
    return { kind: 'trouble', trouble };
  }
  // Should a person retry it later, it begins with a clean slate.
  await tools.saveCheckpoint({ flow: 'nothing', failed: {} });
  return { kind: 'trouble', trouble: troubleOf(renewal.last, { code: trouble.platformCode, text: trouble.platformMessage }, null) };
}
