import * as z from 'zod';
import { timestamp, timestampAfter } from '../../core/clock.ts';
import type { Media } from '../../core/model.ts';
import type { TransferOutcome, TransferTools, Trouble, Work } from '../../core/ports/index.ts';
import { isAnimatedGif } from '../media-rules.ts';
import { inSegments } from '../segments.ts';
import { readExactly } from '../work.ts';
import { limitsOfSubscription } from './account-limits.ts';
import { appendSegment, describeMedia, finalizeMedia, initializeMedia, readMedia, readSubscribed, uploadImage, type Category, type Failed, type MediaState } from './client.ts';
import { failureOf, givenUp, NOT_SUBSCRIBED } from './errors.ts';
import { needsSubscription, optionsOf } from './rules.ts';

/**
 * The files go to X one after the other: a still image in one request, a video or an animated GIF in segments that X then
 * processes. Nobody sees them before a post names them, and X forgets them after a day.
 */

export const CHECKPOINT_VERSION = 1;

const fileSchema = z.object({
  id: z.string(),
  mediaKey: z.string().nullable(),
  /** Bytes that are there. */
  sent: z.int().min(0),
  /** `taken`: all but its description is there; `ready`: a post may name it. */
  state: z.enum(['sending', 'processing', 'taken', 'ready']),
  /** Until then; null: X did not say. */
  expiresAt: z.string().nullable(),
});
type SentFile = z.output<typeof fileSchema>;

const checkpointSchema = z.object({
  /** When this delivery was begun: a post of it can be no older. */
  since: z.string(),
  /** Of the upload, in their order; the last one may be under way. */
  files: z.array(fileSchema),
  /** Uploads that were given up. */
  failed: z.int().min(0),
});
export type Checkpoint = z.output<typeof checkpointSchema>;

/** Null: nothing is prepared. */
export function checkpointOf({ checkpoint }: Pick<Work, 'checkpoint'>): Checkpoint | null {
  return checkpointSchema.nullable().parse(checkpoint);
}

const MiB = 1024 * 1024;

/** Bytes of a segment. 5 MB are documented, and X's edge was seen refusing them with 413; official samples send 1 MiB. */
const SEGMENT = MiB;
/** Segments of an upload, counted from 0 to 999. A file that needs more gets larger ones. */
const SEGMENTS_MAX = 1000;

/** Segments after which the progress is stored: what is lost is sent again. */
const BATCH = 8;

/** Uploads of the same file before it is given up. */
const UPLOADS = 3;

/** Seconds until the next look at what X processes: where it does not say, and within these bounds where it does. */
const POLL = 5;
const POLL_MIN = 1;
const POLL_MAX = 300;

/** A file of the upload, with what is said of it. */
interface Item {
  readonly media: Media;
  /** For who cannot see it. */
  readonly altText: string | undefined;
}

/** What came of one piece of work on a file. */
type Progress =
  /** `pause`: seconds until there is more to do. */
  | { readonly kind: 'file'; readonly file: SentFile; readonly pause?: number }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'gone'; readonly trouble: Trouble }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

export async function transfer(work: Work, tools: TransferTools): Promise<TransferOutcome> {
  const { altTexts = [] } = optionsOf(work);
  const items = work.upload.media.map((media, index) => ({ media, altText: altTexts[index] }));
  if (work.checkpoint === null && needsSubscription(work)) {
    const read = await readSubscribed(tools);
    if (read.kind === 'trouble') return read;
    await tools.keepLimits(limitsOfSubscription(read.value));
    if (!read.value) return { kind: 'trouble', trouble: NOT_SUBSCRIBED };
  }
  let checkpoint = checkpointOf(work) ?? { since: timestamp(tools.now()), files: [], failed: 0 };
  // One that X has forgotten by now is sent again, and what came after it.
  const over = checkpoint.files.findIndex(({ expiresAt }) => expiresAt !== null && Date.parse(expiresAt) <= tools.now().getTime());
  if (over !== -1) checkpoint = { ...checkpoint, files: checkpoint.files.slice(0, over) };

  for (;;) {
    const { files } = checkpoint;
    const unready = files.findIndex(({ state }) => state !== 'ready');
    const index = unready === -1 ? files.length : unready;
    const next = items[index];
    if (next === undefined) return { kind: 'ready', checkpoint, bytesSent: sentBytes(checkpoint) };
    if (!tools.hasTime()) return { kind: 'again', afterSeconds: 0 };

    const progress = await moveOn(next, files[index], tools);
    switch (progress.kind) {
      case 'file':
        checkpoint = { ...checkpoint, files: [...files.slice(0, index), progress.file] };
        await tools.saveCheckpoint(checkpoint, sentBytes(checkpoint));
        if (progress.pause !== undefined) return { kind: 'again', afterSeconds: progress.pause };
        break;
      case 'wait':
        return { kind: 'again', afterSeconds: progress.seconds };
      case 'trouble':
        return progress;
      case 'gone':
        return renew({ ...checkpoint, files: files.slice(0, index) }, progress.trouble, tools);
    }
  }
}

/** The upload of a file is of no use: another one is begun, if that has not been tried too often. */
async function renew(checkpoint: Checkpoint, trouble: Trouble, tools: TransferTools): Promise<TransferOutcome> {
  const failed = checkpoint.failed + 1;
  const last = failed >= UPLOADS;
  // Should a person retry it later, it begins with a clean slate.
  const renewed = { ...checkpoint, failed: last ? 0 : failed };
  await tools.saveCheckpoint(renewed, sentBytes(renewed));
  return { kind: 'trouble', trouble: last ? givenUp(trouble) : trouble };
}

