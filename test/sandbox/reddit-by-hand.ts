import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { HttpAnswer, HttpRequest } from '../../core/ports/index.ts';
import { multipartForm } from '../../platforms/multipart.ts';
import { networkSettings } from '../../sandbox/networks.ts';
import { createSandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import { answered, inProcess, testClock } from './in-process.ts';
import { makePng } from './make-image.ts';

export const clip = readFileSync(new URL('../../local/demo-small.mp4', import.meta.url));
export const photo = readFileSync(new URL('../platforms/support/photos/one.jpg', import.meta.url));

const BASE = 'http://sandbox.test';
export const { app, endpoints } = networkSettings('reddit', BASE);
export const AGENT = 'server:sandbox-tests:1.0 (by /u/ada)';

const assetSchema = z.object({
  args: z.object({ action: z.string(), fields: z.array(z.object({ name: z.string(), value: z.string() })) }),
  asset: z.object({ asset_id: z.string() }),
});

export type Place = z.output<typeof assetSchema>;

/** A stand-in of Reddit with one account, and requests to it made by hand. */
export function redditByHand(options: Omit<Partial<SandboxOptions>, 'clock'> & { scopes?: readonly string[] } = {}) {
  const clock = testClock();
  const { scopes, ...more } = options;
  const sandbox = createSandbox({ clock, baseUrl: BASE, processingSeconds: 60, sleep: clock.sleep, ...more });
  const transport = inProcess(sandbox, clock);
  const account = sandbox.addAccount('reddit', { name: 'Ada Lovelace', ...(scopes !== undefined && { scopes }) });
  const subreddit = `u_${account.name}`;
  const send = async (request: HttpRequest) => answered(await transport.send(request));
  const headers = { authorization: `Bearer ${account.accessToken}`, 'user-agent': AGENT };

  const get = (path: string, change: Readonly<Record<string, string>> = {}) => send({ method: 'GET', url: `${endpoints['oauth']}${path}`, headers: { ...headers, ...change } });

  function post(path: string, fields: Readonly<Record<string, string>>): Promise<HttpAnswer> {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return send({ method: 'POST', url: `${endpoints['oauth']}${path}`, headers: { ...headers, ...type }, body: new URLSearchParams(fields).toString() });
  }

  const submit = (fields: Readonly<Record<string, string>>) => post('/api/submit', { api_type: 'json', sr: subreddit, title: 'R&D', ...fields });

  function gallery(body: Readonly<Record<string, unknown>>): Promise<HttpAnswer> {
    const whole = { api_type: 'json', show_error_list: true, sr: subreddit, title: 'R&D', ...body };
    return send({ method: 'POST', url: `${endpoints['oauth']}/api/submit_gallery_post.json`, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(whole) });
  }

  const ask = (fields: Readonly<Record<string, string>>) => post('/api/media/asset.json', fields);
  const place = async (mimetype = 'image/jpeg') => assetSchema.parse(parsed(await ask({ filepath: 'one.bin', mimetype })));

  /** The form with a file, to the place that was given for it, but for these fields. */
  function put({ args }: Place, bytes: Uint8Array, change: Readonly<Record<string, string>> = {}, field = 'file'): Promise<HttpAnswer> {
    const fields = { ...Object.fromEntries(args.fields.map(({ name, value }) => [name, value])), ...change };
    const form = multipartForm(fields, { field, fileName: 'one.bin', bytes });
    return send({ method: 'POST', url: `http:${args.action}`, headers: { 'content-type': form.contentType }, body: form.body });
  }

  /** Sends a file; its id and its address. */
  async function upload(bytes: Uint8Array = photo, mimetype = 'image/jpeg'): Promise<{ id: string; url: string }> {
    const given = await place(mimetype);
    await put(given, bytes);
    return { id: given.asset.asset_id, url: `http:${given.args.action}/${given.args.fields.find(({ name }) => name === 'key')?.value}` };
  }

  const poster = async () => (await upload(makePng({ width: 16, height: 9 }), 'image/png')).url;

  function token(fields: Readonly<Record<string, string>>, secret = app.clientSecret): Promise<HttpAnswer> {
    const basic = Buffer.from(`${app.clientId}:${secret}`).toString('base64');
    const own = { authorization: `Basic ${basic}`, 'user-agent': AGENT, 'content-type': 'application/x-www-form-urlencoded' };
    return send({ method: 'POST', url: `${endpoints['www']}/api/v1/access_token`, headers: own, body: new URLSearchParams(fields).toString() });
  }

  return { clock, sandbox, account, subreddit, get, post, submit, gallery, ask, place, put, upload, poster, token };
}

export function parsed(answer: HttpAnswer): unknown {
  return JSON.parse(answer.body);
}

const wordsSchema = z.union([
  z.object({ json: z.object({ errors: z.array(z.tuple([z.string(), z.string(), z.string()])).max(1) }) }).transform(({ json }) => json.errors[0]?.[0] ?? null),
  z.object({ message: z.string(), error: z.number() }).transform(({ message }) => message),
  z.object({ error: z.string() }).transform(({ error }) => error),
]);

/** Status and word of a refusal, null: it was none; throws if its body has another shape than Reddit's. */
export function refusal(answer: HttpAnswer): [status: number, word: string | null] {
  return [answer.status, wordsSchema.parse(parsed(answer))];
}
