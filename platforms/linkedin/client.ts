import * as z from 'zod';
import type { TokenSet } from '../../core/model.ts';
import type { HttpAnswer, HttpRequest, NetworkTools, RefreshOutcome } from '../../core/ports/index.ts';
import { parseAnswer, unanswered, value, type Reply } from '../answers.ts';
import { refreshGrant } from '../oauth.ts';
import { sending, type Content } from '../work.ts';
import { packed, type Asset, type Parts } from './checkpoint.ts';
import { refusalOf, tokenTrouble, type Refusal } from './errors.ts';

/** The calls of LinkedIn's versioned REST API that publishing needs, one function each. `api` is api.linkedin.com, `www` www.linkedin.com. */

/** A version lives about a year; then every call is answered 426. */
const VERSION = '202610';

type Tools = Pick<NetworkTools, 'send' | 'accessToken' | 'endpoints' | 'now'>;

/** A trouble, with what more LinkedIn's words say; null: no answer came. */
export type Failed = Extract<Reply<never>, { kind: 'trouble' }> & { readonly refusal: Refusal | null };
export type LinkedInReply<Value> = { readonly kind: 'value'; readonly value: Value } | Failed;

const videoUploadSchema = z.object({
  value: z.object({
    video: z.string().regex(/^urn:li:video:/u),
    uploadUrlsExpireAt: z.number().optional(),
    uploadToken: z.string().optional(),
    uploadInstructions: z.array(z.object({ uploadUrl: z.url(), firstByte: z.int(), lastByte: z.int() })).min(1),
    thumbnailUploadUrl: z.url().optional(),
  }),
});

/** Begins a video of so many bytes, with room for a picture that stands for it. Nobody sees it. */
export async function openVideo(tools: Tools, { owner, size, thumbnail }: { owner: string; size: number; thumbnail: boolean }): Promise<LinkedInReply<Asset>> {
  const body = { initializeUploadRequest: { owner, fileSizeBytes: size, uploadCaptions: false, uploadThumbnail: thumbnail } };
  return call(tools, rest(tools, 'POST', 'videos?action=initializeUpload', body), (answer) => {
    const opened = parseAnswer(videoUploadSchema, answer)?.value;
    if (opened === undefined) return null;
    const left = opened.uploadInstructions.map(({ uploadUrl, firstByte, lastByte }) => ({ url: uploadUrl, first: firstByte, last: lastByte }));
    if (!isWhole(left, size)) return null;
    const place = opened.thumbnailUploadUrl === undefined ? 'no_place' : { url: opened.thumbnailUploadUrl };
    const asset = { urn: opened.video, uploadToken: opened.uploadToken ?? '', expiresAt: opened.uploadUrlsExpireAt ?? null, left: packed(left), etags: [] };
    return { ...asset, thumbnail: thumbnail ? place : null };
  });
}

/** Whether the parts are the file, one after the other. */
function isWhole(parts: Parts, size: number): boolean {
  let next = 0;
  for (const { first, last } of parts) {
    if (first !== next || last < first) return false;
    next = last + 1;
  }
  return next === size;
}

const imageUploadSchema = z.object({
  value: z.object({ image: z.string().regex(/^urn:li:image:/u), uploadUrl: z.url(), uploadUrlExpiresAt: z.number().optional() }),
});

/** Begins an image, which is sent in one piece. Nobody sees it. */
export async function openImage(tools: Tools, { owner, size }: { owner: string; size: number }): Promise<LinkedInReply<Asset>> {
  return call(tools, rest(tools, 'POST', 'images?action=initializeUpload', { initializeUploadRequest: { owner } }), (answer) => {
    const opened = parseAnswer(imageUploadSchema, answer)?.value;
    if (opened === undefined) return null;
    const left = [{ url: opened.uploadUrl, first: 0, last: size - 1 }];
    return { urn: opened.image, uploadToken: '', expiresAt: opened.uploadUrlExpiresAt ?? null, left: packed(left), etags: [], thumbnail: null };
  });
}

