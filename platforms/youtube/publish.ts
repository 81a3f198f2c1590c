import * as z from 'zod';
import type {
  ConfirmOutcome,
  NetworkTools,
  PublishOutcome,
  PublishTools,
  TransferOutcome,
  TransferTools,
  Work,
} from '../../core/ports/index.ts';
import { troubleOf } from '../answers.ts';
import { asBearer } from '../oauth.ts';
import { carried } from '../sequels.ts';
import { sameText } from '../text.ts';
import { hoursFrom } from '../until.ts';
import { readExactly, videoOf } from '../work.ts';
import {
  askSession,
  listRecent,
  openSession,
  readMayUploadLong,
  readUploadsPlaylist,
  RECENT,
  sendSlice,
  sessionState,
  sliceRequest,
} from './client.ts';
import { limitsOfChannel, UNVERIFIED_DURATION_MAX } from './account-limits.ts';
import { checkpointOf, type Checkpoint } from './checkpoint.ts';
import { refusalOf } from './errors.ts';
import { typeOf, videoResource } from './resource.ts';
import { optionsOf } from './rules.ts';

/**
 * A video exists from the moment its last byte is there. So `transfer` sends all but the last slice into an upload session, and
 * the last slice is the visible call. The session's address is the key: whatever is sent to one session makes one video at most.
 */

const KiB = 1024;
const MiB = 1024 * KiB;

/** Bytes of which every slice but the last is a multiple. */
const SLICE_UNIT = 256 * KiB;
/** Of which some may have to be sent again: the session keeps what it got. */
const SLICE = 32 * MiB;

const NOT_VERIFIED = troubleOf(
  {
    class: 'invalid_media',
    code: 'media_rejected',
    message: 'YouTube takes videos of more than 15 minutes only from channels that were verified by phone: verify the channel at youtube.com/verify, or cut the video.',
  },
  { code: 'longUploadsStatus', text: null },
  null,
);

/** What the last slice is sent with. `start` = `total`: all is there already, and the session is asked for its video. */
const bodySchema = z.object({ uri: z.string(), total: z.int(), start: z.int(), contentType: z.string(), title: z.string() });

export async function transfer(work: Work, tools: TransferTools): Promise<TransferOutcome> {
  let checkpoint = checkpointOf(work);
  let stored = 0;
  if (checkpoint !== null) {
    const asked = await askSession(tools, checkpoint);
    if (asked.kind === 'trouble') return asked;
    // A session without its last byte makes no video: what it held is sent again.
    if (asked.value.kind === 'gone') checkpoint = null;
    else stored = asked.value.kind === 'done' ? checkpoint.total : (asked.value.stored ?? 0);
  }
  if (checkpoint === null) {
    stored = 0;
    const tooLong = await lengthTrouble(work, tools);
    if (tooLong !== null) return tooLong;
    const total = videoOf(work).size;
    const { metadata, notifySubscribers } = videoResource(work);
    const opened = await openSession(tools, { metadata, notifySubscribers, total, contentType: typeOf(work) });
    if (opened.kind === 'trouble') return opened;
    checkpoint = { uri: opened.value, total, stored };
    await tools.saveCheckpoint(checkpoint, stored);
  }
  return sendSlices(work, checkpoint, stored, tools);
}

/** Of a video that only verified channels may upload: YouTube would say so after it has processed all of it. */
async function lengthTrouble(work: Work, tools: TransferTools): Promise<Extract<TransferOutcome, { kind: 'trouble' }> | null> {
  if ((videoOf(work).facts?.duration ?? 0) <= UNVERIFIED_DURATION_MAX) return null;
  const read = await readMayUploadLong(tools);
  if (read.kind === 'trouble') return read;
  await tools.keepLimits(limitsOfChannel(read.value));
  return read.value ? null : { kind: 'trouble', trouble: NOT_VERIFIED };
}

/** Sends what is missing, but for the last slice. */
async function sendSlices(work: Work, checkpoint: Checkpoint, from: number, tools: TransferTools): Promise<TransferOutcome> {
  const { total } = checkpoint;
  let stored = from;
  for (;;) {
    const length = Math.min(SLICE, beforeLastSlice(stored, total));
    if (length === 0) return { kind: 'ready', checkpoint: { ...checkpoint, stored }, bytesSent: stored };
    if (!tools.hasTime()) return { kind: 'again', afterSeconds: 0 };
    const content = tools.streamRange(videoOf(work), stored, length);
    const sent = await sendSlice(tools, checkpoint, { start: stored, content, contentType: typeOf(work) });
    // Whatever went wrong: the next try begins by asking the session.
    if (sent.kind === 'trouble') return sent;
    if (sent.value.kind !== 'open' || (sent.value.stored ?? 0) <= stored) return { kind: 'trouble', trouble: STUCK };
    stored = sent.value.stored ?? 0;
    await tools.saveCheckpoint({ ...checkpoint, stored }, stored);
  }
}

