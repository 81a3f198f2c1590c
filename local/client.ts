import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { accountList, linkedAccount } from '../functions/http/native/schemas/accounts.ts';
import { problem } from '../functions/http/native/schemas/common.ts';
import { generatedKey } from '../functions/http/native/schemas/keys.ts';
import { openedLink, shownLink } from '../functions/http/native/schemas/linking.ts';
import { presignedParts } from '../functions/http/native/schemas/sessions.ts';
import { createdUpload, uploadStatusAnswer } from '../functions/http/native/schemas/uploads.ts';
import { putPart } from './put-part.ts';

/** A client of the public HTTP API, as anybody could write one: nothing here knows of AWS. */

export type UploadStatus = z.output<typeof uploadStatusAnswer>;

export interface Api {
  /** A path such as `/api/upload` is appended to it. */
  readonly apiUrl: string;
  readonly apiKey: string;
}

export interface UploadRequest {
  readonly file: string;
  readonly title: string;
  readonly accounts: readonly string[];
  /** Lower-case hex, of the whole file; checked when the file is inspected. */
  readonly sha256?: string;
  /** Bytes of each part but the last. */
  readonly partSize: number;
  /** Hears how many bytes of the file have gone out. */
  readonly onProgress?: (sent: number, size: number) => void;
}

const REQUEST_TIMEOUT_MS = 60_000;
const POLL_MS = 500;
const PARTS_AT_ONCE = 3;
/** Network errors of a poll that are borne in a row before it gives up. */
const POLL_TRIES = 5;

const CONTENT_TYPES: Readonly<Record<string, string>> = { '.mov': 'video/quicktime', '.webm': 'video/webm', '.mkv': 'video/x-matroska' };

/** The API answered with an error; `message` is its own explanation. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Makes an API key with a dashboard session. */
export async function generateKey(apiUrl: string, jwt: string, name: string): Promise<string> {
  const made = await send(generatedKey, `${apiUrl}/api-keys/generate`, { authorization: `Bearer ${jwt}` }, { name });
  return made.key;
}

/** A file whose parts all have arrived. */
export interface StagedFile {
  readonly sessionToken: string;
  readonly parts: readonly { readonly partNumber: number; readonly eTag: string }[];
}

type PresignedParts = z.output<typeof presignedParts>;

/** The parts of a session with their URLs, window after window: each is signed when the one before has been taken. */
export async function* signedParts(api: Api, opened: PresignedParts): AsyncGenerator<PresignedParts['parts'][number]> {
  for (let window = opened; ; ) {
    yield* window.parts;
    if (window.nextPartNumber === null) return;
    const next = { sessionToken: window.sessionToken, fromPart: window.nextPartNumber };
    window = await send(presignedParts, `${api.apiUrl}/api/upload/multipart`, { 'x-api-key': api.apiKey }, next);
  }
}

/** Opens a multipart session and sends the file's parts. */
export async function stageFile(api: Api, request: UploadRequest): Promise<StagedFile> {
  const { size } = await stat(request.file);
  const headers = { 'x-api-key': api.apiKey };
  const session = await send(presignedParts, `${api.apiUrl}/api/upload/multipart`, headers, {
    title: request.title,
    accounts: request.accounts,
    ...(request.sha256 !== undefined && { sha256: request.sha256 }),
    fileName: basename(request.file),
    fileSize: size,
    contentType: CONTENT_TYPES[extname(request.file).toLowerCase()] ?? 'video/mp4',
    partSize: request.partSize,
  });

  const sentOf = new Map<number, number>();
  const report = (partNumber: number, sent: number) => {
    sentOf.set(partNumber, sent);
    request.onProgress?.([...sentOf.values()].reduce((sum, bytes) => sum + bytes, 0), size);
  };
  const parts: { partNumber: number; eTag: string }[] = [];
  // The workers share one generator, which hands each part out once.
  const waiting = signedParts(api, session);
  const worker = async () => {
    for (let part = await waiting.next(); part.done !== true; part = await waiting.next()) {
      const { partNumber, url } = part.value;
      const start = (partNumber - 1) * session.partSize;
      const end = Math.min(start + session.partSize, size);
      const eTag = await putPart({ url, file: request.file, start, end, onProgress: (sent) => report(partNumber, sent) });
      parts.push({ partNumber, eTag });
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, worker));
  return { sessionToken: session.sessionToken, parts: parts.toSorted((a, b) => a.partNumber - b.partNumber) };
}

