import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { HttpAnswer, HttpRequest } from '../../core/ports/index.ts';
import { multipartForm } from '../../platforms/multipart.ts';
import { networkSettings } from '../../sandbox/networks.ts';
import { createSandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import type { LinkedAccount } from '../../sandbox/stand-in.ts';
import { answered, inProcess, testClock } from './in-process.ts';

export const clip = readFileSync(new URL('../../local/demo-small.mp4', import.meta.url));

const BASE = 'http://sandbox.test';
export const API = `${BASE}/pinterest/api/v5`;
export const UPLOAD = `${BASE}/pinterest/upload/`;
const { app } = networkSettings('pinterest', BASE);

const registeredSchema = z.strictObject({
  media_id: z.string().regex(/^\d+$/u),
  media_type: z.literal('video'),
  upload_url: z.literal(UPLOAD),
  upload_parameters: z.record(z.string(), z.string()),
});

/** A stand-in of Pinterest with one account, and requests to it made by hand. */
export function pinterestByHand(options: Omit<Partial<SandboxOptions>, 'clock'> = {}) {
  const clock = testClock();
  const sandbox = createSandbox({ clock, baseUrl: BASE, processingSeconds: 60, sleep: clock.sleep, ...options });
  const transport = inProcess(sandbox, clock);
  const account = sandbox.addAccount('pinterest', { name: 'Ada Lovelace' });
  const board = String(account.defaults['board']);
  const send = async (request: HttpRequest) => answered(await transport.send(request));

  function post(path: string, body: unknown, as: LinkedAccount = account): Promise<HttpAnswer> {
    const headers = { authorization: `Bearer ${as.accessToken}`, 'content-type': 'application/json' };
    return send({ method: 'POST', url: `${API}${path}`, headers, body: JSON.stringify(body) });
  }

  function get(path: string, as: LinkedAccount = account): Promise<HttpAnswer> {
    return send({ method: 'GET', url: `${API}${path}`, headers: { authorization: `Bearer ${as.accessToken}` } });
  }

  async function register() {
    const { media_id: id, upload_parameters: parameters } = registeredSchema.parse(parsed(await post('/media', { media_type: 'video' })));
    return { id, parameters };
  }

  /** The form to the storage. */
  function upload(parameters: Readonly<Record<string, string>>, bytes: Uint8Array = clip, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    const { contentType, body } = multipartForm(parameters, { field: 'file', fileName: 'video', contentType: 'video/mp4', bytes });
    return send({ method: 'POST', url: UPLOAD, headers: { 'content-type': contentType, ...headers }, body });
  }

  /** A video that was sent and processed. */
  async function ready(bytes: Uint8Array = clip): Promise<string> {
    const { id, parameters } = await register();
    await upload(parameters, bytes);
    clock.advance(60);
    return id;
  }

  const statusOf = async (id: string) => z.object({ status: z.string() }).parse(parsed(await get(`/media/${id}`))).status;
  const pin = (source: object, change: object = {}, as?: LinkedAccount) => post('/pins', { board_id: board, title: 'One', media_source: source, ...change }, as);

  function token(fields: Readonly<Record<string, string>>, secret = app.clientSecret): Promise<HttpAnswer> {
    const headers = { authorization: `Basic ${Buffer.from(`${app.clientId}:${secret}`).toString('base64')}`, 'content-type': 'application/x-www-form-urlencoded' };
    return send({ method: 'POST', url: `${API}/oauth/token`, headers, body: new URLSearchParams(fields).toString() });
  }

  return { clock, sandbox, account, board, post, get, register, upload, ready, statusOf, pin, token };
}

export function parsed(answer: HttpAnswer): unknown {
  return JSON.parse(answer.body);
}

/** Status and code of a refusal; throws if its body has another shape than Pinterest's. */
export function refusal(answer: HttpAnswer): [status: number, code: number] {
  return [answer.status, z.strictObject({ code: z.int(), message: z.string().min(1) }).parse(parsed(answer)).code];
}
