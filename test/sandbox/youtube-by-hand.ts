import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { HttpAnswer, HttpRequest } from '../../core/ports/index.ts';
import { createSandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import { networkSettings } from '../../sandbox/networks.ts';
import type { LinkedAccount } from '../../sandbox/stand-in.ts';
import { answered, inProcess, testClock } from './in-process.ts';

export const clip = readFileSync(new URL('../../local/demo-small.mp4', import.meta.url));
/** The unit of slices, and a slice of two of them: the clip is one such slice and a shorter last one. */
export const UNIT = 256 * 1024;
export const SLICE = 2 * UNIT;

const BASE = 'http://sandbox.test';
export const API = `${BASE}/youtube/api`;
export const UPLOAD = `${API}/upload/youtube/v3/videos`;
export const { app } = networkSettings('youtube', BASE);

/** What `start` sends unless a test says otherwise. */
export interface Start {
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Text and bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly account?: LinkedAccount;
}

/** What replaces the fitting headers and bytes of a slice. */
export interface Slice {
  readonly range?: string | null;
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly account?: LinkedAccount;
}

/** A YouTube stand-in with one account, and requests to it made by hand. */
export function youtubeByHand(options: Omit<Partial<SandboxOptions>, 'clock'> = {}) {
  const clock = testClock();
  const sandbox = createSandbox({ clock, baseUrl: BASE, processingSeconds: 60, sleep: clock.sleep, ...options });
  const transport = inProcess(sandbox, clock);
  const account = sandbox.addAccount('youtube', { name: 'Ada Lovelace' });
  /** One whose token outlives every test that moves the clock. */
  const lasting = sandbox.addAccount('youtube', { name: 'Old Faithful', accessTokenLife: 365 * 24 * 3600 });
  const send = async (request: HttpRequest) => answered(await transport.send(request));

  /** Opens a session; a header of null is left out. */
  function start(change: Start = {}): Promise<HttpAnswer> {
    const headers = {
      authorization: bearer(change.account ?? account),
      'content-type': 'application/json; charset=UTF-8',
      'x-upload-content-length': String(clip.byteLength),
      'x-upload-content-type': 'video/mp4',
      ...change.headers,
    };
    const body = change.body ?? video();
    return send({
      method: 'POST',
      url: `${UPLOAD}?${change.query ?? 'uploadType=resumable&part=snippet,status'}`,
      headers: given(headers),
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    });
  }

  /** Opens a session and gives its URI. */
  async function open(change: Start = {}): Promise<string> {
    return z.string().parse((await start(change)).headers['location']);
  }

  /** Sends bytes of the clip to a session; `range` and `body` replace what fits. */
  function put(uri: string, first: number, end: number, change: Slice = {}) {
    const range = change.range === undefined ? `bytes ${first}-${end - 1}/${clip.byteLength}` : change.range;
    return send({
      method: 'PUT',
      url: uri,
      headers: given({ authorization: bearer(change.account ?? account), 'content-range': range, ...change.headers }),
      body: change.body ?? clip.subarray(first, end),
    });
  }

  /** Asks a session how far it is. */
  function probe(uri: string, change: { total?: number; account?: LinkedAccount } = {}) {
    return put(uri, 0, 0, {
      range: `bytes */${change.total ?? clip.byteLength}`,
      body: new Uint8Array(),
      ...(change.account !== undefined && { account: change.account }),
    });
  }

  /** Uploads the clip and gives the id of the video. */
  async function publish(change: Start = {}): Promise<string> {
    const uri = await open(change);
    const as = change.account === undefined ? {} : { account: change.account };
    await put(uri, 0, SLICE, as);
    return videoId(await put(uri, SLICE, clip.byteLength, as));
  }

  function get(path: string, as: LinkedAccount = account) {
    return send({ method: 'GET', url: `${API}/youtube/v3/${path}`, headers: { authorization: bearer(as) } });
  }

  function token(
    form: Readonly<Record<string, string>>,
    headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' },
  ) {
    return send({ method: 'POST', url: `${BASE}/youtube/oauth/token`, headers, body: new URLSearchParams(form).toString() });
  }

  return { clock, sandbox, transport, account, lasting, send, start, open, put, probe, publish, get, token };
}

export function bearer({ accessToken }: LinkedAccount): string {
  return `Bearer ${accessToken}`;
}

/** A body of `videos.insert`, with changes to its parts. */
export function video(snippet: Readonly<Record<string, unknown>> = {}, status: Readonly<Record<string, unknown>> = {}) {
  return { snippet: { title: 'A clip', description: 'Seen', ...snippet }, status: { privacyStatus: 'public', ...status } };
}

export function parsed(answer: HttpAnswer): unknown {
  return JSON.parse(answer.body);
}

export function videoId(answer: HttpAnswer): string {
  return z.object({ id: z.string() }).parse(parsed(answer)).id;
}

const errorSchema = z.object({
  error: z.object({
    code: z.number(),
    message: z.string().min(1),
    errors: z.tuple([z.object({ domain: z.string(), reason: z.string() })]),
  }),
});

/** Status and reason of a refusal; throws if its body has another shape than Google's. */
export function refusal(answer: HttpAnswer): [status: number, reason: string] {
  const { error } = errorSchema.parse(parsed(answer));
  if (error.code !== answer.status) throw new Error(`The body says ${error.code}, the status line ${answer.status}.`);
  return [answer.status, error.errors[0].reason];
}

function given(headers: Readonly<Record<string, string | null>>): Record<string, string> {
  const entries = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(entries);
}
