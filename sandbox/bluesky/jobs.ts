import { createHash } from 'node:crypto';
import * as z from 'zod';
import { json } from '../http.ts';
import { readMp4 } from '../media/mp4.ts';
import { HEAD_LENGTH, isVideo } from '../media/signature.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import { reference, type Blobs } from './blobs.ts';
import { parameters } from './call.ts';
import { invalidRequest } from './errors.ts';
import type { Limits } from './limits.ts';

/** Seconds. */
export const DURATION_MAX = 180;

/** Whose file it is, and until when (in milliseconds) the service may store it at the account's server. */
export interface Owner {
  readonly did: string;
  readonly tokenEnds: number;
}

export interface Job extends Owner {
  readonly jobId: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
  readonly endsAt: number;
  /** Null: it can be used. */
  readonly failure: { readonly failureCode: string; readonly message: string } | null;
  /** The content id at the account's server, once it is there. */
  cid: string | null;
}

/** The processing of videos. */
export interface Jobs {
  /** The same file again is the same job, as long as what came of it is there. */
  process(owner: Owner, bytes: Uint8Array): { readonly job: Job; readonly isKnown: boolean };
  get(jobId: string): Job | undefined;
  /** A job as `app.bsky.video.defs#jobStatus` says it. */
  shown(job: Job): object;
  /** `app.bsky.video.getJobStatus`. */
  read(call: Call): Answer;
  clear(): void;
}

const STATES = ['JOB_STATE_CREATED', 'JOB_STATE_ENCODING', 'JOB_STATE_SCANNING', 'JOB_STATE_UPLOADING'] as const;

export function createJobs(world: World, blobs: Blobs, limits: Limits): Jobs {
  const jobs = new Map<string, Job>();
  const now = () => world.clock.now().getTime();

  /** Stores the processed file, if its time has come. The sandbox converts nothing: the bytes stay what they were. */
  function settle(job: Job): void {
    if (job.endsAt > now() || job.failure !== null || job.cid !== null || job.tokenEnds < job.endsAt) return;
    job.cid = blobs.store(job.did, job.bytes, 'video/mp4').cid;
  }

  function isOfUse(job: Job): boolean {
    settle(job);
    return job.failure === null && (job.cid === null || blobs.get(job.did, job.cid) !== undefined);
  }

  function shown(job: Job): object {
    settle(job);
    const { jobId, did, failure, cid } = job;
    const left = job.endsAt - now();
    if (left > 0) {
      const progress = Math.min(99, Math.max(0, Math.round(100 - left / (world.processingSeconds * 10))));
      return { jobId, did, state: STATES[Math.floor(progress / 25)], progress };
    }
    if (failure !== null) return { jobId, did, state: 'JOB_STATE_FAILED', error: failure.message, ...failure };
    if (cid === null) return { jobId, did, state: 'JOB_STATE_FAILED', failureCode: 'pds_upload_failure', message: 'The token is no longer valid' };
    const blob = blobs.get(did, cid);
    return { jobId, did, state: 'JOB_STATE_COMPLETED', progress: 100, ...(blob !== undefined && { blob: reference(blob) }) };
  }

  return {
    shown,
    get: (jobId) => jobs.get(jobId),

    process(owner, bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const known = [...jobs.values()].find((job) => job.did === owner.did && job.sha256 === sha256 && isOfUse(job));
      if (known !== undefined) return { job: known, isKnown: true };
      limits.spend(owner.did, ['videosPerDay']);
      limits.spend(owner.did, ['videoBytesPerDay'], bytes.byteLength);
      const job: Job = { ...owner, jobId: randomText(20), sha256, bytes, endsAt: now() + world.processingSeconds * 1000, failure: failureOf(bytes), cid: null };
      jobs.set(job.jobId, job);
      return { job, isKnown: false };
    },

    read(call) {
      const { jobId } = parameters(call, { jobId: z.string() });
      const found = jobs.get(jobId);
      if (found === undefined) throw invalidRequest('Job not found');
      return json(200, { jobStatus: shown(found) });
    },

    clear: () => jobs.clear(),
  };
}

/** What processing will find wrong. Containers other than MP4 and MOV are looked at from outside only. */
function failureOf(bytes: Uint8Array): Job['failure'] {
  if (!isVideo(bytes.subarray(0, HEAD_LENGTH))) return { failureCode: 'validation_failure', message: 'The file is not a video' };
  const isMp4 = Buffer.from(bytes.subarray(0, 12)).toString('latin1', 4, 8) === 'ftyp';
  if (!isMp4) return null;
  const facts = readMp4(bytes);
  if (facts === null) return { failureCode: 'encoding_failure', message: 'The video cannot be read' };
  return facts.duration > DURATION_MAX ? { failureCode: 'validation_failure', message: 'The video is too long' } : null;
}
