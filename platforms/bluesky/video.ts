import * as z from 'zod';
import type { ByteStream, HttpRequest, NetworkTools } from '../../core/ports/index.ts';
import { value } from '../answers.ts';
import { blobSchema, exchange, type XrpcReply } from './client.ts';
import type { Refusal } from './errors.ts';

/**
 * The calls of the video service, one function each. It takes a token that the account's server made for it, processes the file,
 * and stores it at that server. `video` is video.bsky.app.
 */

type Tools = Pick<NetworkTools, 'send' | 'endpoints' | 'now'>;

const limitsSchema = z.object({ canUpload: z.boolean(), remainingDailyBytes: z.number().optional(), message: z.string().optional(), error: z.string().optional() });

/** Whether the account may upload a video of so many bytes now; null: it may, otherwise why not. */
export async function readUploadLimits(tools: Tools, token: string, size: number): Promise<XrpcReply<string | null>> {
  const read = await call(tools, get(tools, 'getUploadLimits', {}), limitsSchema, token);
  if (read.kind === 'trouble') return read;
  const { canUpload, remainingDailyBytes = size, message, error } = read.value;
  if (!canUpload) return value(message ?? error ?? 'The daily limit is reached.');
  return value(size > remainingDailyBytes ? `Of the bytes of a day ${remainingDailyBytes} are left, and the video has ${size}.` : null);
}

/** Bytes that are read of a file at once (`MediaTools.readRange`). */
const PART_MAX = 64 * 1024 * 1024;

const startedSchema = z.object({ jobId: z.string().min(1), partSizeBytes: z.int().min(1).max(PART_MAX), partCount: z.int().min(1) });

/** An upload in parts that is open. */
export interface OpenUpload {
  readonly jobId: string;
  /** Bytes of every part but the last. */
  readonly partSize: number;
  readonly partCount: number;
}

/** Opens an upload in parts; nothing is visible. */
export async function startUpload(tools: Tools, token: string, file: { size: number; contentType: string; name: string }): Promise<XrpcReply<OpenUpload>> {
  const started = await call(tools, post(tools, 'startUpload', { sizeBytes: file.size, mimeType: file.contentType, name: file.name }), startedSchema, token);
  if (started.kind === 'trouble') return started;
  const { jobId, partSizeBytes: partSize, partCount } = started.value;
  return value({ jobId, partSize, partCount });
}

/** Sends a part; sent again it is the same one. Parts count from 1. */
export async function uploadPart(tools: Tools, token: string, jobId: string, part: { number: number; content: ByteStream }): Promise<XrpcReply<unknown>> {
  const query = new URLSearchParams({ jobId, partNumber: String(part.number) });
  const url = `${tools.endpoints['video']}/xrpc/app.bsky.video.uploadPart?${query.toString()}`;
  const request: HttpRequest = { method: 'POST', url, headers: { 'content-type': 'application/octet-stream' }, stream: part.content };
  return call(tools, request, z.object({ partNumber: z.literal(part.number), sizeBytes: z.literal(part.content.length) }), token);
}

const statusSchema = z.object({
  state: z.enum(['created', 'finishing', 'completed', 'failed', 'aborted', 'expired']),
  receivedParts: z.array(z.int().min(1)),
  completedJobId: z.string().min(1).optional(),
  failureReason: z.string().optional(),
});

export type UploadStatus = z.output<typeof statusSchema>;

/** How far an upload in parts is; null: the service does not know it any more. */
export async function readUploadStatus(tools: Tools, token: string, jobId: string): Promise<XrpcReply<UploadStatus | null>> {
  const read = await call(tools, get(tools, 'getUploadStatus', { jobId }), statusSchema, token);
  return read.kind === 'trouble' && read.refusal?.name === 'UploadNotFound' ? value(null) : read;
}

