import * as z from 'zod';
import type { ByteStream, HttpAnswer, HttpRequest, NetworkTools } from '../../core/ports/index.ts';
import { parseAnswer, unanswered, value, type Reply } from '../answers.ts';
import { multipartForm, multipartStream } from '../multipart.ts';
import { asBearer } from '../oauth.ts';
import { refusalOf, type Failure, type Refusal } from './errors.ts';

/** The calls of the API v2 that publishing needs, one function each. `api` is api.x.com. Ids have 64 bits: they are strings. */

type Tools = Pick<NetworkTools, 'send' | 'accessToken' | 'endpoints' | 'now'>;

/** A trouble, with what more X's words say; null: no answer came. */
export type Failed = Extract<Reply<never>, { kind: 'trouble' }> & { readonly refusal: Refusal | null };
export type XReply<Value> = { readonly kind: 'value'; readonly value: Value } | Failed;

export type Category = 'tweet_image' | 'tweet_gif' | 'tweet_video';

/** A file at X, which nobody sees before a post names it. */
export interface Uploaded {
  readonly id: string;
  /** What posts show of it: the one sure sign that a post on the timeline is ours. Null: X did not say. */
  readonly mediaKey: string | null;
}

const idSchema = z.string().regex(/^\d{1,20}$/u);
const uploadedSchema = z.object({ data: z.object({ id: idSchema, media_key: z.string().min(1).optional() }) });

/** Opens the upload of a file in segments. */
export async function initializeMedia(tools: Tools, file: { mediaType: string; category: Category; total: number }): Promise<XReply<Uploaded>> {
  const body = { media_type: file.mediaType, total_bytes: file.total, media_category: file.category, shared: false };
  return uploaded(await call(tools, post(tools, '/2/media/upload/initialize', body), json(uploadedSchema)));
}

// The page names `expires_at` in it; an empty body would do as well. What was not taken comes out when the upload is finalized.
const appendedSchema = z.object({ data: z.looseObject({}) });

/** Sends one segment. The same one may be sent again. */
export async function appendSegment(tools: Tools, mediaId: string, index: number, content: ByteStream): Promise<XReply<true>> {
  const { contentType, stream } = multipartStream({ segment_index: String(index) }, { ...FILE, content });
  const url = `${tools.endpoints['api']}/2/media/upload/${mediaId}/append`;
  const request: HttpRequest = { method: 'POST', url, headers: { 'content-type': contentType }, stream };
  return mediaCall(tools, request, (answer) => (answer.body === '' || parseAnswer(appendedSchema, answer) !== null ? true : null));
}

/** How far X is with a file. Absent: there is nothing to process. */
export interface Processing {
  readonly state: 'pending' | 'in_progress' | 'succeeded' | 'failed';
  /** Seconds until it is worth asking again; null: X does not say. */
  readonly checkAfter: number | null;
  readonly failure: Failure;
}

export interface MediaState {
  readonly processing: Processing | null;
  /** Seconds for which a post may still name it; null: X does not say. */
  readonly expiresAfter: number | null;
}

const stateSchema = z.object({
  data: z.object({
    id: idSchema,
    expires_after_secs: z.number().optional(),
    processing_info: z
      .object({
        state: z.enum(['pending', 'in_progress', 'succeeded', 'failed']),
        check_after_secs: z.number().min(0).optional(),
        error: z.object({ code: z.number().optional(), name: z.string().optional(), message: z.string().optional() }).optional(),
      })
      .optional(),
  }),
});

/** Says that all segments are there. */
export async function finalizeMedia(tools: Tools, mediaId: string): Promise<XReply<MediaState>> {
  return mediaState(await mediaCall(tools, post(tools, `/2/media/upload/${mediaId}/finalize`, {}), json(stateSchema)));
}

