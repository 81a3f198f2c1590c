import type { Media } from '../../core/model.ts';
import type { TransferOutcome, TransferTools, Trouble, Work } from '../../core/ports/index.ts';
import { troubleOf, value, type ErrorLine } from '../answers.ts';
import { scrub } from '../scrub.ts';
import { attachmentOf, readWhole } from '../attachments.ts';
import { bytesSent, checkpointOf, packed, partsLeft, type Asset, type Checkpoint } from './checkpoint.ts';
import { finalizeVideo, openImage, openVideo, putPart, putThumbnail, readVideo, type Failed, type LinkedInReply } from './client.ts';
import { FILE, PERMISSION } from './errors.ts';
import { optionsOf } from './rules.ts';

/**
 * From files to assets that a post can name: begun, sent in the parts that LinkedIn asks for, put together and processed.
 * Nobody sees them, so whatever is in doubt is done again or begun anew.
 */

/** Seconds before the first look at a video and between the next ones; later, of a long one, less often. */
const FIRST_POLL = 5;
const POLL = 10;
const LATE_POLL = 60;
const LATE = 30;

/** A video that still waits for its parts after so many looks has never heard that they are all there. */
const UNHEARD = 12;

/** Seconds in which photos are made ready: a member's cannot be asked about, and clients report 10 to 20. */
const REST = 20;

/** Seconds before its end from which an address is not used any more: as long as a part may take. */
const EXPIRY_MARGIN = 60;

/** Assets of one upload that may be lost before it is given up. */
const LOST_MAX = 3;

/** Times that LinkedIn may forbid without a reason before it is believed. */
export const FORBIDDEN_MAX = 2;

const LOST: ErrorLine = { class: 'retryable', code: 'platform_unavailable', message: 'LinkedIn has dropped what was sent of the file. It is sent anew.' };
const UNNAMED: ErrorLine = { class: 'retryable', code: 'platform_unavailable', message: 'LinkedIn did not say under which name it keeps a part of the file. It is sent again.' };
const GIVEN_UP: ErrorLine = {
  class: 'permanent',
  code: 'platform_unavailable',
  message: 'LinkedIn has dropped the file several times while it was sent. Retry later.',
};

export async function transfer(work: Work, tools: TransferTools): Promise<TransferOutcome> {
  const checkpoint = checkpointOf(work);
  switch (checkpoint.stage) {
    case 'sending':
      return sendFiles(work, checkpoint, tools);
    case 'finalizing':
    case 'processing':
      return lookAtVideo(work, checkpoint, tools);
    case 'resting':
      return ready(work, checkpoint);
  }
}

async function sendFiles(work: Work, begun: Checkpoint, tools: TransferTools): Promise<TransferOutcome> {
  let checkpoint = begun;
  const save = async (next: Checkpoint): Promise<void> => {
    checkpoint = next;
    await tools.saveCheckpoint(next, bytesSent(work, next));
  };
  for (const [index, media] of work.upload.media.entries()) {
    let asset = checkpoint.assets[index];
    if (asset !== undefined && isOver(asset, tools.now())) return lose(work, checkpoint, tools);
    if (asset === undefined) {
      const opened = await open(work, media, tools);
      if (opened.kind === 'trouble') return settle(work, checkpoint, opened, tools);
      asset = opened.value;
      await save({ ...checkpoint, assets: [...checkpoint.assets.slice(0, index), asset] });
    }
    while (partsLeft(asset).length > 0) {
      if (!tools.hasTime()) return { kind: 'again', afterSeconds: 0 };
      const sent = await sendPart(work, media, asset, tools);
      if (sent.kind === 'trouble') return isUseless(sent) ? lose(work, checkpoint, tools, sent.trouble) : settle(work, checkpoint, sent, tools);
      asset = sent.value;
      await save({ ...checkpoint, assets: [...checkpoint.assets.slice(0, index), asset] });
    }
    if (asset.thumbnail !== null && typeof asset.thumbnail === 'object') {
      if (!tools.hasTime()) return { kind: 'again', afterSeconds: 0 };
      const sent = await sendThumbnail(work, asset.thumbnail.url, tools);
      if (sent.kind === 'trouble') return isUseless(sent) ? lose(work, checkpoint, tools, sent.trouble) : settle(work, checkpoint, sent, tools);
      await save({ ...checkpoint, assets: [...checkpoint.assets.slice(0, index), { ...asset, thumbnail: 'sent' }] });
    }
  }
  switch (work.upload.kind) {
    case 'video':
      return finalize(work, checkpoint, tools);
    case 'photos':
      await save({ ...checkpoint, stage: 'resting' });
      return { kind: 'again', afterSeconds: REST };
    case 'text':
      return ready(work, checkpoint);
  }
}

function open(work: Work, { size }: Media, tools: TransferTools) {
  const file = { owner: work.account.externalId, size };
  return work.upload.kind === 'video' ? openVideo(tools, { ...file, thumbnail: optionsOf(work).thumbnail !== undefined }) : openImage(tools, file);
}