/** Ends an upload in parts, and names the job that processes it: another one if the service had the same file before. May be repeated. */
export async function finishUpload(tools: Tools, token: string, jobId: string): Promise<XrpcReply<string>> {
  const finished = await call(tools, post(tools, 'finishUpload', { jobId }), z.object({ completedJobId: z.string().min(1) }), token);
  return finished.kind === 'trouble' ? finished : value(finished.value.completedJobId);
}

const jobIdSchema = z.object({ jobId: z.string().min(1) });
/** The lexicon wraps the job; the service itself was seen to answer with the bare one. */
const uploadedSchema = z.union([z.object({ jobStatus: jobIdSchema }).transform(({ jobStatus }) => jobStatus), jobIdSchema]);

/** Seconds. */
const WHOLE_TIMEOUT = 300;

/** Sends a whole file at once, and names the job that processes it. */
export async function uploadVideo(tools: Tools, token: string, did: string, file: { content: ByteStream; contentType: string; name: string }): Promise<XrpcReply<string>> {
  const url = `${tools.endpoints['video']}/xrpc/app.bsky.video.uploadVideo?${new URLSearchParams({ did, name: file.name }).toString()}`;
  // 409: the same bytes came before, and this is their job.
  const request: HttpRequest = { method: 'POST', url, headers: { 'content-type': file.contentType }, stream: file.content, timeout: WHOLE_TIMEOUT };
  const sent = await call(tools, request, uploadedSchema, token, [200, 409]);
  return sent.kind === 'trouble' ? sent : value(sent.value.jobId);
}

/** Whether the service does not have the calls of an upload in parts, or has them switched off: then a file goes in one piece. */
export function isWithoutParts({ status, name }: Refusal): boolean {
  return [404, 405, 501].includes(status) || name === 'MethodNotImplemented' || name === 'ServiceOverloaded';
}

const jobSchema = z.object({
  jobStatus: z.object({
    state: z.string(),
    blob: blobSchema.optional(),
    failureCode: z.string().optional(),
    error: z.string().optional(),
    message: z.string().optional(),
  }),
});

export type Job = z.output<typeof jobSchema>['jobStatus'];

/** How far the processing is; null: the service does not know the job. Public: it needs no token. */
export async function readJob(tools: Tools, jobId: string): Promise<XrpcReply<Job | null>> {
  const read = await call(tools, get(tools, 'getJobStatus', { jobId }), jobSchema, null);
  if (read.kind === 'value') return value(read.value.jobStatus);
  // The error for a job that is gone has no documented name.
  const gone = read.refusal !== null && read.refusal.definite && [400, 404].includes(read.refusal.status) && !isAboutToken(read);
  return gone ? value(null) : read;
}

function get({ endpoints }: Pick<Tools, 'endpoints'>, method: string, query: Readonly<Record<string, string>>): HttpRequest {
  const parameters = new URLSearchParams(query).toString();
  return { method: 'GET', url: `${endpoints['video']}/xrpc/app.bsky.video.${method}${parameters === '' ? '' : `?${parameters}`}`, headers: {} };
}

function post({ endpoints }: Pick<Tools, 'endpoints'>, method: string, input: object): HttpRequest {
  return { method: 'POST', url: `${endpoints['video']}/xrpc/app.bsky.video.${method}`, headers: { 'content-type': 'application/json' }, body: JSON.stringify(input) };
}

/**
 * A call to the service. What it says against its token is no word on the account's own session: the next try brings another
 * token, made by the account's server.
 */
async function call<Schema extends z.ZodType>(
  tools: Tools,
  request: HttpRequest,
  schema: Schema,
  token: string | null,
  statuses?: readonly number[],
): Promise<XrpcReply<z.output<Schema>>> {
  const done = await exchange(tools, request, schema, token, statuses);
  return done.kind === 'trouble' && isAboutToken(done) ? { ...done, trouble: { ...done.trouble, class: 'retryable', code: 'platform_unavailable' } } : done;
}

function isAboutToken({ trouble }: Extract<XrpcReply<never>, { kind: 'trouble' }>): boolean {
  return trouble.class === 'auth_expired' || trouble.class === 'auth_revoked';
}
