import * as z from 'zod';
import type { TokenSet } from '../../core/model.ts';
import type { HttpAnswer, HttpRequest, NetworkTools, RefreshOutcome } from '../../core/ports/index.ts';
import { parseAnswer, unanswered, value, type Reply } from '../answers.ts';
import { asBearer, rotatingGrant } from '../oauth.ts';
import { sending, type Content } from '../work.ts';
import { refusalOf, tokenTrouble, type Refusal } from './errors.ts';

/** The calls of the Content Posting API v2 and the Display API that publishing needs. `api` is open.tiktokapis.com. */

type Tools = Pick<NetworkTools, 'send' | 'accessToken' | 'endpoints' | 'now'>;

/** A trouble, with what more TikTok's code says; null: no answer came. */
type Failed = Extract<Reply<never>, { kind: 'trouble' }> & { readonly refusal: Refusal | null };
export type TikTokReply<Value> = { readonly kind: 'value'; readonly value: Value } | Failed;

const creatorSchema = z.object({
  creator_username: z.string().min(1),
  privacy_level_options: z.array(z.string()),
  comment_disabled: z.boolean().default(false),
  duet_disabled: z.boolean().default(false),
  stitch_disabled: z.boolean().default(false),
  /** Seconds. */
  max_video_post_duration_sec: z.number().positive().optional(),
});

/** What a creator allows. TikTok wants it asked before every direct post. */
export type Creator = z.output<typeof creatorSchema>;

export async function queryCreator(tools: Tools): Promise<TikTokReply<Creator>> {
  return call(tools, '/v2/post/publish/creator_info/query/', {}, creatorSchema);
}

const openedSchema = z.object({ publish_id: z.string().min(1), upload_url: z.url() });

/** Opens the upload of a video: nothing is visible before its last chunk. Its address serves for an hour, and whoever has it. */
export async function openUpload(
  tools: Tools,
  postInfo: object,
  video: { readonly size: number; readonly chunkSize: number; readonly count: number },
): Promise<TikTokReply<z.output<typeof openedSchema>>> {
  const source = { source: 'FILE_UPLOAD', video_size: video.size, chunk_size: video.chunkSize, total_chunk_count: video.count };
  return call(tools, '/v2/post/publish/video/init/', { post_info: postInfo, source_info: source }, openedSchema);
}

export interface Chunk {
  readonly start: number;
  readonly total: number;
  readonly content: Content;
  readonly contentType: string;
}

/** The request that sends a chunk. It carries no token: the address is the key. */
export function chunkRequest(url: string, { start, total, content, contentType }: Chunk): HttpRequest {
  const range = `bytes ${start}-${start + content.length - 1}/${total}`;
  return { method: 'PUT', url, headers: { 'content-type': contentType, 'content-range': range }, ...sending(content) };
}

/** `lost`: the address takes no more, or not these bytes. */
export type ChunkState = 'stored' | 'complete' | 'lost';

/** What became of a chunk; null: the answer does not tell. */
export function chunkState({ status }: HttpAnswer): ChunkState | null {
  switch (status) {
    case 206:
      return 'stored';
    case 201:
      return 'complete';
    case 403:
    case 416:
      return 'lost';
    default:
      return null;
  }
}

/** Sends a chunk that is not the last one. */
export async function sendChunk(tools: Tools, url: string, chunk: Chunk): Promise<Reply<ChunkState>> {
  const result = await tools.send(chunkRequest(url, chunk));
  if (result.kind !== 'answered') return unanswered('TikTok', result);
  const state = chunkState(result.answer);
  if (state !== null) return value(state);
  return { kind: 'trouble', trouble: refusalOf(result.answer, { now: tools.now(), secrets: [url] }).trouble };
}

/** The request that makes photos visible: TikTok fetches and publishes them by itself. Without credentials. */
export function photosRequest(tools: Pick<Tools, 'endpoints'>, postInfo: object, urls: readonly string[]): HttpRequest {
  const source = { source: 'PULL_FROM_URL', photo_images: urls, photo_cover_index: 0 };
  return jsonRequest(tools, '/v2/post/publish/content/init/', { media_type: 'PHOTO', post_mode: 'DIRECT_POST', post_info: postInfo, source_info: source });
}

const publishIdSchema = z.object({ publish_id: z.string().min(1) });

/** The id in the answer to `photosRequest`; null: it is no success, or not what was documented. */
export function publishIdOf(answer: HttpAnswer): string | null {
  return succeeded(answer, publishIdSchema)?.publish_id ?? null;
}