/** Makes a staged file an upload. Gives its id. */
export async function completeUpload(api: Api, staged: StagedFile): Promise<string> {
  const created = await send(createdUpload, `${api.apiUrl}/api/upload/complete`, { 'x-api-key': api.apiKey }, staged);
  return created.uploadId;
}

/** Follows an upload until nothing changes any more; `onStatus` hears each answer. Throws after `timeout` seconds. */
export async function followUpload(
  api: Api,
  uploadId: string,
  options: { readonly timeout: number; readonly onStatus?: (status: UploadStatus) => void },
): Promise<UploadStatus> {
  const giveUpAt = Date.now() + options.timeout * 1000;
  for (let failures = 0; ; ) {
    try {
      const status = await send(uploadStatusAnswer, `${api.apiUrl}/api/upload/${uploadId}/status`, { 'x-api-key': api.apiKey });
      failures = 0;
      options.onStatus?.(status);
      if (status.status !== 'Processing' && status.status !== 'Scheduled') return status;
      if (Date.now() > giveUpAt) throw new Error(`The upload ${uploadId} is still ${status.status} after ${options.timeout} seconds.`);
    } catch (error) {
      failures += 1;
      const passing = error instanceof TypeError || (error instanceof ApiError && error.status >= 500);
      if (!passing || failures === POLL_TRIES) throw error;
    }
    await sleep(POLL_MS);
  }
}

/** The status once every account that was published on has its link, which may come a moment after the post; the last one after `seconds`. */
export async function awaitLinks(api: Api, uploadId: string, seconds: number): Promise<UploadStatus> {
  const giveUpAt = Date.now() + seconds * 1000;
  for (;;) {
    const status = await send(uploadStatusAnswer, `${api.apiUrl}/api/upload/${uploadId}/status`, { 'x-api-key': api.apiKey });
    const linked = status.accounts.every((account) => account.status !== 'Uploaded' || account.externalUrl !== null);
    if (linked || Date.now() > giveUpAt) return status;
    await sleep(POLL_MS);
  }
}

/** What a person has to open to link an account, and how the link is asked after. */
export type OpenedLink = z.output<typeof openedLink>;

/** Begins to link an account; the person's browser goes to `authorizeUrl`, and in the end to `redirectUrl`. */
export async function openLink({ apiUrl, apiKey }: Api, network: string, redirectUrl: string, options: Readonly<Record<string, unknown>> = {}): Promise<OpenedLink> {
  return send(openedLink, `${apiUrl}/api/accounts/link`, { 'x-api-key': apiKey }, { network, redirectUrl, options });
}

/** The accounts that a link has made, once the person has consented; of several things behind the consent it takes the first that it can. */
export async function finishLink({ apiUrl, apiKey }: Api, linkId: string): Promise<readonly string[]> {
  const url = `${apiUrl}/api/accounts/link/${linkId}`;
  const headers = { 'x-api-key': apiKey };
  const link = await send(shownLink, url, headers);
  if (link.status === 'linked') return link.accounts;
  const target = link.targets.find(({ obstacle }) => obstacle === null);
  if (link.status !== 'choose' || target === undefined) throw new Error(`The account of ${link.network} was not linked: ${link.status}, ${link.error?.message ?? 'nothing can be chosen'}`);
  return (await send(shownLink, `${url}/choose`, headers, { targets: [target.id] })).accounts;
}

/** Options of the account's network for uploads that say nothing else. */
export async function setDefaults({ apiUrl, apiKey }: Api, accountId: string, defaults: Readonly<Record<string, unknown>>): Promise<void> {
  await send(linkedAccount, `${apiUrl}/api/accounts/${accountId}`, { 'x-api-key': apiKey }, { defaults }, 'PATCH');
}

/** All accounts of the tenant. */
export async function listAccounts({ apiUrl, apiKey }: Api): Promise<z.output<typeof accountList>['items']> {
  return (await send(accountList, `${apiUrl}/api/accounts`, { 'x-api-key': apiKey })).items;
}

/** One request: POST with a body if no method is named, GET without. Throws `ApiError` for an answer that is none of success. */
async function send<Schema extends z.ZodType>(
  schema: Schema,
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: unknown,
  method = body === undefined ? 'GET' : 'POST',
): Promise<z.output<Schema>> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const text = await answer.text();
  if (answer.ok) return schema.parse(JSON.parse(text));
  throw new ApiError(answer.status, `${new URL(url).pathname} answered ${answer.status}: ${explain(text)}`);
}

function explain(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text.slice(0, 500);
    throw error;
  }
  const parsed = problem.safeParse(value);
  return parsed.success ? parsed.data.detail : text.slice(0, 500);
}
