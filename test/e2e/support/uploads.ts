import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { call, type ApiAnswer, type Caller } from './api.ts';
import { accounts } from './stack.ts';

/** A clip of two parts of 5 MiB, and one below 1 MB. */
export const clip = await readFile(new URL('../../../local/demo.mp4', import.meta.url));
export const smallClip = await readFile(new URL('../../../local/demo-small.mp4', import.meta.url));

export const MiB = 1024 * 1024;

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

let titles = 0;

/** A title by which this test's posts are found at the networks, which all tests share. */
export function newTitle(): string {
  titles += 1;
  return `Spring launch ${process.pid}-${titles}`;
}

/** The fields of a session request for `bytes`, onto the demo accounts unless told otherwise. */
export function sessionRequest(bytes: Uint8Array, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    title: newTitle(),
    accounts: Object.values(accounts),
    fileName: 'clip.mp4',
    fileSize: bytes.length,
    contentType: 'video/mp4',
    ...fields,
  };
}

/** PUTs bytes to a presigned URL and gives the ETag. */
export async function putPart(url: string, bytes: Uint8Array): Promise<string> {
  const answer = await fetch(url, { method: 'PUT', body: bytes, signal: AbortSignal.timeout(30_000) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`storage answered ${answer.status}: ${text.slice(0, 300)}`);
  return answer.headers.get('etag') ?? '';
}

export interface StagedParts {
  readonly sessionToken: string;
  readonly parts: readonly { readonly partNumber: number; readonly eTag: string }[];
}

/** Opens a multipart session with parts of 5 MiB and sends all of them, ready to be completed. */
export async function stageParts(bytes: Uint8Array, fields: Record<string, unknown> = {}, caller?: Caller): Promise<StagedParts> {
  const opened = await call('POST', '/api/upload/multipart', sessionRequest(bytes, { partSize: 5 * MiB, ...fields }), caller);
  expect(opened.body).toMatchObject({ partSize: 5 * MiB, partCount: Math.ceil(bytes.length / (5 * MiB)) });
  const parts = [];
  for (const { partNumber, url } of opened.body.parts) {
    const eTag = await putPart(url, bytes.subarray((partNumber - 1) * 5 * MiB, partNumber * 5 * MiB));
    parts.push({ partNumber, eTag });
  }
  return { sessionToken: opened.body.sessionToken, parts };
}

/** Opens a single-PUT session and sends the file. */
export async function stageSingle(bytes: Uint8Array, fields: Record<string, unknown> = {}, caller?: Caller): Promise<StagedParts> {
  const opened = await call('POST', '/api/upload/presign-put', sessionRequest(bytes, fields), caller);
  expect(opened.status).toBe(201);
  await putPart(opened.body.uploadUrl, bytes);
  return { sessionToken: opened.body.sessionToken, parts: [] };
}

interface NamedFile {
  readonly fileName: string;
  readonly contentType: string;
}

/** Sends a file by itself, and gives the token of its session. */
export async function sendFile(bytes: Uint8Array, { fileName, contentType }: NamedFile, caller?: Caller): Promise<string> {
  const opened = await call('POST', '/api/media', { fileName, contentType, fileSize: bytes.length }, caller);
  expect(opened).toMatchObject({ status: 201, body: { partCount: 1 } });
  await putPart(opened.body.parts[0].url, bytes);
  return opened.body.sessionToken;
}

/** Stores a file by itself, and gives its id. */
export async function storeFile(bytes: Uint8Array, { fileName, contentType }: NamedFile, caller?: Caller): Promise<string> {
  const stored = await call('POST', '/api/media/complete', { sessionToken: await sendFile(bytes, { fileName, contentType }, caller) }, caller);
  expect(stored).toMatchObject({ status: 200, body: { fileName, contentType, size: bytes.length, state: 'ready' } });
  return stored.body.mediaId;
}

export function complete(staged: StagedParts, caller?: Caller): Promise<ApiAnswer> {
  return call('POST', '/api/upload/complete', staged, caller);
}

/** Stages the small clip in one part and completes it: the shortest way to an upload. */
export async function publish(fields: Record<string, unknown> = {}, bytes: Uint8Array = smallClip): Promise<{ uploadId: string; title: string }> {
  const title = newTitle();
  const completed = await complete(await stageSingle(bytes, { title, ...fields }));
  expect(completed.body).toMatchObject({ title });
  return { uploadId: completed.body.uploadId, title };
}

/** Follows the status until it is final. */
export async function settled(uploadId: string, seconds = 60, caller?: Caller): Promise<ApiAnswer['body']> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const { status, body } = await call('GET', `/api/upload/${uploadId}/status`, undefined, caller);
    if (status === 200 && !['Processing', 'Scheduled'].includes(body.status)) return body;
    if (Date.now() > end) throw new Error(`${uploadId} is not settled after ${seconds} s: ${JSON.stringify(body)}`);
    await sleep(200);
  }
}

/** How one account of a status stands. */
export function accountOf(status: ApiAnswer['body'], network: string): ApiAnswer['body'] {
  return status.accounts.find((account: { platform: string }) => account.platform === network);
}

/** Waits until `find` gives something. */
export async function eventually<Found>(find: () => Promise<Found | undefined> | Found | undefined, seconds = 20): Promise<Found> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`nothing found within ${seconds} s`);
    await sleep(50);
  }
}
