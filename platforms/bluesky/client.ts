import * as z from 'zod';
import type { HttpAnswer, HttpRequest, NetworkTools } from '../../core/ports/index.ts';
import { parseAnswer, unanswered, value, type Reply } from '../answers.ts';
import { sendAs } from './credentials.ts';
import { NO_SERVER, refusalOf, type Refusal } from './errors.ts';

/**
 * The calls that publishing makes to an account's own server (its PDS) and to the directory of identities, one function each.
 * `plc` is the directory. `pds` is the default service; where an account's server is, its DID document says.
 */

type Tools = Pick<NetworkTools, 'send' | 'accessToken' | 'binding' | 'endpoints' | 'now'>;

/** A trouble, with the server's own words; null: no answer came. */
export type Failed = Extract<Reply<never>, { kind: 'trouble' }> & { readonly refusal: Refusal | null };
export type XrpcReply<Value> = { readonly kind: 'value'; readonly value: Value } | Failed;

export const COLLECTION = 'app.bsky.feed.post';

/** A stored file, as the server names it: it goes into the record as it came. */
export const blobSchema = z.object({
  $type: z.literal('blob'),
  ref: z.object({ $link: z.string().min(1) }),
  mimeType: z.string(),
  size: z.int().min(0),
});
export type BlobRef = z.output<typeof blobSchema>;

const documentSchema = z.object({
  id: z.string(),
  service: z.array(z.object({ id: z.string(), serviceEndpoint: z.unknown().optional() })).optional(),
});

/** Where the server of an account is, without a slash at the end. */
export async function findServer(tools: Pick<Tools, 'send' | 'endpoints' | 'now'>, did: string): Promise<XrpcReply<string>> {
  const url = documentAddress(did, tools);
  if (url === null) return { kind: 'trouble', trouble: NO_SERVER, refusal: null };
  const found = await exchange(tools, { method: 'GET', url, headers: {} }, documentSchema, null);
  if (found.kind === 'trouble') {
    const gone = found.refusal !== null && [404, 410].includes(found.refusal.status);
    return gone ? { ...found, trouble: NO_SERVER } : found;
  }
  const { id, service = [] } = found.value;
  const endpoint = service.find((entry) => ['#atproto_pds', `${did}#atproto_pds`].includes(entry.id))?.serviceEndpoint;
  const server = typeof endpoint === 'string' ? endpoint.replace(/\/$/u, '') : null;
  if (id !== did || server === null || !isTrusted(server, tools)) return { kind: 'trouble', trouble: NO_SERVER, refusal: null };
  return value(server);
}

/** The two kinds of DID that the protocol knows; null: another one. */
function documentAddress(did: string, { endpoints }: Pick<Tools, 'endpoints'>): string | null {
  if (/^did:plc:[a-z2-7]{24}$/u.test(did)) return `${endpoints['plc']}/${did}`;
  const host = /^did:web:([a-z0-9.-]+)$/u.exec(did)?.[1];
  return host !== undefined && isPublicHost(host) ? `https://${host}/.well-known/did.json` : null;
}

/** Tokens go there, and anybody can write any address into their document. `server` without a slash at the end. */
export function isTrusted(server: string, { endpoints }: Pick<Tools, 'endpoints'>): boolean {
  if (server === endpoints['pds']) return true;
  if (!URL.canParse(server)) return false;
  const { protocol, hostname, port, origin } = new URL(server);
  return protocol === 'https:' && port === '' && origin === server && isPublicHost(hostname);
}

/** By its name; no address of a network, and none of the names that are never public (RFC 6761, RFC 6762). */
function isPublicHost(host: string): boolean {
  return /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/u.test(host) && !/\.(?:local|localhost|internal|test|invalid|home|lan|arpa)$/u.test(host);
}

const tokenSchema = z.object({ token: z.string().min(1) });

/** Seconds for which a token of `serviceToken` is good: the video service keeps it until it has stored the processed file. */
const SERVICE_TOKEN_LIFE = 1800;

/** A token with which another service may make the one call `method` for the account. `audience` is the address of who takes it. */
export async function serviceToken(tools: Tools, pds: string, { audience, method }: { audience: string; method: string }): Promise<XrpcReply<string>> {
  const ends = Math.floor(tools.now().getTime() / 1000) + SERVICE_TOKEN_LIFE;
  const query = new URLSearchParams({ aud: `did:web:${new URL(audience).hostname}`, lxm: method, exp: String(ends) });
  const made = await authorised(tools, { method: 'GET', url: `${pds}/xrpc/com.atproto.server.getServiceAuth?${query.toString()}`, headers: {} }, tokenSchema);
  return made.kind === 'trouble' ? made : value(made.value.token);
}