/** Sends a part, which may be sent again. The name that LinkedIn gives it; empty: it gave none. */
export async function putPart(tools: Tools, url: string, content: Content, more: HttpRequest['headers'] = {}): Promise<LinkedInReply<string>> {
  const request: HttpRequest = { method: 'PUT', url, headers: { 'content-type': 'application/octet-stream', ...more }, ...sending(content) };
  // The address alone lets a part in. Whether an image needs the token too the pages do not say: it is sent, to LinkedIn only.
  return isOurs(url, tools) ? call(tools, request, partName, PART_TAKEN) : exchange(tools, request, partName, PART_TAKEN, null);
}

/** Sends the picture that stands for a video, which may be sent again. Whether it has to be called one the page does not say. */
export async function putThumbnail(tools: Tools, url: string, bytes: Uint8Array): Promise<LinkedInReply<string>> {
  return putPart(tools, url, bytes, { 'media-type-family': 'STILLIMAGE' });
}

const PART_TAKEN: readonly number[] = [200, 201];

function partName({ headers }: HttpAnswer): string {
  return headers['etag'] ?? '';
}

function isOurs(url: string, { endpoints }: Tools): boolean {
  const { protocol, host, origin } = new URL(url);
  return origin === new URL(endpoints['www'] ?? '').origin || (protocol === 'https:' && (host === 'linkedin.com' || host.endsWith('.linkedin.com')));
}

/** Puts a video together from its parts. */
export async function finalizeVideo(tools: Tools, { urn, uploadToken, etags }: Asset): Promise<LinkedInReply<true>> {
  const body = { finalizeUploadRequest: { video: urn, uploadToken, uploadedPartIds: etags } };
  return call(tools, rest(tools, 'POST', 'videos?action=finalizeUpload', body), () => true as const);
}

const videoSchema = z.object({
  status: z.enum(['WAITING_UPLOAD', 'PROCESSING', 'PROCESSING_FAILED', 'AVAILABLE']),
  processingFailureReason: z.string().optional(),
});

/** How far a video is. */
export async function readVideo(tools: Tools, urn: string): Promise<LinkedInReply<z.output<typeof videoSchema>>> {
  return call(tools, rest(tools, 'GET', `videos/${encodeURIComponent(urn)}`), (answer) => parseAnswer(videoSchema, answer));
}

/** The request that makes a post visible; without credentials. */
export function postRequest(tools: Pick<Tools, 'endpoints'>, body: object): HttpRequest {
  return rest(tools, 'POST', 'posts', body);
}

/** The name of the post in the answer to that; null: it is no success, or not what was documented. */
export function postedUrn({ status, headers }: HttpAnswer): string | null {
  const urn = headers['x-restli-id'] ?? '';
  return status === 201 && /^urn:li:(?:share|ugcPost):\d{1,25}$/u.test(urn) ? urn : null;
}

/** How many posts one look sees. */
export const RECENT = 10;

const postsSchema = z.object({
  elements: z.array(
    z.object({
      id: z.string().min(1),
      commentary: z.string().optional(),
      lifecycleState: z.string().optional(),
      /** Milliseconds of the epoch. */
      createdAt: z.number(),
      lastModifiedAt: z.number().optional(),
      content: z
        .object({
          media: z.object({ id: z.string() }).optional(),
          multiImage: z.object({ images: z.array(z.object({ id: z.string() })) }).optional(),
        })
        .optional(),
    }),
  ),
});

export type RecentPost = z.output<typeof postsSchema>['elements'][number];

/** The posts of a page that were touched last, newest first. Those of a member cannot be read. */
export async function listPosts(tools: Tools, author: string): Promise<LinkedInReply<readonly RecentPost[]>> {
  const path = `posts?author=${encodeURIComponent(author)}&q=author&count=${RECENT}&sortBy=LAST_MODIFIED`;
  return call(tools, rest(tools, 'GET', path), (answer) => parseAnswer(postsSchema, answer)?.elements ?? null);
}

