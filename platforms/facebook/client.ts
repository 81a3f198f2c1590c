import { createHmac } from 'node:crypto';
import * as z from 'zod';
import type { ByteStream, HttpAnswer, HttpRequest, NetworkTools } from '../../core/ports/index.ts';
import { parseAnswer, troubleOf, value } from '../answers.ts';
import type { ContainerRefusal } from '../container-errors.ts';
import { graphTime } from '../container-calls.ts';
import { graphCall, graphForm, graphLines, type GraphReply } from '../graph.ts';
import { multipartStream } from '../multipart.ts';
import { asBearer } from '../oauth.ts';
import { offsetsOf, phaseErrorSchema, refusalOf } from './errors.ts';

/**
 * The calls of the Graph API for pages that publishing needs, one function each. `graph` is graph.facebook.com, which takes
 * videos too: graph-video.facebook.com is declared deprecated. `rupload` is rupload.facebook.com.
 */

/** Versions live about two years; the metrics of pages need v23 or later. */
export const VERSION = 'v25.0';

type Tools = Pick<NetworkTools, 'send' | 'accessToken' | 'endpoints' | 'now' | 'app'>;
type FacebookReply<Value> = GraphReply<Value, ContainerRefusal>;

const idSchema = z.object({ id: z.string().min(1) });
const doneSchema = z.object({ success: z.literal(true) });

const startedSchema = z.object({ video_id: z.string().min(1), upload_url: z.string().min(1) });

/** A reel that has no bytes yet. Nobody sees it. */
export async function startReel(tools: Tools, pageId: string): Promise<FacebookReply<{ videoId: string; uploadUrl: string }>> {
  const started = await call(tools, form(tools, `${pageId}/video_reels`, { upload_phase: 'start' }), startedSchema);
  if (started.kind === 'trouble') return started;
  const { video_id: videoId, upload_url: uploadUrl } = started.value;
  if (isOurs(uploadUrl, tools)) return value({ videoId, uploadUrl });
  const words = { code: 'upload_url', text: 'the address for the upload is not one of Facebook’s' };
  return { kind: 'trouble', trouble: troubleOf(graphLines('Facebook').unavailable, words, null), refusal: null };
}

/** The token goes to the address for the upload: it has to be Facebook's own. */
function isOurs(uploadUrl: string, { endpoints }: Pick<Tools, 'endpoints'>): boolean {
  return URL.canParse(uploadUrl) && new URL(uploadUrl).origin === new URL(endpoints['rupload'] ?? '').origin;
}

/**
 * Lets Facebook fetch the video of a reel from `fileUrl`. `announced`: with offset and size as well, which some servers of
 * Facebook were reported to demand and the documents do not name here.
 */
export async function fetchReel(tools: Tools, uploadUrl: string, { fileUrl, announced }: { fileUrl: string; announced: number | null }): Promise<FacebookReply<unknown>> {
  const headers = { file_url: fileUrl, ...(announced !== null && { offset: '0', file_size: String(announced) }) };
  return graphCall({ title: 'Facebook', refusalOf, signed: asOAuth }, tools, { method: 'POST', url: uploadUrl, headers }, doneSchema);
}

/** As the server for uploads wants it. */
function asOAuth(request: HttpRequest, token: string): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization: `OAuth ${token}` } };
}

const phaseSchema = z.object({ status: z.string().optional(), errors: z.array(phaseErrorSchema).optional(), error: phaseErrorSchema.optional() });
const videoSchema = z.object({
  status: z.object({
    video_status: z.string().optional(),
    uploading_phase: phaseSchema.optional(),
    processing_phase: phaseSchema.optional(),
    publishing_phase: phaseSchema.extend({ publish_status: z.string().optional() }).optional(),
  }),
  published: z.boolean().optional(),
  permalink_url: z.string().optional(),
});

/** A video with what its phases say of it. */
export type Video = z.output<typeof videoSchema>;