/** Bytes that are to be sent before the last slice, which has 1 byte to 256 KiB: small, since it is sent with the clock running. */
export function beforeLastSlice(stored: number, total: number): number {
  return Math.max(0, Math.floor((total - stored - 1) / SLICE_UNIT)) * SLICE_UNIT;
}

export function compose(work: Work): z.input<typeof bodySchema> {
  const checkpoint = checkpointOf(work);
  if (checkpoint === null) throw new Error('There is no upload session to finish.');
  const { uri, total, stored } = checkpoint;
  return { uri, total, start: stored, contentType: typeOf(work), title: work.upload.title, ...carried({ comment: optionsOf(work).firstComment }) };
}

export async function publish(work: Work, body: unknown, tools: PublishTools): Promise<PublishOutcome> {
  const { start, contentType, ...session } = bodySchema.parse(body);
  const token = await tools.accessToken();
  const slice = start < session.total ? { start, contentType, content: await readExactly(tools, videoOf(work), start, session.total - start) } : null;
  const request = sliceRequest(session, slice);
  const result = await tools.sendOnce(asBearer(request, token));
  if (result.kind !== 'answered') return { kind: result.kind, evidence: result.reason };

  const state = sessionState(result.answer, session);
  switch (state?.kind) {
    case 'done':
      return { kind: 'published', externalId: state.videoId, externalUrl: addressOf(state.videoId) };
    case 'open': {
      // Without a Range, or with all of it, the answer leaves open whether the bytes are there: such answers were seen for
      // videos that existed afterwards.
      if (state.stored === null || state.stored >= session.total) return { kind: 'ambiguous', evidence: 'answered 308 to the last slice' };
      const evidence = `the session holds ${state.stored} of ${session.total} bytes`;
      return { kind: 'refused', evidence, trouble: STUCK, unfinished: true };
    }
    case 'gone':
      // It says nothing about what became of the session: the channel is looked at.
      return { kind: 'ambiguous', evidence: `the session answered ${result.answer.status}` };
    case undefined: {
      const { trouble, definite } = refusalOf(result.answer, { now: tools.now(), secrets: [token] });
      const evidence = `${result.answer.status} ${trouble.platformCode}`;
      return definite ? { kind: 'refused', evidence, trouble } : { kind: 'ambiguous', evidence };
    }
  }
}

export async function confirm(body: unknown, { armedAt }: { armedAt: string }, tools: NetworkTools): Promise<ConfirmOutcome> {
  const sent = bodySchema.parse(body);
  const asked = await askSession(tools, sent);
  if (asked.kind === 'trouble') return undecided(asked.trouble);
  const state = asked.value;
  switch (state.kind) {
    case 'done':
      return found(state.videoId);
    case 'open': {
      const stored = state.stored ?? 0;
      if (stored >= sent.total) return { kind: 'undecided', evidence: 'the session holds all bytes and names no video', trouble: null };
      // It may have kept a part of the last slice: `transfer` asks it where to go on.
      return { kind: 'absent', evidence: `the session holds ${stored} of ${sent.total} bytes`, artefactLost: false, unfinished: true };
    }
    case 'gone':
      return lookAtChannel(sent.title, new Date(armedAt), tools);
  }
}

/** Hours by which the clocks of a worker and of YouTube may differ. */
const CLOCK_SLACK = 0.25;

/** The session is gone, as it is some days after its end or its success: is the video among the newest of the channel? */
async function lookAtChannel(title: string, armedAt: Date, tools: NetworkTools): Promise<ConfirmOutcome> {
  const playlist = await readUploadsPlaylist(tools);
  if (playlist.kind === 'trouble') return undecided(playlist.trouble);
  const recent = await listRecent(tools, playlist.value);
  if (recent.kind === 'trouble') return undecided(recent.trouble);
  const since = hoursFrom(armedAt, -CLOCK_SLACK);
  const later = recent.value.filter((video) => video.publishedAt >= since);
  const [match, ...more] = later.filter((video) => sameText(video.title, title));
  if (match !== undefined && more.length === 0) return found(match.videoId);
  if (match !== undefined) return { kind: 'undecided', evidence: 'several new videos have this title', trouble: null };
  if (later.length === RECENT) return { kind: 'undecided', evidence: 'the channel has more new videos than one look shows', trouble: null };
  return { kind: 'absent', evidence: 'the session is gone and the channel has no such video', artefactLost: true };
}

export function addressOf(videoId: string): string {
  return `https://www.youtube.com/watch?v=${videoId}`;
}

function found(videoId: string): ConfirmOutcome {
  return { kind: 'found', externalId: videoId, externalUrl: addressOf(videoId) };
}

function undecided(trouble: NonNullable<Extract<ConfirmOutcome, { kind: 'undecided' }>['trouble']>): ConfirmOutcome {
  return { kind: 'undecided', evidence: trouble.message, trouble };
}

const STUCK = troubleOf(
  { class: 'retryable', code: 'platform_unavailable', message: 'YouTube did not take all of what was sent. It is tried again from where it stopped.' },
  { code: null, text: null },
  null,
);