/** How far X is with a file whose upload was finalized. */
export async function readMedia(tools: Tools, mediaId: string): Promise<XReply<MediaState>> {
  return mediaState(await mediaCall(tools, get(tools, '/2/media/upload', { command: 'STATUS', media_id: mediaId }), json(stateSchema)));
}

/** Sends a still image in one request. */
export async function uploadImage(tools: Tools, mediaType: string, bytes: Uint8Array): Promise<XReply<Uploaded & Pick<MediaState, 'expiresAfter'>>> {
  const schema = z.object({ data: uploadedSchema.shape.data.extend({ expires_after_secs: z.number().optional() }) });
  const fields = { media_category: 'tweet_image', media_type: mediaType };
  const sent = await call(tools, form(tools, '/2/media/upload', fields, bytes), json(schema));
  if (sent.kind === 'trouble') return sent;
  const { id, media_key: mediaKey = null, expires_after_secs: expiresAfter = null } = sent.value.data;
  return value({ id, mediaKey, expiresAfter });
}

const describedSchema = z.object({ data: z.object({ id: idSchema }) });

/** Says what can be seen on an image, for who cannot see it. */
export async function describeMedia(tools: Tools, mediaId: string, altText: string): Promise<XReply<unknown>> {
  const body = { id: mediaId, metadata: { alt_text: { text: altText } } };
  return mediaCall(tools, post(tools, '/2/media/metadata', body), json(describedSchema));
}

const meSchema = z.object({ data: z.object({ subscription_type: z.string().optional() }) });

/** Whether the account pays X for longer texts and videos; X names its plans, and `None`. */
export async function readSubscribed(tools: Tools): Promise<XReply<boolean>> {
  const read = await call(tools, get(tools, '/2/users/me', { 'user.fields': 'subscription_type' }), json(meSchema));
  return read.kind === 'trouble' ? read : value((read.value.data.subscription_type ?? 'None') !== 'None');
}

/** The request that makes a post; without credentials. */
export function postRequest(tools: Pick<Tools, 'endpoints'>, body: object): HttpRequest {
  return post(tools, '/2/tweets', body);
}

/** The id in the answer to a publish call; null: it is no success, or not what was documented. */
export function postedId(answer: HttpAnswer): string | null {
  const succeeded = answer.status === 201 || answer.status === 200;
  return succeeded ? (parseAnswer(z.object({ data: z.object({ id: idSchema }) }), answer)?.data.id ?? null) : null;
}

export interface RecentPost {
  readonly postId: string;
  /** With the links as they were written, as far as X tells. */
  readonly text: string;
  readonly mediaKeys: readonly string[];
  /** The post that it answers; null: none. */
  readonly repliesTo: string | null;
}

const timelineSchema = z.object({
  data: z
    .array(
      z.object({
        id: idSchema,
        text: z.string(),
        referenced_tweets: z.array(z.object({ type: z.string(), id: idSchema })).optional(),
        attachments: z.object({ media_keys: z.array(z.string()).optional() }).optional(),
        entities: z.object({ urls: z.array(z.object({ url: z.string(), expanded_url: z.string().optional() })).optional() }).optional(),
      }),
    )
    .optional(),
  meta: z.object({ result_count: z.number(), next_token: z.string().min(1).optional() }),
});

/** Posts of one look: each that X returns is paid for. */
const LOOK = 5;

/** A page of an account's posts since a time, newest first; `next`: where older ones go on. */
export async function listPosts(tools: Tools, userId: string, since: string, page: string | null): Promise<XReply<{ posts: readonly RecentPost[]; next: string | null }>> {
  const query = { max_results: String(LOOK), start_time: since, 'tweet.fields': 'created_at,attachments,entities,referenced_tweets', ...(page !== null && { pagination_token: page }) };
  const listed = await call(tools, get(tools, `/2/users/${userId}/tweets`, query), json(timelineSchema));
  if (listed.kind === 'trouble') return listed;
  const { data = [], meta } = listed.value;
  const posts = data.map(({ id, text, attachments, entities, referenced_tweets: named = [] }) => ({
    postId: id,
    text: asWritten(text, entities?.urls ?? []),
    mediaKeys: attachments?.media_keys ?? [],
    repliesTo: named.find(({ type }) => type === 'replied_to')?.id ?? null,
  }));
  return value({ posts, next: meta.next_token ?? null });
}

