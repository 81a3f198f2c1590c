import * as z from 'zod';
import type { HttpAnswer, HttpRequest } from '../../core/ports/index.ts';
import { createSandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import type { Fetched, LinkedAccount } from '../../sandbox/stand-in.ts';
import { answered, inProcess, testClock } from './in-process.ts';

const BASE = 'http://sandbox.test';
export const GRAPH = `${BASE}/facebook/graph`;
export const FILE_URL = 'https://media.test/file?X-Amz-Date=1&X-Amz-Signature=2';

function bearer({ accessToken }: LinkedAccount) {
  return { authorization: `Bearer ${accessToken}` };
}

/** A Facebook stand-in with one page, and requests to it made by hand. `files` lie on the web, by URL. */
export function facebookByHand(options: Omit<Partial<SandboxOptions>, 'clock'> = {}) {
  const clock = testClock();
  const files = new Map<string, Fetched>();
  const fetch = (url: string): Promise<Fetched> => {
    const found = files.get(url);
    return found === undefined ? Promise.reject(new Error('connection refused')) : Promise.resolve(found);
  };
  const sandbox = createSandbox({ clock, baseUrl: BASE, processingSeconds: 60, sleep: clock.sleep, fetch, ...options });
  const transport = inProcess(sandbox, clock);
  const page = sandbox.addAccount('facebook', { name: 'Ada' });
  const send = async (request: HttpRequest) => answered(await transport.send(request));

  const get = (path: string, as = page) => send({ method: 'GET', url: `${GRAPH}/v25.0/${path}`, headers: bearer(as) });
  const post = (path: string, fields: Readonly<Record<string, string>>, as = page) =>
    send({
      method: 'POST',
      url: `${GRAPH}/v25.0/${path}`,
      headers: { ...bearer(as), 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });

  const ofPage = (edge: string, fields: Readonly<Record<string, string>>) => post(`${page.externalId}/${edge}`, fields);
  const posts = () => sandbox.posts('facebook');

  return { clock, files, sandbox, page, send, get, post, ofPage, posts };
}

export function file(body: Uint8Array, contentType: string, status = 200): Fetched {
  return { status, headers: { 'content-type': contentType }, body };
}

const anySchema = z.record(z.string(), z.unknown());

/** The JSON of an answer. */
export function parsed(answer: HttpAnswer): Record<string, unknown> {
  return anySchema.parse(JSON.parse(answer.body));
}

/** A text of an answer. */
export function textOf(answer: HttpAnswer, name: string): string {
  return z.string().parse(parsed(answer)[name]);
}

const errorSchema = z.object({
  error: z.object({ message: z.string().min(1), type: z.string(), code: z.number(), error_subcode: z.number().optional(), is_transient: z.boolean(), fbtrace_id: z.string().min(10) }),
});

/** Status, code and subcode of a refusal; throws if its body has another shape than the Graph API's. */
export function refusal(answer: HttpAnswer): [status: number, code: number, subcode?: number] {
  const { error } = errorSchema.parse(JSON.parse(answer.body));
  return error.error_subcode === undefined ? [answer.status, error.code] : [answer.status, error.code, error.error_subcode];
}
