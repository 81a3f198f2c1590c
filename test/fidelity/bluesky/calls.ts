import { at, call, claimsOf, textAt, type Raw, type Request, type Server } from './server.ts';

/** What the calls of the facts are made of. */

export const POST = 'app.bsky.feed.post';
/** Record keys: times of long ago. */
export const KEY = { text: '3jzfcijpj2z2a', photo: '3jzfcijpj2z2b', video: '3jzfcijpj2z2c', made: '3jzfcijpj2z2d', card: '3jzfcijpj2z2e', absent: '3zzzzzzzzzzzz' };
const CREATED = '2026-01-01T00:00:00.000Z';
export const UNKNOWN_BLOB = { $type: 'blob', ref: { $link: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku' }, mimeType: 'image/jpeg', size: 10 };
export const notes = Buffer.from('Nothing that a signature tells of.');

export const record = (change: object = {}) => ({ $type: POST, text: 'Hello', createdAt: CREATED, ...change });
export const images = (...blobs: readonly unknown[]) => ({ $type: 'app.bsky.embed.images', images: blobs.map((image) => ({ image, alt: 'A photo' })) });
export const film = (blob: unknown, change: object = {}) => ({ $type: 'app.bsky.embed.video', video: blob, alt: 'A video', aspectRatio: { width: 9, height: 16 }, ...change });
export const facet = (byteStart: number, byteEnd: number) => ({ index: { byteStart, byteEnd }, features: [{ $type: 'app.bsky.richtext.facet#tag', tag: 'a' }] });

export const access = ({ kept }: Server) => String(kept.get('access'));
export const write = (server: Server, method: string, input: object, token = access(server)) => call(server, 'POST', `com.atproto.repo.${method}`, { token, input: { repo: server.did, collection: POST, ...input } });
export const put = (server: Server, rkey: string, change?: object, more?: object) => write(server, 'putRecord', { rkey, record: record(change), ...more });
export const upload = (server: Server, body: Uint8Array, type?: string, token = access(server)) => call(server, 'POST', 'com.atproto.repo.uploadBlob', { token, body, ...(type !== undefined && { type }) });
export const session = (server: Server, input: object, more?: Request) => call(server, 'POST', 'com.atproto.server.createSession', { input, ...more });
export const refresh = (server: Server, token: string, more?: Request) => call(server, 'POST', 'com.atproto.server.refreshSession', { token, ...more });
export const deleteSession = (server: Server, token: string, more?: Request) => call(server, 'POST', 'com.atproto.server.deleteSession', { token, ...more });
export const read = (server: Server, change: Readonly<Record<string, string>> = {}) => call(server, 'GET', 'com.atproto.repo.getRecord', { query: { repo: server.did, collection: POST, rkey: KEY.text, ...change } });
export const list = (server: Server, change: Readonly<Record<string, string>> = {}) => call(server, 'GET', 'com.atproto.repo.listRecords', { query: { repo: server.did, collection: POST, ...change } });
export const soon = (seconds: number) => String(Math.floor(Date.now() / 1000) + seconds);
export const service = (server: Server, query: Readonly<Record<string, string>>, token: string | null = access(server)) => call(server, 'GET', 'com.atproto.server.getServiceAuth', { query, ...(token !== null && { token }) });
export const forBlobs = { aud: 'did:web:localhost', lxm: 'com.atproto.repo.uploadBlob' };

/** Writes a record, and keeps its cid under a name. */
export async function keptCid(server: Server, name: string, rkey: string, change?: object, more?: object) {
  const answer = await put(server, rkey, change, more);
  server.kept.set(name, at(answer.body, 'cid'));
  return answer;
}

/** The id of the refresh token in an answer. */
export function nextId({ body }: Raw): unknown {
  return at(claimsOf(textAt(body, 'refreshJwt')).claims, 'jti');
}

/** What a client may read in a token: seconds of life, scope, type, whose it is. */
export function tokenFacts(token: string, { did }: Server): object {
  const { header, claims } = claimsOf(token);
  return { life: Number(at(claims, 'exp')) - Number(at(claims, 'iat')), scope: at(claims, 'scope'), type: at(header, 'typ'), own: at(claims, 'sub') === did, id: typeof at(claims, 'jti') };
}

/** The keys of the records in a list. */
export function keysIn(body: unknown): unknown {
  const records = at(body, 'records');
  return Array.isArray(records) ? records.map((each) => textAt(each, 'uri').split('/').at(-1)) : records;
}