async function moveOn(item: Item, file: SentFile | undefined, tools: TransferTools): Promise<Progress> {
  const { media } = item;
  const category = categoryOf(media);
  switch (file?.state) {
    case undefined:
      return category === 'tweet_image' ? sendImage(item, tools) : open(media, category, tools);
    case 'sending':
      return file.sent < media.size ? sendBatch(media, file, tools) : finalize(item, file, tools);
    case 'processing':
      return look(item, file, tools);
    case 'taken':
    case 'ready':
      return describe(item, file, tools);
  }
}

function categoryOf(media: Media): Category {
  if (media.contentType.startsWith('image/') || media.image !== null) return isAnimatedGif(media) ? 'tweet_gif' : 'tweet_image';
  return 'tweet_video';
}

/** X takes some types and refuses all others: a video is MP4 or MOV here, or a rule would have refused it. */
function typeOf({ contentType, image, facts }: Media): string {
  if (image !== null) return `image/${image.format}`;
  if (contentType.startsWith('image/')) return contentType;
  return (facts?.container ?? contentType) === 'mov' || contentType === 'video/quicktime' ? 'video/quicktime' : 'video/mp4';
}

async function sendImage(item: Item, tools: TransferTools): Promise<Progress> {
  const { media } = item;
  const sent = await uploadImage(tools, typeOf(media), await readExactly(tools, media, 0, media.size));
  if (sent.kind === 'trouble') return failed(sent);
  const { id, mediaKey, expiresAfter } = sent.value;
  return { kind: 'file', file: { id, mediaKey, sent: media.size, state: taken(item), expiresAt: endOf(expiresAfter, tools) } };
}

/** The state of a file that X has taken. */
function taken({ altText }: Item): SentFile['state'] {
  return altText === undefined ? 'ready' : 'taken';
}

async function describe({ altText }: Item, file: SentFile, tools: TransferTools): Promise<Progress> {
  const described = altText === undefined ? null : await describeMedia(tools, file.id, altText);
  return described?.kind === 'trouble' ? failed(described) : { kind: 'file', file: { ...file, state: 'ready' } };
}

async function open(media: Media, category: Category, tools: TransferTools): Promise<Progress> {
  const opened = await initializeMedia(tools, { mediaType: typeOf(media), category, total: media.size });
  if (opened.kind === 'trouble') return failed(opened);
  return { kind: 'file', file: { ...opened.value, sent: 0, state: 'sending', expiresAt: null } };
}

/** Bytes of each segment but the last. */
export function segmentSize(total: number): number {
  return Math.max(SEGMENT, Math.ceil(total / SEGMENTS_MAX));
}

async function sendBatch(media: Media, file: SentFile, tools: TransferTools): Promise<Progress> {
  const size = segmentSize(media.size);
  const batch = tools.streamRange(media, file.sent, Math.min(BATCH * size, media.size - file.sent));
  let index = file.sent / size;
  for await (const segment of inSegments(batch, size)) {
    const sent = await appendSegment(tools, file.id, index, segment);
    if (sent.kind === 'trouble') return failed(sent);
    index += 1;
  }
  return { kind: 'file', file: { ...file, sent: file.sent + batch.length } };
}

async function finalize(item: Item, file: SentFile, tools: TransferTools): Promise<Progress> {
  const finalized = await finalizeMedia(tools, file.id);
  if (finalized.kind === 'value') return settled(item, file, finalized.value, tools);
  if (finalized.refusal?.definite !== true || finalized.trouble.class === 'auth_expired' || finalized.trouble.class === 'rate_limited') return failed(finalized);
  // It is not known what X says to a file that is finalized already, as it is when the answer was lost: its state tells. Without
  // processing, that state could be of a file that was never finalized: it is sent anew.
  const read = await readMedia(tools, file.id);
  if (read.kind === 'value' && read.value.processing !== null) return settled(item, file, read.value, tools);
  if (read.kind === 'trouble' && read.refusal?.definite !== true) return failed(read);
  return { kind: 'gone', trouble: finalized.trouble };
}

async function look(item: Item, file: SentFile, tools: TransferTools): Promise<Progress> {
  const read = await readMedia(tools, file.id);
  if (read.kind === 'trouble') return failed(read);
  const progress = settled(item, file, read.value, tools);
  // Nothing is new: nothing is stored.
  return progress.kind === 'file' && progress.pause !== undefined ? { kind: 'wait', seconds: progress.pause } : progress;
}

/** A file whose upload is finalized, as X tells its state. */
function settled(item: Item, file: SentFile, { processing, expiresAfter }: MediaState, tools: TransferTools): Progress {
  const expiresAt = endOf(expiresAfter, tools) ?? file.expiresAt;
  switch (processing?.state) {
    case undefined:
    case 'succeeded':
      return { kind: 'file', file: { ...file, state: taken(item), expiresAt } };
    case 'pending':
    case 'in_progress':
      return { kind: 'file', file: { ...file, state: 'processing', expiresAt }, pause: pauseOf(processing.checkAfter) };
    case 'failed': {
      const { trouble, again } = failureOf(processing.failure);
      return { kind: again ? 'gone' : 'trouble', trouble };
    }
  }
}

function pauseOf(checkAfter: number | null): number {
  return Math.min(POLL_MAX, Math.max(POLL_MIN, checkAfter ?? POLL));
}

function failed({ trouble, refusal }: Failed): Progress {
  return { kind: refusal?.gone === true ? 'gone' : 'trouble', trouble };
}

function endOf(seconds: number | null, tools: Pick<TransferTools, 'now'>): string | null {
  return seconds === null ? null : timestampAfter(tools.now(), seconds);
}

function sentBytes({ files }: Checkpoint): number {
  return files.reduce((sum, { sent }) => sum + sent, 0);
}