/** Stores a file. Nobody sees it before a record names it; sent again it is the same one. */
export async function uploadBlob(tools: Tools, pds: string, bytes: Uint8Array, contentType: string): Promise<XrpcReply<BlobRef>> {
  const url = `${pds}/xrpc/com.atproto.repo.uploadBlob`;
  const stored = await authorised(tools, { method: 'POST', url, headers: { 'content-type': contentType }, body: bytes }, z.object({ blob: blobSchema }));
  return stored.kind === 'trouble' ? stored : value(stored.value.blob);
}

/** The account behind a handle; null: there is none. */
export async function resolveHandle(tools: Pick<Tools, 'send' | 'now'>, pds: string, handle: string): Promise<XrpcReply<string | null>> {
  const url = `${pds}/xrpc/com.atproto.identity.resolveHandle?${new URLSearchParams({ handle }).toString()}`;
  const found = await exchange(tools, { method: 'GET', url, headers: {} }, z.object({ did: z.string().startsWith('did:') }), null);
  if (found.kind === 'value') return value(found.value.did);
  const unknown = found.refusal?.name === 'HandleNotFound' || found.refusal?.name === 'InvalidRequest';
  return unknown ? value(null) : found;
}

/** What `com.atproto.repo.putRecord` is called with. */
export interface PutInput {
  readonly repo: string;
  readonly collection: string;
  readonly rkey: string;
  readonly record: unknown;
  /** Only if there is no such record, or one that is the same to the byte. */
  readonly swapRecord: null;
}

/** The request that makes a record visible; without credentials. */
export function putRequest(pds: string, input: PutInput): HttpRequest {
  return { method: 'POST', url: `${pds}/xrpc/com.atproto.repo.putRecord`, headers: { 'content-type': 'application/json' }, body: JSON.stringify(input) };
}

export const recordSchema = z.object({ uri: z.string(), cid: z.string().min(1) });

/** Whether an answer to `putRequest` says that this record is there. */
export function isStored(answer: HttpAnswer, uri: string): boolean {
  return answer.status === 200 && parseAnswer(recordSchema, answer)?.uri === uri;
}

/** A record in the version in which it is there. */
export type RecordRef = z.output<typeof recordSchema>;

/** A record of a repository; null: there is none. Public: it needs no token, and answers also when the session is over. */
export async function findRecord(tools: Tools, pds: string, { repo, collection, rkey }: Pick<PutInput, 'repo' | 'collection' | 'rkey'>): Promise<XrpcReply<RecordRef | null>> {
  const query = new URLSearchParams({ repo, collection, rkey });
  const read = await exchange(tools, { method: 'GET', url: `${pds}/xrpc/com.atproto.repo.getRecord?${query.toString()}`, headers: {} }, recordSchema, null);
  return read.kind === 'trouble' && read.refusal?.name === 'RecordNotFound' ? value(null) : read;
}

/** A call that changes nothing, and that every session may make. */
export function sessionRequest(pds: string): HttpRequest {
  return { method: 'GET', url: `${pds}/xrpc/com.atproto.server.getSession`, headers: {} };
}

const shownSchema = z.object({ did: z.string(), handle: z.string().min(1), active: z.boolean().optional() });

/** What the server says of the account to whom a session belongs. */
export async function readSession(tools: Tools, pds: string): Promise<XrpcReply<z.output<typeof shownSchema>>> {
  return authorised(tools, sessionRequest(pds), shownSchema);
}

/** A call with the account's token. */
async function authorised<Schema extends z.ZodType>(tools: Tools, request: HttpRequest, schema: Schema): Promise<XrpcReply<z.output<Schema>>> {
  return exchange({ ...tools, send: (withToken) => sendAs(tools, withToken) }, request, schema, await tools.accessToken());
}

/** A call whose success is one of `statuses` with what the schema says. */
export async function exchange<Schema extends z.ZodType>(
  tools: Pick<Tools, 'send' | 'now'>,
  request: HttpRequest,
  schema: Schema,
  token: string | null,
  statuses: readonly number[] = [200],
): Promise<XrpcReply<z.output<Schema>>> {
  const headers = token === null ? request.headers : { ...request.headers, authorization: `Bearer ${token}` };
  const result = await tools.send({ ...request, headers });
  if (result.kind !== 'answered') return { ...unanswered('Bluesky', result), refusal: null };
  const parsed = statuses.includes(result.answer.status) ? parseAnswer(schema, result.answer) : null;
  if (parsed !== null) return value(parsed);
  const refusal = refusalOf(result.answer, { now: tools.now(), secrets: token === null ? [] : [token] });
  return { kind: 'trouble', trouble: refusal.trouble, refusal };
}