export async function readVideo(tools: Tools, videoId: string): Promise<FacebookReply<Video>> {
  return call(tools, get(tools, videoId, { fields: 'status,published,permalink_url' }), videoSchema);
}

/** Decimal numbers, as texts in the documents' examples. */
const offset = z.coerce.number().int().min(0);
const offsetsSchema = z.object({ start_offset: offset, end_offset: offset });
const sessionSchema = offsetsSchema.extend({ upload_session_id: z.string().min(1), video_id: z.string().min(1) });

/** The bytes that a session wants next; `start` = `end`: it has all. */
export interface Slice {
  readonly start: number;
  readonly end: number;
}

/** Opens an upload of so many bytes. Nobody sees the video before it is finished. */
export async function startSession(tools: Tools, pageId: string, size: number): Promise<FacebookReply<Slice & { session: string; videoId: string }>> {
  const started = await call(tools, form(tools, `${pageId}/videos`, { upload_phase: 'start', file_size: String(size) }), sessionSchema);
  if (started.kind === 'trouble') return started;
  const { upload_session_id: session, video_id: videoId, start_offset: start, end_offset: end } = started.value;
  return value({ session, videoId, start, end });
}

/** Sends bytes into a session; what it wants next, also where it wanted others. */
export async function sendSlice(tools: Tools, pageId: string, session: string, { start, content }: { start: number; content: ByteStream }): Promise<FacebookReply<Slice>> {
  const { contentType, stream } = multipartStream(
    { upload_phase: 'transfer', upload_session_id: session, start_offset: String(start) },
    { field: 'video_file_chunk', fileName: 'slice', content },
  );
  const request: HttpRequest = { method: 'POST', url: addressOf(tools, `${pageId}/videos`), headers: { 'content-type': contentType }, stream };
  let wanted: Slice | null = null;
  const sent = await graphCall(
    {
      ...network(tools),
      refusalOf: (answer, context) => {
        wanted = offsetsOf(answer);
        return refusalOf(answer, context);
      },
    },
    tools,
    request,
    offsetsSchema,
  );
  if (sent.kind === 'value') return value({ start: sent.value.start_offset, end: sent.value.end_offset });
  return wanted === null ? sent : value(wanted);
}

const limitsSchema = z.object({ video_upload_limits: z.object({ length: z.number().positive().optional(), size: z.number().positive().optional() }).optional() });

/** How long (seconds) and large (bytes) a video of a page may be; null: Facebook does not say. */
export interface UploadLimits {
  readonly length: number | null;
  readonly size: number | null;
}

export async function readUploadLimits(tools: Tools, pageId: string): Promise<FacebookReply<UploadLimits>> {
  const read = await call(tools, get(tools, pageId, { fields: 'video_upload_limits' }), limitsSchema);
  if (read.kind === 'trouble') return read;
  const { length = null, size = null } = read.value.video_upload_limits ?? {};
  return value({ length, size });
}

/** Lets Facebook fetch a photo. It belongs to no post, nobody sees it, and it is said to be kept for a day. */
export async function addPhoto(tools: Tools, pageId: string, { url, altText }: { url: string; altText: string | null }): Promise<FacebookReply<string>> {
  const fields = { url, published: 'false', ...(altText !== null && { alt_text_custom: altText }) };
  const added = await call(tools, form(tools, `${pageId}/photos`, fields), idSchema);
  return added.kind === 'trouble' ? added : value(added.value.id);
}

/** How many posts one look sees. */
export const RECENT = 10;

const postsSchema = z.object({
  data: z.array(z.object({ id: z.string().min(1), message: z.string().optional(), created_time: graphTime, permalink_url: z.string().optional() })),
});

export interface RecentPost {
  readonly postId: string;
  readonly message: string;
  readonly createdAt: Date;
  readonly permalink: string | null;
}