/** X writes three characters as entities of HTML, and a short address for each link. */
function asWritten(text: string, links: readonly { url: string; expanded_url?: string | undefined }[]): string {
  const spelled = links.reduce((all, { url, expanded_url: long = url }) => all.replaceAll(url, () => long), text);
  return spelled.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

const identitySchema = z.object({ data: z.object({ id: idSchema, username: z.string().min(1) }) });

/** Whose token it is. 75 of these in 15 minutes. */
export async function readMe(tools: Tools): Promise<XReply<{ readonly id: string; readonly username: string }>> {
  const called = await call(tools, get(tools, '/2/users/me', { 'user.fields': 'username' }), json(identitySchema));
  return called.kind === 'trouble' ? called : value(called.value.data);
}

function uploaded(reply: XReply<z.output<typeof uploadedSchema>>): XReply<Uploaded> {
  if (reply.kind === 'trouble') return reply;
  const { id, media_key: mediaKey = null } = reply.value.data;
  return value({ id, mediaKey });
}

function mediaState(reply: XReply<z.output<typeof stateSchema>>): XReply<MediaState> {
  if (reply.kind === 'trouble') return reply;
  const { processing_info: info, expires_after_secs: expiresAfter = null } = reply.value.data;
  const processing = info === undefined ? null : { state: info.state, checkAfter: info.check_after_secs ?? null, failure: info.error ?? {} };
  return value({ processing, expiresAfter });
}

function get({ endpoints }: Pick<Tools, 'endpoints'>, path: string, query: Readonly<Record<string, string>>): HttpRequest {
  return { method: 'GET', url: `${endpoints['api']}${path}?${new URLSearchParams(query).toString()}`, headers: {} };
}

function post({ endpoints }: Pick<Tools, 'endpoints'>, path: string, body: object): HttpRequest {
  return { method: 'POST', url: `${endpoints['api']}${path}`, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** How a form calls its file. */
const FILE = { field: 'media', fileName: 'media' } as const;

/** A form with a file. */
function form({ endpoints }: Pick<Tools, 'endpoints'>, path: string, fields: Readonly<Record<string, string>>, bytes: Uint8Array): HttpRequest {
  const { contentType, body } = multipartForm(fields, { ...FILE, bytes });
  return { method: 'POST', url: `${endpoints['api']}${path}`, headers: { 'content-type': contentType }, body };
}

/** A call about an uploaded file. */
async function mediaCall<Value>(tools: Tools, request: HttpRequest, read: (answer: HttpAnswer) => Value | null): Promise<XReply<Value>> {
  return call(tools, request, read, true);
}

/** What is read from an answer of success must not be null. */
async function call<Value>(tools: Tools, request: HttpRequest, read: (answer: HttpAnswer) => Value | null, aboutMedia = false): Promise<XReply<Value>> {
  const token = await tools.accessToken();
  const result = await tools.send(asBearer(request, token));
  if (result.kind !== 'answered') return { ...unanswered('X', result), refusal: null };
  const { answer } = result;
  const found = answer.status >= 200 && answer.status < 300 ? read(answer) : null;
  if (found !== null) return value(found);
  const refusal = refusalOf(answer, { now: tools.now(), secrets: [token], aboutMedia });
  return { kind: 'trouble', trouble: refusal.trouble, refusal };
}

function json<Schema extends z.ZodType>(schema: Schema): (answer: HttpAnswer) => z.output<Schema> | null {
  return (answer) => parseAnswer(schema, answer);
}