/** Sends the next part of an asset; what is left of it then. */
async function sendPart({ upload }: Work, media: Media, asset: Asset, tools: TransferTools): Promise<LinkedInReply<Asset>> {
  const [part, ...left] = partsLeft(asset);
  if (part === undefined) return value(asset);
  const sent = await putPart(tools, part.url, tools.streamRange(media, part.first, part.last - part.first + 1));
  if (sent.kind === 'trouble') return sent;
  // A part without a name cannot be put together with the others.
  if (upload.kind === 'video' && sent.value === '') return { kind: 'trouble', trouble: troubleOf(UNNAMED, { code: null, text: null }, null), refusal: null };
  return value({ ...asset, left: packed(left), etags: [...asset.etags, sent.value] });
}

async function sendThumbnail(work: Work, url: string, tools: TransferTools) {
  const { thumbnail = '' } = optionsOf(work);
  return putThumbnail(tools, url, await readWhole(tools, attachmentOf(work, thumbnail)));
}

/** An address that may end while a part is sent to it is not used. */
function isOver(asset: Asset, now: Date): boolean {
  const { expiresAt, thumbnail } = asset;
  const isOpen = partsLeft(asset).length > 0 || (typeof thumbnail === 'object' && thumbnail !== null);
  return isOpen && expiresAt !== null && expiresAt <= now.getTime() + EXPIRY_MARGIN * 1000;
}

/** Asks LinkedIn to put a video together. That it was asked is noted first: it may hear it, and we no answer. */
async function finalize(work: Work, checkpoint: Checkpoint, tools: TransferTools): Promise<TransferOutcome> {
  const asked: Checkpoint = { ...checkpoint, stage: 'finalizing' };
  await tools.saveCheckpoint(asked);
  const finalized = await finalizeVideo(tools, videoAsset(asked));
  if (finalized.kind === 'trouble') return isUseless(finalized) ? lose(work, asked, tools, finalized.trouble) : settle(work, asked, finalized, tools);
  await tools.saveCheckpoint({ ...asked, stage: 'processing' });
  return { kind: 'again', afterSeconds: FIRST_POLL };
}

async function lookAtVideo(work: Work, checkpoint: Checkpoint, tools: TransferTools): Promise<TransferOutcome> {
  const read = await readVideo(tools, videoAsset(checkpoint).urn);
  if (read.kind === 'trouble') return read.refusal?.status === 404 ? lose(work, checkpoint, tools) : settle(work, checkpoint, read, tools);
  const { status, processingFailureReason } = read.value;
  switch (status) {
    case 'AVAILABLE':
      return ready(work, checkpoint);
    case 'WAITING_UPLOAD':
      if (checkpoint.stage === 'finalizing') return finalize(work, checkpoint, tools);
      if (checkpoint.polls >= UNHEARD) return lose(work, checkpoint, tools);
      break;
    case 'PROCESSING':
      break;
    case 'PROCESSING_FAILED':
      // Should a person retry it later, it begins with a clean slate.
      await tools.saveCheckpoint(null, 0);
      return { kind: 'trouble', trouble: troubleOf(FILE, { code: status, text: scrub(processingFailureReason ?? '', []) }, null) };
  }
  const polls = checkpoint.polls + 1;
  await tools.saveCheckpoint({ ...checkpoint, stage: 'processing', polls });
  return { kind: 'again', afterSeconds: polls < LATE ? POLL : LATE_POLL };
}

function ready(work: Work, checkpoint: Checkpoint): TransferOutcome {
  return { kind: 'ready', checkpoint, ...(checkpoint.assets.length > 0 && { bytesSent: bytesSent(work, checkpoint) }) };
}

/** The asset in work is of no use any more: another one is made, if that was not tried too often. */
async function lose(work: Work, checkpoint: Checkpoint, tools: TransferTools, why?: Trouble): Promise<TransferOutcome> {
  const lost = checkpoint.lost + 1;
  const without: Checkpoint = { ...checkpoint, assets: checkpoint.assets.slice(0, -1), stage: 'sending', polls: 0, lost };
  const over = lost > LOST_MAX;
  await tools.saveCheckpoint(over ? null : without, over ? 0 : bytesSent(work, without));
  const words = { code: why?.platformCode ?? null, text: why?.platformMessage ?? null };
  return { kind: 'trouble', trouble: troubleOf(over ? GIVEN_UP : LOST, words, null) };
}

/** A trouble as the outcome of a step. One that LinkedIn gives no reason for is believed when it has come often enough. */
async function settle(work: Work, checkpoint: Checkpoint, { trouble, refusal }: Failed, tools: TransferTools): Promise<TransferOutcome> {
  if (refusal?.means !== 'forbidden') return { kind: 'trouble', trouble };
  const believed = checkpoint.forbidden >= FORBIDDEN_MAX;
  await tools.saveCheckpoint({ ...checkpoint, forbidden: believed ? 0 : checkpoint.forbidden + 1 }, bytesSent(work, checkpoint));
  return { kind: 'trouble', trouble: believed ? { ...trouble, ...PERMISSION, until: null } : trouble };
}

/**
 * Whether an asset gets nowhere: its addresses have ended (412), its image has come already and the answer was lost, its parts
 * do not fit together. Which words tell so is not documented, so it is whatever is neither about the account nor about the file.
 */
function isUseless({ trouble }: Failed): boolean {
  return trouble.class === 'permanent' || trouble.class === 'invalid_metadata';
}

function videoAsset({ assets: [asset] }: Checkpoint): Asset {
  if (asset === undefined) throw new Error('There is no video to finish.');
  return asset;
}
