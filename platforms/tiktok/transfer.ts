import type { TransferOutcome, TransferTools, Trouble, Work } from '../../core/ports/index.ts';
import { troubleOf, type ErrorLine } from '../answers.ts';
import { containerOf } from '../rules.ts';
import { captionOf } from '../text.ts';
import { hoursFrom } from '../until.ts';
import { videoOf } from '../work.ts';
import { limitsOfCreator } from './account-limits.ts';
import { chunkLength, chunksOf } from './chunks.ts';
import { openUpload, queryCreator, readStatus, sendChunk, type Creator } from './client.ts';
import { checkpointOf, progressOf, type Checkpoint } from './progress.ts';
import { optionsOf } from './rules.ts';

/**
 * A video goes to an upload address in chunks, of which the last one is the visible call. Photos are fetched by TikTok: of them
 * only the creator is asked here. Bytes are pushed where they can be: with a pull, the call that names the addresses is the
 * visible one, and if its answer is lost, nobody knows what became of it.
 */

/** Hours for which an upload's address is used. It serves for one; the rest is for the clocks and the last chunk. */
const ADDRESS_HOURS = 0.75;

export async function transfer(work: Work, tools: TransferTools): Promise<TransferOutcome> {
  const checkpoint = checkpointOf(work);
  if (checkpoint === null || checkpoint.publishId === null) return begin(work, checkpoint?.failures ?? 0, tools);
  const read = await readStatus(tools, checkpoint.publishId);
  if (read.kind === 'trouble') return read.refusal?.missing === true ? begin(work, checkpoint.failures, tools) : read;
  const { upload } = checkpoint;
  const progress = progressOf(read.value, upload?.total ?? null);
  switch (progress.kind) {
    case 'published':
    case 'processing':
      // Taken after all, though it was held for absent, or a person asked for it again: a second publication would make a second
      // post. The visible call asks for this one.
      return { kind: 'ready', checkpoint: upload === null ? checkpoint : { ...checkpoint, upload: { ...upload, stored: upload.total } } };
    case 'failed':
      return begin(work, checkpoint.failures + 1, tools);
    case 'uploading': {
      const old = upload === null || tools.now() >= hoursFrom(new Date(upload.openedAt), ADDRESS_HOURS);
      const stored = progress.stored ?? upload?.stored ?? 0;
      // Without its last bytes it makes no post: what TikTok has of it is sent again.
      if (old || chunkLength(upload.total, stored) === null) return begin(work, checkpoint.failures, tools);
      return sendChunks(work, { ...checkpoint, upload: { ...upload, stored } }, tools);
    }
  }
}

/** Asks what the creator allows, and opens the upload of a video. */
async function begin(work: Work, failures: number, tools: TransferTools): Promise<TransferOutcome> {
  const asked = await queryCreator(tools);
  if (asked.kind === 'trouble') return asked;
  const creator = asked.value;
  await tools.keepLimits(limitsOfCreator(creator));
  const trouble = refusedBy(creator, work);
  if (trouble !== null) return { kind: 'trouble', trouble };
  const checkpoint: Checkpoint = {
    username: creator.creator_username,
    commentDisabled: creator.comment_disabled,
    publishId: null,
    upload: null,
    failures,
  };
  if (work.upload.kind === 'photos') return { kind: 'ready', checkpoint };

  const total = videoOf(work).size;
  const { size, count } = chunksOf(total);
  const opened = await openUpload(tools, videoInfo(work, creator), { size: total, chunkSize: size, count });
  if (opened.kind === 'trouble') return opened;
  const { publish_id: publishId, upload_url: url } = opened.value;
  const upload = { url, total, stored: 0, openedAt: tools.now().toISOString() };
  const begun = { ...checkpoint, publishId, upload };
  await tools.saveCheckpoint(begun, 0);
  return sendChunks(work, begun, tools);
}

/** Sends what is missing, but for the last chunk. */
async function sendChunks(work: Work, from: Checkpoint, tools: TransferTools): Promise<TransferOutcome> {
  let checkpoint = from;
  for (;;) {
    const { upload } = checkpoint;
    if (upload === null) throw new Error('There is no upload to go on with.');
    const { url, total, stored } = upload;
    const length = chunkLength(total, stored);
    if (length === null || stored + length === total) return { kind: 'ready', checkpoint, bytesSent: stored };
    if (!tools.hasTime()) return { kind: 'again', afterSeconds: 0 };
    const content = tools.streamRange(videoOf(work), stored, length);
    const sent = await sendChunk(tools, url, { start: stored, total, content, contentType: typeOf(work) });
    // Whatever went wrong: the next try begins by asking how much is there.
    if (sent.kind === 'trouble') return sent;
    if (sent.value !== 'stored') {
      if (sent.value === 'lost') await tools.saveCheckpoint({ ...checkpoint, publishId: null, upload: null }, 0);
      return { kind: 'trouble', trouble: STUCK };
    }
    checkpoint = { ...checkpoint, upload: { ...upload, stored: stored + length } };
    await tools.saveCheckpoint(checkpoint, stored + length);
  }
}

/** What the creator does not allow; null: nothing of it. */
function refusedBy(creator: Creator, work: Work): Trouble | null {
  const { privacyLevel = '' } = optionsOf(work);
  if (!creator.privacy_level_options.includes(privacyLevel)) {
    const message = `TikTok offers this creator ${creator.privacy_level_options.join(', ')}, and not ${privacyLevel}: choose another privacyLevel, then send the upload anew.`;
    return ofCreator({ class: 'invalid_metadata', code: 'metadata_rejected', message });
  }
  const longest = creator.max_video_post_duration_sec ?? Infinity;
  const duration = work.upload.kind === 'video' ? (videoOf(work).facts?.duration ?? 0) : 0;
  if (duration > longest) {
    const message = `The video lasts ${duration} s, and TikTok lets this creator post at most ${longest} s: cut it.`;
    return ofCreator({ class: 'invalid_media', code: 'media_rejected', message });
  }
  return null;
}

function ofCreator(line: ErrorLine): Trouble {
  return troubleOf(line, { code: 'creator_info', text: null }, null);
}

function videoInfo(work: Work, creator: Creator): object {
  const { privacyLevel, disableComment = false, disableDuet = false, disableStitch = false, isAigc = false, ...brand } = optionsOf(work);
  return {
    title: captionOf(work.upload),
    privacy_level: privacyLevel,
    disable_comment: disableComment || creator.comment_disabled,
    disable_duet: disableDuet || creator.duet_disabled,
    disable_stitch: disableStitch || creator.stitch_disabled,
    brand_content_toggle: brand.brandContentToggle ?? false,
    brand_organic_toggle: brand.brandOrganicToggle ?? false,
    is_aigc: isAigc,
  };
}

const TYPES: Readonly<Record<string, string>> = { mov: 'video/quicktime', webm: 'video/webm' };

/** The media type under which chunks are sent: TikTok knows three. */
export function typeOf(work: Work): string {
  const media = videoOf(work);
  const container = containerOf({ facts: media.facts, files: [media] });
  return TYPES[container ?? ''] ?? 'video/mp4';
}

const STUCK = troubleOf(
  { class: 'retryable', code: 'platform_unavailable', message: 'TikTok did not take a piece of the video as it should. It is tried again.' },
  { code: null, text: null },
  null,
);
