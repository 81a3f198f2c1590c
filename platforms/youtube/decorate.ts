import type { DecorateTools, Decoration, Trouble, Work } from '../../core/ports/index.ts';
import { attachmentOf, readWhole } from '../attachments.ts';
import { readVideoStatus, type VideoStatus } from './client.ts';
import { checkpointOf, type Progress } from './checkpoint.ts';
import { afterwards } from './errors.ts';
import { insertTrack, listTracks, setThumbnail } from './extras.ts';
import { optionsOf, privacyOf } from './rules.ts';

/** What a video gets once it is there. Whatever cannot be done is a warning. */

const NOTHING: Progress = { done: [], warnings: [], tries: 0 };

/** Seconds before what did not work, and may work later, is tried again; then it is given up. */
const PAUSES = [30, 120] as const;

/**
 * Thumbnail, captions, and a look at how the video was published. What is done is noted one thing at a time. If the worker dies
 * before a call, it is made by the next step; during or after it, it is made again: a thumbnail takes the place of the same one,
 * and captions are looked for before they are sent.
 */
export async function decorate(work: Work, { externalId }: { readonly externalId: string | null }, tools: DecorateTools): Promise<Decoration> {
  if (externalId === null) return { warnings: [], externalUrl: null };
  const checkpoint = checkpointOf(work);
  let progress = checkpoint?.decoration ?? NOTHING;
  const keep = async (next: Progress): Promise<void> => {
    progress = next;
    // A checkpoint of another release was thrown away: then all is done in one go, or again.
    if (checkpoint !== null) await tools.saveCheckpoint({ ...checkpoint, decoration: next });
  };
  for (const { name, what, run } of extrasOf(work, externalId, tools)) {
    if (progress.done.includes(name)) continue;
    if (!tools.hasTime()) return { warnings: [], externalUrl: null, again: 0 };
    const trouble = await run();
    const pause = trouble !== null && isPassing(trouble) ? PAUSES[progress.tries] : undefined;
    if (pause !== undefined) {
      await keep({ ...progress, tries: progress.tries + 1 });
      return { warnings: [], externalUrl: null, again: pause };
    }
    const warnings = trouble === null ? progress.warnings : [...progress.warnings, `The video is on YouTube without ${what}: ${reasonOf(trouble)}`];
    await keep({ done: [...progress.done, name], warnings, tries: 0 });
  }
  return { warnings: [...progress.warnings, ...(await lookAtVideo(work, externalId, tools))], externalUrl: null };
}

interface Extra {
  readonly name: string;
  /** In a sentence: `its thumbnail`. */
  readonly what: string;
  /** Why it could not be done; null: it is. */
  readonly run: () => Promise<Trouble | null>;
}

function extrasOf(work: Work, videoId: string, tools: DecorateTools): readonly Extra[] {
  const { thumbnail, captions = [] } = optionsOf(work);
  const image = thumbnail === undefined ? [] : [{ name: 'thumbnail', what: 'its thumbnail', run: () => addThumbnail(work, videoId, thumbnail, tools) }];
  const tracks = captions.map(({ language, name = '', file }) => ({
    name: `captions ${language} ${name}`,
    what: `captions in ${name === '' ? language : `${language} (${name})`}`,
    run: () => addTrack(work, videoId, { language, name, file }, tools),
  }));
  return [...image, ...tracks];
}

async function addThumbnail(work: Work, videoId: string, mediaId: string, tools: DecorateTools): Promise<Trouble | null> {
  const image = attachmentOf(work, mediaId);
  const reply = await setThumbnail(tools, videoId, { bytes: await readWhole(tools, image), contentType: image.contentType });
  return reply.kind === 'trouble' ? reply.trouble : null;
}

async function addTrack(work: Work, videoId: string, { file, ...track }: { language: string; name: string; file: string }, tools: DecorateTools): Promise<Trouble | null> {
  const there = await listTracks(tools, videoId);
  if (there.kind === 'trouble') return there.trouble;
  if (there.value.some(({ language, name }) => language.toLowerCase() === track.language.toLowerCase() && name === track.name)) return null;
  const reply = await insertTrack(tools, videoId, { ...track, bytes: await readWhole(tools, attachmentOf(work, file)) });
  // Somebody was quicker: another worker, or the channel's owner.
  return reply.kind === 'trouble' && reply.trouble.platformCode !== 'captionExists' ? reply.trouble : null;
}

/** Whether it may work in some minutes. */
function isPassing(trouble: Trouble): boolean {
  return ['retryable', 'rate_limited', 'auth_expired'].includes(trouble.class);
}

/** What is missing can be added by hand. */
function reasonOf(trouble: Trouble): string {
  const { class: kind, platformCode, platformMessage, message } = trouble;
  const said = platformMessage === null || platformMessage === '' ? '' : ` (YouTube says: ${platformMessage.slice(0, 120)})`;
  if (isPassing(trouble)) return `YouTube had a problem of its own${said}. Add it in YouTube Studio.`;
  if (kind === 'quota') return `this installation has used up its quota for today${said}. Add it in YouTube Studio.`;
  if (platformCode === 'forbidden' || platformCode === 'failedPrecondition') {
    return `the channel may not have it${said}. For thumbnails of its own it has to be verified by phone; then add it in YouTube Studio.`;
  }
  if (kind === 'auth_revoked') return message;
  return `it was refused${said}. Correct it, and add it in YouTube Studio.`;
}

async function lookAtVideo(work: Work, videoId: string, tools: DecorateTools): Promise<readonly string[]> {
  const read = await readVideoStatus(tools, videoId);
  if (read.kind === 'trouble') return [`The video is on YouTube; how it was published could not be read: ${read.trouble.message}`];
  if (read.value === null) return ['YouTube took the video and does not show it to its channel: look at it in YouTube Studio.'];
  return warningsOf(read.value, privacyOf(optionsOf(work)));
}

function warningsOf(status: VideoStatus, asked: string): readonly string[] {
  const warnings: string[] = [];
  if (status.privacyStatus === 'private' && asked !== 'private') {
    warnings.push(
      `YouTube keeps the video private though ${asked} was asked for: it does so with all uploads of an API project that has not passed ` +
        "its compliance audit. The operator applies for the audit; until then the channel's owner can change it in YouTube Studio.",
    );
  }
  if (status.uploadStatus === 'failed') warnings.push(`YouTube could not process the video, because ${afterwards(status.failureReason)}.`);
  if (status.uploadStatus === 'rejected') warnings.push(`YouTube has taken the video down, because ${afterwards(status.rejectionReason)}.`);
  return warnings;
}
