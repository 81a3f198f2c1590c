import type { TransferOutcome, TransferTools, Work } from '../../core/ports/index.ts';
import { troubleOf } from '../answers.ts';
import { streamOf, videoOf } from '../work.ts';
import type { Checkpoint } from './checkpoint.ts';
import { serviceToken, type XrpcReply } from './client.ts';
import { jobTrouble, noVideosNow } from './errors.ts';
import { finishUpload, isWithoutParts, readJob, readUploadLimits, readUploadStatus, startUpload, uploadPart, uploadVideo, type OpenUpload } from './video.ts';

/**
 * The way of a video to the account's server, by the video service: limits, upload in parts, processing. Each call of
 * `transferVideo` does one of them, so that a step that begins anew goes on there.
 */
export async function transferVideo(work: Work, checkpoint: Checkpoint, tools: TransferTools): Promise<TransferOutcome> {
  if (checkpoint.job !== null) return poll(checkpoint, checkpoint.job, tools);
  if (checkpoint.upload !== null) return goOn(work, checkpoint, checkpoint.upload, tools);
  return open(work, checkpoint, tools);
}

/** For the video service, which stores the processed file at the account's server with it. */
function uploadToken(pds: string, tools: TransferTools): Promise<XrpcReply<string>> {
  return serviceToken(tools, pds, { audience: pds, method: 'com.atproto.repo.uploadBlob' });
}

async function open(work: Work, checkpoint: Checkpoint, tools: TransferTools): Promise<TransferOutcome> {
  const { pds } = checkpoint;
  const asking = await serviceToken(tools, pds, { audience: tools.endpoints['video'] ?? '', method: 'app.bsky.video.getUploadLimits' });
  if (asking.kind === 'trouble') return asking;
  const obstacle = await readUploadLimits(tools, asking.value, videoOf(work).size);
  if (obstacle.kind === 'trouble') return obstacle;
  if (obstacle.value !== null) return { kind: 'trouble', trouble: noVideosNow(obstacle.value, tools.now()) };

  const token = await uploadToken(pds, tools);
  if (token.kind === 'trouble') return token;
  const { size, contentType } = videoOf(work);
  const started = await startUpload(tools, token.value, { size, contentType, name: nameOf(work) });
  if (started.kind === 'trouble') {
    // Parts came to the service in 2026: one that does not have them takes the file in one piece.
    const whole = started.refusal !== null && isWithoutParts(started.refusal) && size <= WHOLE_MAX;
    return whole ? sendWhole(work, checkpoint, token.value, tools) : started;
  }
  if (started.value.partCount !== Math.ceil(size / started.value.partSize)) return { kind: 'trouble', trouble: ODD_PLAN };
  await tools.saveCheckpoint({ ...checkpoint, upload: started.value } satisfies Checkpoint, 0);
  return { kind: 'again', afterSeconds: 0 };
}

/** Bytes of a file that may be held in memory to be sent in one piece. */
const WHOLE_MAX = 64 * 1024 * 1024;

async function sendWhole(work: Work, checkpoint: Checkpoint, token: string, tools: TransferTools): Promise<TransferOutcome> {
  const video = videoOf(work);
  const sent = await uploadVideo(tools, token, work.account.externalId, { content: streamOf(tools, video), contentType: video.contentType, name: nameOf(work) });
  if (sent.kind === 'trouble') return sent;
  return awaitJob(checkpoint, sent.value, video.size, tools);
}

