import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { HttpAnswer, HttpRequest } from '../../core/ports/index.ts';
import { multipartForm } from '../../platforms/multipart.ts';
import { networkSettings } from '../../sandbox/networks.ts';
import { createSandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import type { LinkedAccount } from '../../sandbox/stand-in.ts';
import { answered, inProcess, testClock } from './in-process.ts';

export const clip = readFileSync(new URL('../../local/demo-small.mp4', import.meta.url));
export const photo = readFileSync(new URL('../platforms/support/photos/one.jpg', import.meta.url));

const BASE = 'http://sandbox.test';
export const API = `${BASE}/x/api`;
export const { app } = networkSettings('x', BASE);

/** A stand-in of X with one account, and requests to it made by hand. */
export function xByHand(options: Omit<Partial<SandboxOptions>, 'clock'> = {}) {
  const clock = testClock();
  const sandbox = createSandbox({ clock, baseUrl: BASE, processingSeconds: 60, sleep: clock.sleep, ...options });
  const transport = inProcess(sandbox, clock);
  const account = sandbox.addAccount('x', { name: 'Ada Lovelace', accessTokenLife: 30 * 24 * 3600 });
  const send = async (request: HttpRequest) => answered(await transport.send(request));

  function post(path: string, body: unknown, as: LinkedAccount = account): Promise<HttpAnswer> {
    const headers = { authorization: `Bearer ${as.accessToken}`, 'content-type': 'application/json' };
    return send({ method: 'POST', url: `${API}${path}`, headers, body: JSON.stringify(body) });
  }

  function get(path: string, as: LinkedAccount = account): Promise<HttpAnswer> {
    return send({ method: 'GET', url: `${API}${path}`, headers: { authorization: `Bearer ${as.accessToken}` } });
  }

  /** A form with a file. */
  function form(path: string, fields: Readonly<Record<string, string>>, bytes: Uint8Array): Promise<HttpAnswer> {
    const { contentType, body } = multipartForm(fields, { field: 'media', fileName: 'blob', bytes });
    return send({ method: 'POST', url: `${API}${path}`, headers: { authorization: `Bearer ${account.accessToken}`, 'content-type': contentType }, body });
  }

  const initialize = (change: Readonly<Record<string, unknown>> = {}, as?: LinkedAccount) =>
    post('/2/media/upload/initialize', { media_type: 'video/mp4', media_category: 'tweet_video', total_bytes: clip.byteLength, ...change }, as);
  const append = (id: string, index: number, bytes: Uint8Array) => form(`/2/media/upload/${id}/append`, { segment_index: String(index) }, bytes);
  const finalize = (id: string) => post(`/2/media/upload/${id}/finalize`, {});
  const state = (id: string) => get(`/2/media/upload?command=STATUS&media_id=${id}`);
  const image = (bytes: Uint8Array = photo, type = 'image/jpeg') => form('/2/media/upload', { media_category: 'tweet_image', media_type: type }, bytes);
  const tweet = (body: unknown, as?: LinkedAccount) => post('/2/tweets', body, as);

  /** Uploads a file in one segment, and waits until it is processed. */
  async function ready(bytes: Uint8Array = clip, change: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const id = idOf(await initialize({ total_bytes: bytes.byteLength, ...change }));
    await append(id, 0, bytes);
    await finalize(id);
    clock.advance(60);
    return id;
  }

  function token(fields: Readonly<Record<string, string>>, secret = app.clientSecret): Promise<HttpAnswer> {
    const authorization = `Basic ${Buffer.from(`${app.clientId}:${secret}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    return send({ method: 'POST', url: `${API}/2/oauth2/token`, headers, body: new URLSearchParams(fields).toString() });
  }

  return { clock, sandbox, account, send, post, get, form, initialize, append, finalize, state, image, tweet, ready, token };
}

export function parsed(answer: HttpAnswer): unknown {
  return JSON.parse(answer.body);
}

export function idOf(answer: HttpAnswer): string {
  return z.object({ data: z.object({ id: z.string().regex(/^\d{18,19}$/u) }) }).parse(parsed(answer)).data.id;
}

const problemSchema = z.object({ title: z.string().min(1), detail: z.string().min(1), type: z.string().min(1), errors: z.array(z.object({ message: z.string() })).optional() });

/** Status and words of a refusal; throws if its body has another shape than X's. */
export function refusal(answer: HttpAnswer): [status: number, words: string] {
  const { detail, errors } = problemSchema.parse(parsed(answer));
  return [answer.status, errors?.[0]?.message ?? detail];
}
