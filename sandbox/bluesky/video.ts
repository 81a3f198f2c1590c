import * as z from 'zod';
import { authorization, json, mediaType } from '../http.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import type { Accounts } from './accounts.ts';
import type { Blobs } from './blobs.ts';
import { didSchema, input, parameters, requireType } from './call.ts';
import { invalidRequest, refuse } from './errors.ts';
import { createJobs, DURATION_MAX, type Owner } from './jobs.ts';
import type { Limits } from './limits.ts';
import { serviceDid, type Tokens } from './tokens.ts';

/** Bytes. */
const SIZE_MAX = 300_000_000;
const TYPES = new Set(['video/mp4', 'video/quicktime', 'video/webm', 'video/mpeg']);

/** Bytes of a part; the service chooses. */
const PART_SIZE = 8 * 1024 * 1024;
/** Neither is published. */
const UPLOAD_HOURS = 24;
const OPEN_MAX = 10;

interface Upload {
  readonly did: string;
  readonly size: number;
  readonly partCount: number;
  readonly expiresAt: number;
  readonly parts: Map<number, Uint8Array>;
  state: 'created' | 'completed' | 'aborted';
  completedJobId: string | null;
}

/** The video service. It knows accounts by tokens that their servers made for it, and stores what it has processed there. */
export interface Video {
  limits(call: Call): Answer;
  start(call: Call): Answer;
  part(call: Call): Answer;
  status(call: Call): Answer;
  finish(call: Call): Answer;
  abort(call: Call): Answer;
  /** In one piece. */
  whole(call: Call): Answer;
  job(call: Call): Answer;
  clear(): void;
}

const jobIdShape = { jobId: z.string().min(1).max(256) };

