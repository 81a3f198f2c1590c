import * as z from 'zod';
import type { HttpAnswer, HttpRequest } from '../../core/ports/index.ts';
import { createSandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import type { Fetched, LinkedAccount } from '../../sandbox/stand-in.ts';
import { answered, inProcess, testClock } from './in-process.ts';
import { makeMp4 } from './make-mp4.ts';

const BASE = 'http://sandbox.test';
export const GRAPH = `${BASE}/instagram/graph`;
export const VIDEO_URL = 'https://media.test/clip.mp4?X-Amz-Date=1&X-Amz-Signature=2';
export const clip = makeMp4();
export const DAY = 24 * 60 * 60;

/** An Instagram stand-in with one account, and requests to it made by hand. `files` lie on the web, by URL. */
export function instagramByHand(options: Omit<Partial<SandboxOptions>, 'clock'> = {}) {
  const clock = testClock();
  const files = new Map<string, Fetched | Error>([[VIDEO_URL, file(clip)]]);
  const sandbox = createSandbox({
    clock,
    baseUrl: BASE,
    processingSeconds: 60,
    sleep: clock.sleep,
    fetch: (url) => lookUp(files, url),
    ...options,
  });
  const transport = inProcess(sandbox, clock);
  const account = sandbox.addAccount('instagram', { name: 'ada' });
  const send = async (request: HttpRequest) => answered(await transport.send(request));

  function get(path: string, as: LinkedAccount = account) {
    return send({ method: 'GET', url: `${GRAPH}/v23.0/${path}`, headers: { authorization: `Bearer ${as.accessToken}` } });
  }

  function post(path: string, fields: Readonly<Record<string, string>> | string, as: LinkedAccount = account) {
    return send({
      method: 'POST',
      url: `${GRAPH}/v23.0/${path}`,
      headers: { authorization: `Bearer ${as.accessToken}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
  }

  /** Asks for a container of the clip, with changes to the fields; one of null is left out. */
  function create(fields: Readonly<Record<string, string | null>> = {}, as: LinkedAccount = account) {
    const all = Object.entries({ media_type: 'REELS', video_url: VIDEO_URL, ...fields });
    return post(`${as.externalId}/media`, Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null)), as);
  }

  /** A container whose processing is over. */
  async function ready(fields: Readonly<Record<string, string | null>> = {}, as: LinkedAccount = account): Promise<string> {
    const id = idOf(await create(fields, as));
    clock.advance(60);
    return id;
  }

  const publish = (creationId: string, as: LinkedAccount = account) =>
    post(`${as.externalId}/media_publish`, { creation_id: creationId }, as);

  /** State and text of a container. */
  async function status(id: string): Promise<{ status_code: string; status: string }> {
    return z.object({ status_code: z.string(), status: z.string() }).parse(parsed(await get(`${id}?fields=status_code,status`)));
  }

  return { clock, files, sandbox, transport, account, send, get, post, create, ready, publish, status };
}

export function file(body: Uint8Array, contentType = 'video/mp4', status = 200): Fetched {
  return { status, headers: { 'content-type': contentType }, body };
}

function lookUp(files: ReadonlyMap<string, Fetched | Error>, url: string): Promise<Fetched> {
  const found = files.get(url) ?? new Error('connection refused');
  return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
}

export function parsed(answer: HttpAnswer): unknown {
  return JSON.parse(answer.body);
}

export function idOf(answer: HttpAnswer): string {
  return z.strictObject({ id: z.string() }).parse(parsed(answer)).id;
}

const errorSchema = z.object({
  error: z.object({
    message: z.string().min(1),
    type: z.string(),
    code: z.number(),
    error_subcode: z.number().optional(),
    is_transient: z.boolean(),
    fbtrace_id: z.string().min(10),
  }),
});

/** Status, code and subcode of a refusal; throws if its body has another shape than the Graph API's. */
export function refusal(answer: HttpAnswer): [status: number, code: number, subcode?: number] {
  const { error } = errorSchema.parse(parsed(answer));
  return error.error_subcode === undefined ? [answer.status, error.code] : [answer.status, error.code, error.error_subcode];
}
