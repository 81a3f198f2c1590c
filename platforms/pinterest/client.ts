import * as z from 'zod';
import type { ByteStream, HttpAnswer, HttpRequest, NetworkTools } from '../../core/ports/index.ts';
import { parseAnswer, unanswered, value, type Reply } from '../answers.ts';
import { multipartStream } from '../multipart.ts';
import { asBearer } from '../oauth.ts';
import { refusalOf, storageTrouble, type Refusal } from './errors.ts';

/** The calls of the API v5 that publishing needs, one function each. `api` is api.pinterest.com. */

type Tools = Pick<NetworkTools, 'send' | 'accessToken' | 'endpoints' | 'now'>;

/** A trouble, with what more Pinterest's words say; null: no answer came. */
type Failed = Extract<Reply<never>, { kind: 'trouble' }> & { readonly refusal: Refusal | null };
export type PinterestReply<Value> = { readonly kind: 'value'; readonly value: Value } | Failed;

const idSchema = z.string().regex(/^\d{1,25}$/u);

/** Where the bytes of a video go, and what lets them in there: for about an hour. */
export interface Registered {
  readonly mediaId: string;
  readonly url: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const registeredSchema = z.object({ media_id: idSchema, upload_url: z.url({ protocol: /^https?$/u }), upload_parameters: z.record(z.string(), z.string()) });

/** Makes place for a video. */
export async function registerVideo(tools: Tools): Promise<PinterestReply<Registered>> {
  const reply = await call(tools, post(tools, '/media', { media_type: 'video' }), json(registeredSchema));
  if (reply.kind === 'trouble') return reply;
  const { media_id: mediaId, upload_url: url, upload_parameters: parameters } = reply.value;
  return value({ mediaId, url, parameters });
}

/** Seconds that the bytes of a video may take: a whole step's time, which bounds it. */
const SEND_SECONDS = 15 * 60;

/** Sends all bytes of a video, in one request to a storage (S3) that knows no token of ours. */
export async function sendVideo(tools: Pick<Tools, 'send'>, { url, parameters }: Registered, contentType: string, content: ByteStream): Promise<Reply<true>> {
  const { contentType: formType, stream } = multipartStream(parameters, { field: 'file', fileName: 'video', contentType, content });
  const result = await tools.send({ method: 'POST', url, headers: { 'content-type': formType }, stream, timeout: SEND_SECONDS });
  if (result.kind !== 'answered') return unanswered('Pinterest', result);
  const { answer } = result;
  // 204, or 201 where the parameters ask for it: S3 says no other success to a form.
  return answer.status === 204 || answer.status === 201 ? value(true) : { kind: 'trouble', trouble: storageTrouble(answer, Object.values(parameters)) };
}

const mediaSchema = z.object({ status: z.enum(['registered', 'processing', 'succeeded', 'failed']) });
export type MediaStatus = z.output<typeof mediaSchema>['status'];

/** How far Pinterest is with a video. */
export async function readMedia(tools: Tools, mediaId: string): Promise<PinterestReply<MediaStatus>> {
  const read = await call(tools, get(tools, `/media/${mediaId}`), json(mediaSchema));
  return read.kind === 'trouble' ? read : value(read.value.status);
}

/** The request that makes a pin; without credentials. */
export function pinRequest(tools: Pick<Tools, 'endpoints'>, pin: object): HttpRequest {
  return post(tools, '/pins', pin);
}

/** The id in the answer to a publish call; null: it is no success, or not what was documented. */
export function pinnedId(answer: HttpAnswer): string | null {
  const succeeded = answer.status === 201 || answer.status === 200;
  return succeeded ? (parseAnswer(z.object({ id: idSchema }), answer)?.id ?? null) : null;
}

const pinSchema = z.object({
  id: idSchema,
  created_at: z.string().nullish(),
  title: z.string().nullish(),
  description: z.string().nullish(),
});

/** A pin as it is listed. */
export interface ListedPin {
  readonly id: string;
  /** Milliseconds since 1970; null: not told. */
  readonly createdAt: number | null;
  readonly title: string;
  readonly description: string;
}

const pageSchema = z.object({ items: z.array(pinSchema), bookmark: z.string().nullish() });

/** Pins that are listed at once. */
const PAGE = 25;

/** A page of the pins of a board or of one of its sections. The page says "newest first", which people may have changed. */
export async function listPins(tools: Tools, { board, section }: Place, bookmark: string | null): Promise<PinterestReply<{ pins: readonly ListedPin[]; next: string | null }>> {
  // That a section has a list of its own is known from the API's schema only: should it not, it is not found, and nothing is believed.
  const path = section === null ? `/boards/${board}/pins` : `/boards/${board}/sections/${section}/pins`;
  const query = new URLSearchParams({ page_size: String(PAGE), ...(bookmark !== null && { bookmark }) });
  const listed = await call(tools, get(tools, `${path}?${query.toString()}`), json(pageSchema));
  if (listed.kind === 'trouble') return listed;
  const pins = listed.value.items.map(({ id, created_at: createdAt, title, description }) => ({ id, createdAt: timeOf(createdAt), title: title ?? '', description: description ?? '' }));
  const next = listed.value.bookmark ?? null;
  return value({ pins, next: next === '' ? null : next });
}

/** Where a pin is. */
export interface Place {
  readonly board: string;
  readonly section: string | null;
}

/** Times of the API stand without a zone too: they are of UTC. */
function timeOf(text: string | null | undefined): number | null {
  if (typeof text !== 'string') return null;
  const at = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/u.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? null : at;
}

const userSchema = z.object({ id: idSchema.optional(), username: z.string().min(1) });

/** Whose token it is. */
export async function readUser(tools: Tools): Promise<PinterestReply<z.output<typeof userSchema>>> {
  return call(tools, get(tools, '/user_account'), json(userSchema));
}

const boardsSchema = z.object({ items: z.array(z.object({ id: idSchema, name: z.string() })), bookmark: z.string().nullish() });

export type Board = z.output<typeof boardsSchema>['items'][number];

/** Boards of one look, and looks at most: nobody chooses among more. */
const BOARDS = 250;
const LOOKS = 4;

/** The user's boards. */
export async function listBoards(tools: Tools): Promise<PinterestReply<readonly Board[]>> {
  const found: Board[] = [];
  let bookmark: string | null = null;
  for (let look = 0; look < LOOKS; look += 1) {
    const query = new URLSearchParams({ page_size: String(BOARDS), ...(bookmark !== null && { bookmark }) });
    const listed: PinterestReply<z.output<typeof boardsSchema>> = await call(tools, get(tools, `/boards?${query.toString()}`), json(boardsSchema));
    if (listed.kind === 'trouble') return listed;
    found.push(...listed.value.items);
    bookmark = listed.value.bookmark ?? null;
    if (bookmark === null || bookmark === '') break;
  }
  return value(found);
}

function get({ endpoints }: Pick<Tools, 'endpoints'>, path: string): HttpRequest {
  return { method: 'GET', url: `${endpoints['api']}/v5${path}`, headers: {} };
}

function post({ endpoints }: Pick<Tools, 'endpoints'>, path: string, body: object): HttpRequest {
  return { method: 'POST', url: `${endpoints['api']}/v5${path}`, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** What is read from an answer of success must not be null. */
async function call<Value>(tools: Tools, request: HttpRequest, read: (answer: HttpAnswer) => Value | null): Promise<PinterestReply<Value>> {
  const token = await tools.accessToken();
  const result = await tools.send(asBearer(request, token));
  if (result.kind !== 'answered') return { ...unanswered('Pinterest', result), refusal: null };
  const { answer } = result;
  const found = answer.status >= 200 && answer.status < 300 ? read(answer) : null;
  if (found !== null) return value(found);
  const refusal = refusalOf(answer, { now: tools.now(), secrets: [token] });
  return { kind: 'trouble', trouble: refusal.trouble, refusal };
}

function json<Schema extends z.ZodType>(schema: Schema): (answer: HttpAnswer) => z.output<Schema> | null {
  return (answer) => parseAnswer(schema, answer);
}