export function createVideo({ world, accounts, tokens, blobs, limits }: { world: World; accounts: Accounts; tokens: Tokens; blobs: Blobs; limits: Limits }): Video {
  const uploads = new Map<string, Upload>();
  const jobs = createJobs(world, blobs, limits);
  const now = () => world.clock.now().getTime();
  const here = serviceDid(world.baseUrl);

  /** The account whose token a call has. Errors of tokens for services are 401, unlike those of sessions. */
  function authorise(call: Call, method: string): Owner {
    const token = authorization(call, ['bearer']);
    if (token === null) throw refuse(401, 'AuthMissing', 'missing jwt');
    const claims = tokens.read(token);
    if (claims === null || claims.iss === undefined) throw refuse(401, 'BadJwt', 'poorly formatted jwt');
    if (claims.exp <= tokens.now()) throw refuse(401, 'JwtExpired', 'jwt expired');
    if (claims.aud !== here) throw refuse(401, 'BadJwtAudience', 'jwt audience does not match service did');
    if (claims.lxm !== method) throw refuse(401, 'BadJwtLexiconMethod', `bad jwt lexicon method ("lxm"). must match: ${method}`);
    const account = accounts.find(claims.iss);
    if (account === undefined) throw refuse(401, 'BadJwtSignature', 'jwt signature does not match jwt issuer');
    return { did: account.did, tokenEnds: claims.exp * 1000 };
  }

  /** With the token for storing at the account's server, which is the one that all uploading calls have. */
  const uploader = (call: Call) => authorise(call, 'com.atproto.repo.uploadBlob');

  function requireAllowance(did: string, size: number): void {
    if (size > SIZE_MAX || size > limits.left(did, 'videoBytesPerDay')) throw refuse(400, 'VideoTooLarge', 'The video is too large');
    if (limits.left(did, 'videosPerDay') < 1) throw refuse(400, 'DailyLimitExceeded', 'Daily video limit exceeded');
  }

  function stateOf(upload: Upload): 'created' | 'completed' | 'aborted' | 'expired' {
    return upload.state === 'created' && upload.expiresAt <= now() ? 'expired' : upload.state;
  }

  function find(call: Call, jobId: string): Upload {
    const { did } = uploader(call);
    const upload = uploads.get(jobId);
    if (upload === undefined || upload.did !== did) throw refuse(400, 'UploadNotFound', 'Upload not found');
    return upload;
  }

  return {
    limits(call) {
      parameters(call, {});
      const { did } = authorise(call, 'app.bsky.video.getUploadLimits');
      const remainingDailyVideos = limits.left(did, 'videosPerDay');
      const remainingDailyBytes = limits.left(did, 'videoBytesPerDay');
      if (remainingDailyVideos > 0 && remainingDailyBytes > 0) return json(200, { canUpload: true, remainingDailyVideos, remainingDailyBytes });
      return json(200, { canUpload: false, remainingDailyVideos, remainingDailyBytes, message: 'You have reached your daily limit for video uploads.' });
    },

    start(call) {
      const { did } = uploader(call);
      const { sizeBytes, mimeType, durationMs } = input(
        call,
        z.strictObject({
          sizeBytes: z.int().min(1),
          mimeType: z.string().min(3).max(255),
          name: z.string().max(256).optional(),
          durationMs: z.int().optional(),
          width: z.int().optional(),
          height: z.int().optional(),
        }),
      );
      if (!TYPES.has(mimeType)) throw refuse(400, 'UnsupportedContentType', `Unsupported content type: ${mimeType}`);
      if ((durationMs ?? 0) > DURATION_MAX * 1000) throw refuse(400, 'VideoTooLong', 'The video is too long');
      requireAllowance(did, sizeBytes);
      const open = [...uploads.values()].filter((upload) => upload.did === did && stateOf(upload) === 'created');
      if (open.length >= OPEN_MAX) throw refuse(400, 'TooManyOpenUploads', 'Too many open uploads');
      const jobId = randomText(20);
      const partCount = Math.ceil(sizeBytes / PART_SIZE);
      const expiresAt = now() + UPLOAD_HOURS * 3_600_000;
      uploads.set(jobId, { did, size: sizeBytes, partCount, expiresAt, parts: new Map(), state: 'created', completedJobId: null });
      return json(200, { jobId, partSizeBytes: PART_SIZE, partCount, expiresAt: new Date(expiresAt).toISOString() });
    },

    part(call) {
      const { jobId, partNumber } = parameters(call, { ...jobIdShape, partNumber: z.coerce.number().int().min(1) });
      const upload = find(call, jobId);
      requireType(call, 'application/octet-stream');
      requireOpen(stateOf(upload));
      if (partNumber > upload.partCount) throw refuse(400, 'InvalidPartNumber', `The upload has ${upload.partCount} parts`);
      const expected = Math.min(PART_SIZE, upload.size - (partNumber - 1) * PART_SIZE);
      if (call.body.byteLength !== expected) throw refuse(400, 'PartSizeMismatch', `Part ${partNumber} has ${expected} bytes, got ${call.body.byteLength}`);
      upload.parts.set(partNumber, call.body);
      return json(200, { partNumber, sizeBytes: expected });
    },

    status(call) {
      const { jobId } = parameters(call, jobIdShape);
      const upload = find(call, jobId);
      const job = upload.completedJobId === null ? undefined : jobs.get(upload.completedJobId);
      return json(200, {
        jobId,
        partSizeBytes: PART_SIZE,
        partCount: upload.partCount,
        receivedParts: [...upload.parts.keys()].toSorted((a, b) => a - b),
        expiresAt: new Date(upload.expiresAt).toISOString(),
        state: stateOf(upload),
        ...(job !== undefined && { completedJobId: job.jobId, jobStatus: jobs.shown(job) }),
      });
    },

    finish(call) {
      const { jobId } = input(call, z.strictObject(jobIdShape));
      const upload = find(call, jobId);
      const done = upload.completedJobId === null ? undefined : jobs.get(upload.completedJobId);
      if (done !== undefined) return json(200, { completedJobId: done.jobId, jobStatus: jobs.shown(done) });
      requireOpen(stateOf(upload));
      const missing = Array.from({ length: upload.partCount }, (_, n) => n + 1).filter((number) => !upload.parts.has(number));
      if (missing.length > 0) throw refuse(400, 'MissingParts', `Missing parts: ${missing.join(', ')}`);
      const ordered = [...upload.parts].toSorted(([a], [b]) => a - b).map(([, bytes]) => bytes);
      const { job } = jobs.process(uploader(call), Buffer.concat(ordered));
      upload.state = 'completed';
      upload.completedJobId = job.jobId;
      return json(200, { completedJobId: job.jobId, jobStatus: jobs.shown(job) });
    },

    abort(call) {
      const { jobId } = input(call, z.strictObject(jobIdShape));
      const upload = find(call, jobId);
      if (upload.state === 'created') upload.state = 'aborted';
      return json(200, { state: stateOf(upload), ...(upload.completedJobId !== null && { completedJobId: upload.completedJobId }) });
    },

    whole(call) {
      const owner = uploader(call);
      const { did } = parameters(call, { did: didSchema, name: z.string().min(1).max(256) });
      if (did !== owner.did) throw refuse(401, 'BadJwtSignature', 'The token is of another account');
      if (!TYPES.has(mediaType(call))) throw refuse(415, 'UnsupportedContentType', `Unsupported content type: ${mediaType(call)}`);
      if (call.body.byteLength === 0) throw invalidRequest('The body is empty');
      requireAllowance(did, call.body.byteLength);
      const { job, isKnown } = jobs.process(owner, call.body);
      return isKnown ? json(409, { ...jobs.shown(job), error: 'already_exists', message: 'Video already exists' }) : json(200, jobs.shown(job));
    },

    job: (call) => jobs.read(call),

    clear() {
      uploads.clear();
      jobs.clear();
    },
  };
}

function requireOpen(state: 'created' | 'completed' | 'aborted' | 'expired'): void {
  if (state === 'expired') throw refuse(400, 'UploadExpired', 'The upload has expired');
  if (state === 'aborted') throw refuse(400, 'UploadAborted', 'The upload was aborted');
  if (state === 'completed') throw refuse(400, 'UploadAlreadyCompleted', 'The upload is complete');
}