const statusSchema = z.object({
  /** One that was not documented says nothing. */
  status: z.string(),
  fail_reason: z.string().optional(),
  uploaded_bytes: z.int().min(0).optional(),
  /** Spelled so. Numbers of 64 bits, which come from `parseAnswer` as texts. */
  publicaly_available_post_id: z.array(z.union([z.string(), z.number()]).transform(String)).optional(),
});

export type Status = z.output<typeof statusSchema>;

const STATUS_PATH = '/v2/post/publish/status/fetch/';

export async function readStatus(tools: Tools, publishId: string): Promise<TikTokReply<Status>> {
  return call(tools, STATUS_PATH, { publish_id: publishId }, statusSchema);
}

/** The request of `readStatus`; without credentials. */
export function statusRequest(tools: Pick<Tools, 'endpoints'>, publishId: string): HttpRequest {
  return jsonRequest(tools, STATUS_PATH, { publish_id: publishId });
}

export function statusOf(answer: HttpAnswer): Status | null {
  return succeeded(answer, statusSchema);
}

/** How many posts one look sees: the most that the call gives. */
export const RECENT = 20;

const listSchema = z.object({
  videos: z.array(
    z.object({
      id: z.union([z.string().min(1), z.number()]).transform(String),
      /** Seconds since 1970. */
      create_time: z.number(),
      title: z.string().optional(),
      video_description: z.string().optional(),
    }),
  ),
});

export type RecentPost = z.output<typeof listSchema>['videos'][number];

/** The newest public posts of the creator, newest first, with a lag. Needs a scope of its own. */
export async function listRecent(tools: Tools): Promise<TikTokReply<readonly RecentPost[]>> {
  const listed = await call(tools, '/v2/video/list/?fields=id,create_time,title,video_description', { max_count: RECENT }, listSchema);
  return listed.kind === 'trouble' ? listed : value(listed.value.videos);
}

const userSchema = z.object({ user: z.object({ open_id: z.string().min(1), display_name: z.string().optional(), username: z.string().optional() }) });

export type User = z.output<typeof userSchema>['user'];

/** Who the token is for. `username` has a scope of its own. */
export async function readUser(tools: Tools, fields: readonly (keyof User)[]): Promise<TikTokReply<User>> {
  const request: HttpRequest = { method: 'GET', url: `${tools.endpoints['api']}/v2/user/info/?fields=${fields.join(',')}`, headers: {} };
  const read = await authorised(tools, request, userSchema);
  return read.kind === 'trouble' ? read : value(read.value.user);
}

/** A new access token. The refresh token that comes along may be another one. */
export async function refreshToken(tokens: TokenSet, tools: Pick<NetworkTools, 'send' | 'now' | 'endpoints' | 'app'>): Promise<RefreshOutcome> {
  const { clientId, clientSecret } = tools.app;
  return rotatingGrant(tokens, tools, {
    title: 'TikTok',
    url: `${tools.endpoints['api']}/v2/oauth/token/`,
    fields: { client_key: clientId, client_secret: clientSecret },
    secrets: [clientSecret],
    trouble: tokenTrouble,
    probe: `${tools.endpoints['api']}/v2/user/info/?fields=open_id`,
  });
}

function jsonRequest({ endpoints }: Pick<Tools, 'endpoints'>, path: string, body: object): HttpRequest {
  return {
    method: 'POST',
    url: `${endpoints['api']}${path}`,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: JSON.stringify(body),
  };
}

const okSchema = z.object({ error: z.object({ code: z.literal('ok') }), data: z.unknown() });

/** The data of an answer that is a success; null otherwise. */
function succeeded<Schema extends z.ZodType>(answer: HttpAnswer, schema: Schema): z.output<Schema> | null {
  if (answer.status !== 200) return null;
  const data = schema.safeParse(parseAnswer(okSchema, answer)?.data);
  return data.success ? data.data : null;
}

async function call<Schema extends z.ZodType>(tools: Tools, path: string, body: object, schema: Schema): Promise<TikTokReply<z.output<Schema>>> {
  return authorised(tools, jsonRequest(tools, path, body), schema);
}

async function authorised<Schema extends z.ZodType>(tools: Tools, request: HttpRequest, schema: Schema): Promise<TikTokReply<z.output<Schema>>> {
  const token = await tools.accessToken();
  const result = await tools.send(asBearer(request, token));
  if (result.kind !== 'answered') return { ...unanswered('TikTok', result), refusal: null };
  const data = succeeded(result.answer, schema);
  if (data !== null) return value(data);
  const refusal = refusalOf(result.answer, { now: tools.now(), secrets: [token] });
  return { kind: 'trouble', trouble: refusal.trouble, refusal };
}