/** Sends the parts that are missing. */
async function goOn(work: Work, checkpoint: Checkpoint, upload: OpenUpload, tools: TransferTools): Promise<TransferOutcome> {
  const video = videoOf(work);
  const token = await uploadToken(checkpoint.pds, tools);
  if (token.kind === 'trouble') return token;
  const asked = await readUploadStatus(tools, token.value, upload.jobId);
  if (asked.kind === 'trouble') return asked;
  const status = asked.value;
  if (status?.state === 'completed' && status.completedJobId !== undefined) return awaitJob(checkpoint, status.completedJobId, video.size, tools);
  if (status?.state === 'finishing') return { kind: 'again', afterSeconds: FIRST_POLL };
  if (status?.state !== 'created') {
    // Unknown, failed, aborted, expired: nothing of it is visible, and another one is opened.
    await tools.saveCheckpoint({ ...checkpoint, upload: null } satisfies Checkpoint, 0);
    return { kind: 'trouble', trouble: jobTrouble(`upload ${status?.state ?? 'unknown'}`, status?.failureReason) };
  }

  const received = new Set(status.receivedParts);
  for (let number = 1; number <= upload.partCount; number += 1) {
    if (received.has(number)) continue;
    if (!tools.hasTime()) return { kind: 'again', afterSeconds: 0 };
    const start = (number - 1) * upload.partSize;
    const content = tools.streamRange(video, start, Math.min(upload.partSize, video.size - start));
    const sent = await uploadPart(tools, token.value, upload.jobId, { number, content });
    if (sent.kind === 'trouble') return sent;
    received.add(number);
    await tools.saveCheckpoint(checkpoint, Math.min(received.size * upload.partSize, video.size));
  }
  return finish(checkpoint, upload, video.size, tools);
}

async function finish(checkpoint: Checkpoint, { jobId }: OpenUpload, size: number, tools: TransferTools): Promise<TransferOutcome> {
  // A new one: the service keeps it for the time when the file is processed.
  const token = await uploadToken(checkpoint.pds, tools);
  if (token.kind === 'trouble') return token;
  const finished = await finishUpload(tools, token.value, jobId);
  return finished.kind === 'trouble' ? finished : awaitJob(checkpoint, finished.value, size, tools);
}

async function awaitJob(checkpoint: Checkpoint, jobId: string, size: number, tools: TransferTools): Promise<TransferOutcome> {
  await tools.saveCheckpoint({ ...checkpoint, upload: null, job: { jobId, polls: 0 } } satisfies Checkpoint, size);
  return { kind: 'again', afterSeconds: FIRST_POLL };
}

/** Seconds between looks at a job: soon, then twice as long each time, up to the last. */
const FIRST_POLL = 5;
const LAST_POLL = 60;

async function poll(checkpoint: Checkpoint, { jobId, polls }: NonNullable<Checkpoint['job']>, tools: TransferTools): Promise<TransferOutcome> {
  const read = await readJob(tools, jobId);
  if (read.kind === 'trouble') return read;
  const job = read.value;
  if (job?.state === 'JOB_STATE_COMPLETED' && job.blob !== undefined) {
    await tools.saveCheckpoint({ ...checkpoint, job: null, blobs: [job.blob] } satisfies Checkpoint);
    return { kind: 'again', afterSeconds: 0 };
  }
  if (job === null || job.state === 'JOB_STATE_FAILED') {
    // Should it be tried again, now or by a person, then from the beginning.
    await tools.saveCheckpoint({ ...checkpoint, job: null } satisfies Checkpoint);
    return { kind: 'trouble', trouble: jobTrouble(job === null ? 'unknown job' : job.failureCode, job?.message ?? job?.error) };
  }
  await tools.saveCheckpoint({ ...checkpoint, job: { jobId, polls: polls + 1 } } satisfies Checkpoint);
  return { kind: 'again', afterSeconds: Math.min(FIRST_POLL * 2 ** (polls + 1), LAST_POLL) };
}

const EXTENSIONS: Readonly<Record<string, string>> = { 'video/quicktime': 'mov', 'video/webm': 'webm', 'video/mpeg': 'mpeg' };

/** Of its own for each upload; the name of the file on somebody's computer is nobody's business. */
function nameOf(work: Work): string {
  return `${work.upload.uploadId}.${EXTENSIONS[videoOf(work).contentType] ?? 'mp4'}`;
}

const ODD_PLAN = troubleOf(
  { class: 'retryable', code: 'platform_unavailable', message: 'Bluesky asked for parts that do not fit the file. It is tried again.' },
  { code: null, text: null },
  null,
);
