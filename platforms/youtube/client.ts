import * as z from 'zod';
import type { TokenSet } from '../../core/model.ts';
import type { HttpAnswer, HttpRequest, HttpResult, NetworkTools, RefreshOutcome } from '../../core/ports/index.ts';
import { parseAnswer, unanswered, value, type Reply } from '../answers.ts';
import { asBearer, refreshGrant } from '../oauth.ts';
import { sending, type Content } from '../work.ts';
import { refusalOf, tokenTrouble } from './errors.ts';

/** The calls of the Data API v3 that publishing needs, one function each. `api` is www.googleapis.com, `oauth` oauth2.googleapis.com. */

type Tools = Pick<NetworkTools, 'send' | 'accessToken' | 'endpoints' | 'now'>;

/** An upload in progress: its address, and the bytes that were announced. */
export interface Session {
  readonly uri: string;
  readonly total: number;
}

/** What a session says of itself. */
export type SessionState =
  /** `stored`: bytes from the beginning that are there; null: it did not say, which means none. */
  | { readonly kind: 'open'; readonly stored: number | null }
  /** The last byte is there: this is the video. */
  | { readonly kind: 'done'; readonly videoId: string }
  /** It has expired, or never was. */
  | { readonly kind: 'gone' };

const idSchema = z.object({ id: z.string().min(1) });

/**
 * Opens an upload session: nothing is visible before its last byte. It is not known whether a session that is never finished
 * counts among the project's 100 uploads a day: so none is opened while another one may be gone on with.
 */
export async function openSession(
  tools: Tools,
  video: { metadata: object; notifySubscribers: boolean; total: number; contentType: string },
): Promise<Reply<string>> {
  const url = `${tools.endpoints['api']}/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status&notifySubscribers=${video.notifySubscribers}`;
  const headers = {
    'content-type': 'application/json; charset=UTF-8',
    'x-upload-content-length': String(video.total),
    'x-upload-content-type': video.contentType,
  };
  return call(tools, { method: 'POST', url, headers, body: JSON.stringify(video.metadata) }, (answer) => {
    const uri = answer.headers['location'];
    return uri !== undefined && isOurs(uri, tools) ? uri : null;
  });
}

/** The token goes to the session's address: it has to be the API's own. */
function isOurs(uri: string, { endpoints }: Tools): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, host, origin } = new URL(uri);
  return origin === new URL(endpoints['api'] ?? '').origin || (protocol === 'https:' && host.endsWith('.googleapis.com'));
}

/** Asks a session how far it is. */
export async function askSession(tools: Tools, session: Session): Promise<Reply<SessionState>> {
  return sessionCall(tools, session, null);
}

/** Sends a slice that is not the last one. */
export async function sendSlice(tools: Tools, session: Session, slice: Slice): Promise<Reply<SessionState>> {
  return sessionCall(tools, session, slice);
}

export interface Slice {
  readonly start: number;
  readonly content: Content;
  readonly contentType: string;
}

/** The request that sends a slice, or asks a session how far it is; without credentials. */
export function sliceRequest({ uri, total }: Session, slice: Slice | null): HttpRequest {
  if (slice === null) return { method: 'PUT', url: uri, headers: { 'content-range': `bytes */${total}` } };
  const { start, content, contentType } = slice;
  const range = `bytes ${start}-${start + content.length - 1}/${total}`;
  return { method: 'PUT', url: uri, headers: { 'content-range': range, 'content-type': contentType }, ...sending(content) };
}

/** The state that an answer of a session tells; null: it tells none. */
export function sessionState(answer: HttpAnswer, { total }: Session): SessionState | null {
  switch (answer.status) {
    case 200:
    case 201: {
      const id = parseAnswer(idSchema, answer)?.id;
      return id === undefined ? null : { kind: 'done', videoId: id };
    }
    case 308: {
      const range = answer.headers['range'];
      if (range === undefined) return { kind: 'open', stored: null };
      const stored = Number(/^bytes=0-(\d{1,15})$/u.exec(range)?.[1] ?? Number.NaN) + 1;
      return stored <= total ? { kind: 'open', stored } : null;
    }
    case 404:
    case 410:
      return { kind: 'gone' };
    default:
      return null;
  }
}

async function sessionCall(tools: Tools, session: Session, slice: Slice | null): Promise<Reply<SessionState>> {
  const { result, refused } = await exchange(tools, sliceRequest(session, slice));
  if (result.kind !== 'answered') return unanswered('YouTube', result);
  const state = sessionState(result.answer, session);
  return state === null ? refused(result.answer) : value(state);
}

const channelsSchema = z.object({
  items: z.array(z.object({ contentDetails: z.object({ relatedPlaylists: z.object({ uploads: z.string() }) }) })).min(1),
});

/** The playlist of everything that the channel has uploaded. */
export async function readUploadsPlaylist(tools: Tools): Promise<Reply<string>> {
  const called = await get(tools, '/youtube/v3/channels?part=contentDetails&mine=true', channelsSchema);
  if (called.kind === 'trouble') return called;
  return value(called.value.items[0]?.contentDetails.relatedPlaylists.uploads ?? '');
}

