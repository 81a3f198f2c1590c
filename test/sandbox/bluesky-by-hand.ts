import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { HttpAnswer, HttpRequest } from '../../core/ports/index.ts';
import { networkSettings } from '../../sandbox/networks.ts';
import { createSandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import type { LinkedAccount } from '../../sandbox/stand-in.ts';
import { answered, inProcess, testClock } from './in-process.ts';

export const clip = readFileSync(new URL('../../local/demo-small.mp4', import.meta.url));
export const photo = readFileSync(new URL('../platforms/support/photos/one.jpg', import.meta.url));

const BASE = 'http://sandbox.test';
export const HERE = 'did:web:sandbox.test';
export const COLLECTION = 'app.bsky.feed.post';
const { endpoints } = networkSettings('bluesky', BASE);

/** What a call sends beside its method. */
export interface Sent {
  /** JSON; bytes are sent as they are. */
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  /** Null: none. The first account's session if left out. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A Bluesky stand-in with one account, and calls to it made by hand. */
export function blueskyByHand(options: Omit<Partial<SandboxOptions>, 'clock'> = {}) {
  const clock = testClock();
  const sandbox = createSandbox({ clock, baseUrl: BASE, processingSeconds: 60, sleep: clock.sleep, ...options });
  const transport = inProcess(sandbox, clock);
  const account = sandbox.addAccount('bluesky', { name: 'Ada Lovelace' });
  const did = account.externalId;
  const send = async (request: HttpRequest) => answered(await transport.send(request));

  /** A call of the protocol to one of the services. */
  function xrpc(service: 'pds' | 'video', method: 'GET' | 'POST', name: string, { body, query = {}, token = account.accessToken, headers = {} }: Sent = {}): Promise<HttpAnswer> {
    const parameters = new URLSearchParams(query).toString();
    const isJson = body !== undefined && !(body instanceof Uint8Array);
    return send({
      method,
      url: `${endpoints[service]}/xrpc/${name}${parameters === '' ? '' : `?${parameters}`}`,
      headers: { ...(isJson && { 'content-type': 'application/json' }), ...(token !== null && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
    });
  }

  const pds = (method: 'GET' | 'POST', name: string, sent?: Sent) => xrpc('pds', method, `com.atproto.${name}`, sent);
  const video = (method: 'GET' | 'POST', name: string, sent?: Sent) => xrpc('video', method, `app.bsky.video.${name}`, sent);

  /** Writes a post under a key, with changes to the record and to the input. */
  function put(rkey: string, record: Readonly<Record<string, unknown>> = {}, input: Readonly<Record<string, unknown>> = {}, sent: Sent = {}) {
    const whole = { $type: COLLECTION, text: 'Hello', createdAt: '2026-11-21T12:00:00.000Z', ...record };
    return pds('POST', 'repo.putRecord', { body: { repo: did, collection: COLLECTION, rkey, record: whole, ...input }, ...sent });
  }

  function upload(bytes: Uint8Array, contentType = 'image/jpeg') {
    return pds('POST', 'repo.uploadBlob', { body: bytes, headers: { 'content-type': contentType } });
  }

  /** A token for another service to make one call. */
  async function serviceToken(lxm = 'com.atproto.repo.uploadBlob', seconds = 1800, as: LinkedAccount = account): Promise<string> {
    const exp = String(Math.floor(clock.now().getTime() / 1000) + seconds);
    return z.object({ token: z.string() }).parse(parsed(await pds('GET', 'server.getServiceAuth', { query: { aud: HERE, lxm, exp }, token: as.accessToken }))).token;
  }

  /** Sends the clip in one piece; gives the job. */
  async function sendWhole(bytes: Uint8Array = clip): Promise<HttpAnswer> {
    return video('POST', 'uploadVideo', { query: { did, name: 'one.mp4' }, body: bytes, token: await serviceToken(), headers: { 'content-type': 'video/mp4' } });
  }

  const job = (jobId: string) => video('GET', 'getJobStatus', { query: { jobId }, token: null });

  return { clock, sandbox, account, did, send, endpoints, pds, video, put, upload, serviceToken, sendWhole, job };
}

export function parsed(answer: HttpAnswer): unknown {
  return JSON.parse(answer.body);
}

/** Status and name of a refusal; throws if its body has another shape than the protocol's. */
export function refusal(answer: HttpAnswer): [status: number, name: string] {
  const { error } = z.strictObject({ error: z.string(), message: z.string().min(1) }).parse(parsed(answer));
  return [answer.status, error];
}

/** Keys of posts: `key(1)`, `key(2)`, … */
export function key(n: number): string {
  return `3k2aaaaaaaaa${'234567abcdefghij'[n]}`;
}
