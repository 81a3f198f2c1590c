import { createHash } from 'node:crypto';
import type { ApiAnswer, Customer, Door } from './door.ts';

export const MiB = 1024 * 1024;

/** Bytes that are nothing in particular. */
export function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size).fill(7);
}

/** The request for a session of a customer's file of so many bytes. */
export function sessionRequest(customer: Pick<Customer, 'accounts'>, fileSize: number, change: object = {}) {
  return { title: 'Spring launch', accounts: customer.accounts, fileName: 'clip.mp4', fileSize, contentType: 'video/mp4', ...change };
}

export interface Staged {
  readonly sessionToken: string;
  readonly parts: readonly { readonly partNumber: number; readonly eTag: string }[];
}

/** Sends bytes to a signed URL, as a client does, and gives the ETag. */
export async function put(door: Door, url: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const answer = await door.media.fetch(url, { method: 'PUT', body: bytes });
  const eTag = answer.headers.get('ETag');
  if (answer.status !== 200 || eTag === null) throw new Error(`storage answered ${answer.status}: ${await answer.text()}`);
  return eTag;
}

/** Opens a session by `presign-put` and sends the file. */
export async function stageSingle(door: Door, customer: Customer, change: object = {}, bytes = bytesOf(1_000)): Promise<Staged> {
  const opened = await door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: sessionRequest(customer, bytes.byteLength, change) });
  if (opened.status !== 201) throw new Error(JSON.stringify(opened.body));
  await put(door, opened.body.uploadUrl, bytes);
  return { sessionToken: opened.body.sessionToken, parts: [] };
}

/** Opens a session of 5 MiB parts and sends them all. */
export async function stageParts(door: Door, customer: Customer, fileSize = 12 * MiB, change: object = {}): Promise<Staged> {
  const opened = await door.call({
    to: 'POST /api/upload/multipart',
    key: customer.key,
    json: sessionRequest(customer, fileSize, { partSize: 5 * MiB, ...change }),
  });
  if (opened.status !== 201) throw new Error(JSON.stringify(opened.body));
  const urls: readonly { partNumber: number; url: string }[] = opened.body.parts;
  const parts: { partNumber: number; eTag: string }[] = [];
  for (const { partNumber, url } of urls) {
    const size = partNumber < urls.length ? 5 * MiB : fileSize - 5 * MiB * (urls.length - 1);
    parts.push({ partNumber, eTag: await put(door, url, bytesOf(size)) });
  }
  return { sessionToken: opened.body.sessionToken, parts };
}

export function complete(door: Door, customer: Pick<Customer, 'key'>, staged: Staged): Promise<ApiAnswer> {
  return door.call({ to: 'POST /api/upload/complete', key: customer.key, json: staged });
}

/** Under which the store knows a token or a key. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