const longUploadsSchema = z.object({ items: z.array(z.object({ status: z.object({ longUploadsStatus: z.string().optional() }).optional() })).min(1) });

/**
 * Whether the channel may upload videos of more than 15 minutes. `longUploadsStatus` is of the reference of channels; where it is
 * missing or new, nothing is known against it.
 */
export async function readMayUploadLong(tools: Tools): Promise<Reply<boolean>> {
  const called = await get(tools, '/youtube/v3/channels?part=status&mine=true', longUploadsSchema);
  if (called.kind === 'trouble') return called;
  const status = called.value.items[0]?.status?.longUploadsStatus;
  return value(status !== 'eligible' && status !== 'disallowed');
}

/** How many uploads one look sees. */
export const RECENT = 10;

const playlistSchema = z.object({
  items: z.array(
    z.object({
      snippet: z.object({ title: z.string(), publishedAt: z.iso.datetime({ offset: true }) }),
      contentDetails: z.object({ videoId: z.string().min(1) }),
    }),
  ),
});

export interface RecentVideo {
  readonly videoId: string;
  readonly title: string;
  readonly publishedAt: Date;
}

/** The newest uploads, newest first. One unit of quota. */
export async function listRecent(tools: Tools, playlistId: string): Promise<Reply<readonly RecentVideo[]>> {
  const query = new URLSearchParams({ part: 'contentDetails,snippet', playlistId, maxResults: String(RECENT) });
  const called = await get(tools, `/youtube/v3/playlistItems?${query.toString()}`, playlistSchema);
  if (called.kind === 'trouble') return called;
  return value(
    called.value.items.map(({ snippet, contentDetails }) => ({
      videoId: contentDetails.videoId,
      title: snippet.title,
      publishedAt: new Date(snippet.publishedAt),
    })),
  );
}

const statusSchema = z.object({
  uploadStatus: z.string().optional(),
  failureReason: z.string().optional(),
  rejectionReason: z.string().optional(),
  privacyStatus: z.string().optional(),
});
const videosSchema = z.object({ items: z.array(z.object({ status: statusSchema })) });

export type VideoStatus = z.output<typeof statusSchema>;

/** The status of a video; null: the channel has none with this id. One unit of quota. */
export async function readVideoStatus(tools: Tools, videoId: string): Promise<Reply<VideoStatus | null>> {
  const query = new URLSearchParams({ part: 'status', id: videoId });
  const called = await get(tools, `/youtube/v3/videos?${query.toString()}`, videosSchema);
  return called.kind === 'trouble' ? called : value(called.value.items[0]?.status ?? null);
}

const identitySchema = z.object({ items: z.array(z.object({ id: z.string().min(1), snippet: z.object({ title: z.string() }) })).default([]) });

/** The channels that the token is for: one, or none where the person has no channel. One unit of quota. */
export async function readChannels(tools: Tools): Promise<Reply<readonly { readonly id: string; readonly title: string }[]>> {
  const called = await get(tools, '/youtube/v3/channels?part=snippet&mine=true', identitySchema);
  return called.kind === 'trouble' ? called : value(called.value.items.map(({ id, snippet }) => ({ id, title: snippet.title })));
}

/** A new access token. Google does not rotate refresh tokens: the old one stays good. */
export async function refreshToken(tokens: TokenSet, tools: Pick<NetworkTools, 'send' | 'now' | 'endpoints' | 'app'>): Promise<RefreshOutcome> {
  const { clientId, clientSecret } = tools.app;
  return refreshGrant(tokens, tools, {
    title: 'YouTube',
    url: `${tools.endpoints['oauth']}/token`,
    fields: { client_id: clientId, client_secret: clientSecret },
    secrets: [clientSecret],
    trouble: tokenTrouble,
  });
}

interface Exchange {
  readonly result: HttpResult;
  /** What an answer means that is no success, or not what was documented. */
  readonly refused: (answer: HttpAnswer) => Extract<Reply<never>, { kind: 'trouble' }>;
}

/** Sends with the account's token. */
async function exchange(tools: Tools, request: HttpRequest): Promise<Exchange> {
  const token = await tools.accessToken();
  const result = await tools.send(asBearer(request, token));
  return {
    result,
    refused: (answer) => ({ kind: 'trouble', trouble: refusalOf(answer, { now: tools.now(), secrets: [token] }).trouble }),
  };
}

/** A call whose success is 200; what is read from it must not be null. */
export async function call<Value>(tools: Tools, request: HttpRequest, read: (answer: HttpAnswer) => Value | null): Promise<Reply<Value>> {
  const { result, refused } = await exchange(tools, request);
  if (result.kind !== 'answered') return unanswered('YouTube', result);
  const found = result.answer.status === 200 ? read(result.answer) : null;
  return found === null ? refused(result.answer) : value(found);
}

export async function get<Schema extends z.ZodType>(tools: Tools, path: string, schema: Schema): Promise<Reply<z.output<Schema>>> {
  return call(tools, { method: 'GET', url: `${tools.endpoints['api']}${path}`, headers: {} }, (answer) => parseAnswer(schema, answer));
}