/** The newest posts of a page, newest first. */
export async function listRecent(tools: Tools, pageId: string): Promise<FacebookReply<readonly RecentPost[]>> {
  const request = get(tools, `${pageId}/published_posts`, { fields: 'id,message,created_time,permalink_url', limit: String(RECENT) });
  const listed = await call(tools, request, postsSchema);
  if (listed.kind === 'trouble') return listed;
  return value(
    listed.value.data.map(({ id, message = '', created_time: createdAt, permalink_url: permalink = null }) => ({ postId: id, message, createdAt, permalink })),
  );
}

const permalinkSchema = z.object({ permalink_url: z.string().min(1) });

/** The address of a post. */
export async function readPermalink(tools: Tools, postId: string): Promise<FacebookReply<string>> {
  const read = await call(tools, get(tools, postId, { fields: 'permalink_url' }), permalinkSchema);
  return read.kind === 'trouble' ? read : value(read.value.permalink_url);
}

/** What finishes an upload: the visible call. Without credentials. */
export function finishReelRequest(tools: Pick<Tools, 'endpoints'>, pageId: string, fields: { video_id: string; description: string }): HttpRequest {
  return form(tools, `${pageId}/video_reels`, { upload_phase: 'finish', video_state: 'PUBLISHED', ...fields });
}

export function finishVideoRequest(tools: Pick<Tools, 'endpoints'>, pageId: string, fields: Readonly<Record<string, string>>): HttpRequest {
  return form(tools, `${pageId}/videos`, { upload_phase: 'finish', published: 'true', ...fields });
}

/** What makes a post of a text with its photos or its link: the visible call. Without credentials. */
export function feedRequest(tools: Pick<Tools, 'endpoints'>, pageId: string, post: { message: string; link: string | null; photoIds: readonly string[] }): HttpRequest {
  const { message, link, photoIds } = post;
  const body = {
    message,
    published: true,
    ...(link !== null && { link }),
    ...(photoIds.length > 0 && { attached_media: photoIds.map((id) => ({ media_fbid: id })) }),
  };
  return { method: 'POST', url: addressOf(tools, `${pageId}/feed`), headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** Whether Facebook says that an upload is finished. */
export function isDone(answer: HttpAnswer): boolean {
  return answer.status === 200 && parseAnswer(doneSchema, answer) !== null;
}

/** The id in the answer to a call that made a post or a comment; null: it is no success, or not what was documented. */
export function postedId(answer: HttpAnswer): string | null {
  return answer.status === 200 ? (parseAnswer(idSchema, answer)?.id ?? null) : null;
}

/** A request with a token, and with the proof that it comes from the app's server, which an app can be set to demand. */
export function signed(request: HttpRequest, token: string, { app }: Pick<Tools, 'app'>): HttpRequest {
  const url = new URL(request.url);
  url.searchParams.set('appsecret_proof', createHmac('sha256', app.clientSecret).update(token).digest('hex'));
  return asBearer({ ...request, url: url.href }, token);
}

function network(tools: Pick<Tools, 'app'>) {
  return { title: 'Facebook', refusalOf, signed: (request: HttpRequest, token: string) => signed(request, token, tools) };
}

/** An invisible call with the token of an account, or of a person. */
export function call<Schema extends z.ZodType>(tools: Tools, request: HttpRequest, schema: Schema): Promise<FacebookReply<z.output<Schema>>> {
  return graphCall(network(tools), tools, request, schema);
}

export function addressOf({ endpoints }: Pick<Tools, 'endpoints'>, path: string): string {
  return `${endpoints['graph']}/${VERSION}/${path}`;
}

/** A GET; its query holds nothing that must not be cut or seen. */
export function get(tools: Pick<Tools, 'endpoints'>, path: string, query: Readonly<Record<string, string>>): HttpRequest {
  return { method: 'GET', url: `${addressOf(tools, path)}?${new URLSearchParams(query).toString()}`, headers: {} };
}

export function form(tools: Pick<Tools, 'endpoints'>, path: string, fields: Readonly<Record<string, string>>): HttpRequest {
  return graphForm(addressOf(tools, path), fields);
}