/** The request that makes a comment under a post: the visible call. Without credentials. */
export function commentRequest(tools: Pick<Tools, 'endpoints'>, { actor, post, text }: { actor: string; post: string; text: string }): HttpRequest {
  return rest(tools, 'POST', `socialActions/${encodeURIComponent(post)}/comments`, { actor, object: post, message: { text } });
}

const commentSchema = z.object({ id: z.string().min(1), commentUrn: z.string().optional(), actor: z.string(), message: z.object({ text: z.string() }) });

/** The name of the comment in the answer to that; null: it is no success, or not what was documented. */
export function commentedUrn(answer: HttpAnswer, post: string): string | null {
  if (answer.status !== 201) return null;
  const made = parseAnswer(commentSchema, answer);
  const id = made?.id ?? answer.headers['x-restli-id'];
  return made?.commentUrn ?? (id === undefined || !/^\d{1,25}$/u.test(id) ? null : `urn:li:comment:(${post},${id})`);
}

/** How many comments one look sees. */
export const COMMENTS = 100;

const commentsSchema = z.object({ elements: z.array(commentSchema) });

export interface ListedComment {
  readonly urn: string;
  readonly actor: string;
  readonly text: string;
}

/** Comments under a post of a page; in which order they come is not documented. */
export async function listComments(tools: Tools, post: string): Promise<LinkedInReply<readonly ListedComment[]>> {
  return call(tools, rest(tools, 'GET', `socialActions/${encodeURIComponent(post)}/comments?start=0&count=${COMMENTS}`), (answer) => {
    const elements = parseAnswer(commentsSchema, answer)?.elements;
    return elements?.map(({ id, commentUrn, actor, message }) => ({ urn: commentUrn ?? `urn:li:comment:(${post},${id})`, actor, text: message.text })) ?? null;
  });
}

/** A new access token for 60 days. The refresh token stays the same, and its year goes on from the day of the consent. */
export async function refreshToken(tokens: TokenSet, tools: Pick<NetworkTools, 'send' | 'now' | 'endpoints' | 'app'>): Promise<RefreshOutcome> {
  const { clientId, clientSecret } = tools.app;
  return refreshGrant(tokens, tools, {
    title: 'LinkedIn',
    url: `${tools.endpoints['www']}/oauth/v2/accessToken`,
    fields: { client_id: clientId, client_secret: clientSecret },
    secrets: [clientSecret],
    trouble: tokenTrouble,
  });
}

/** A call of the versioned API; without credentials. */
export function rest({ endpoints }: Pick<Tools, 'endpoints'>, method: 'GET' | 'POST', path: string, body?: object): HttpRequest {
  const headers = { 'linkedin-version': VERSION, 'x-restli-protocol-version': '2.0.0', ...(body !== undefined && { 'content-type': 'application/json' }) };
  return { method, url: `${endpoints['api']}/rest/${path}`, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
}

/** A call with the account's token; what is read from its success must not be null. */
export async function call<Value>(tools: Tools, request: HttpRequest, read: (answer: HttpAnswer) => Value | null, successes: readonly number[] = [200]): Promise<LinkedInReply<Value>> {
  return exchange(tools, request, read, successes, await tools.accessToken());
}

async function exchange<Value>(
  tools: Tools,
  request: HttpRequest,
  read: (answer: HttpAnswer) => Value | null,
  successes: readonly number[],
  token: string | null,
): Promise<LinkedInReply<Value>> {
  const result = await tools.send({ ...request, headers: { ...request.headers, ...(token !== null && { authorization: `Bearer ${token}` }) } });
  if (result.kind !== 'answered') return { ...unanswered('LinkedIn', result), refusal: null };
  const found = successes.includes(result.answer.status) ? read(result.answer) : null;
  if (found !== null) return value(found);
  const refusal = refusalOf(result.answer, { now: tools.now(), secrets: token === null ? [] : [token] });
  return { kind: 'trouble', trouble: refusal.trouble, refusal };
}
