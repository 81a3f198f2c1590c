import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { HttpAnswer, HttpRequest } from '../../core/ports/index.ts';
import { networkSettings } from '../../sandbox/networks.ts';
import { createSandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import type { Fetched, LinkedAccount } from '../../sandbox/stand-in.ts';
import { answered, inProcess, testClock } from './in-process.ts';

export const clip = readFileSync(new URL('../../local/demo-small.mp4', import.meta.url));
export const photo = readFileSync(new URL('../platforms/support/photos/one.jpg', import.meta.url));

const BASE = 'http://sandbox.test';
export const { app } = networkSettings('tiktok', BASE);

const openedSchema = z.object({ data: z.object({ publish_id: z.string().max(64), upload_url: z.string() }) });
const envelopeSchema = z.object({ data: z.looseObject({}), error: z.object({ code: z.string(), message: z.string(), log_id: z.string().min(1) }) });

/** What a photo is fetched as. */
export type Photos = Readonly<Record<string, Partial<Fetched> | Error>>;

/** A TikTok stand-in with one account, and requests to it made by hand. `life`: seconds of the account's token. */
export function tiktokByHand({ photos = {}, life, ...options }: Omit<Partial<SandboxOptions>, 'clock'> & { photos?: Photos; life?: number } = {}) {
  const clock = testClock();
  const sandbox = createSandbox({
    clock,
    baseUrl: BASE,
    processingSeconds: 60,
    sleep: clock.sleep,
    fetch: (url) => {
      const found = photos[url];
      if (found instanceof Error) return Promise.reject(found);
      return Promise.resolve({ status: 200, headers: { 'content-type': 'image/jpeg' }, body: photo, ...found });
    },
    ...options,
  });
  const transport = inProcess(sandbox, clock);
  const account = sandbox.addAccount('tiktok', { name: 'Ada Lovelace', ...(life !== undefined && { accessTokenLife: life }) });
  const send = async (request: HttpRequest) => answered(await transport.send(request));

  /** A call with a JSON body; a header of null is left out. */
  function post(path: string, body: unknown, change: { as?: LinkedAccount; headers?: Readonly<Record<string, string | null>> } = {}): Promise<HttpAnswer> {
    const headers = { authorization: `Bearer ${(change.as ?? account).accessToken}`, 'content-type': 'application/json; charset=UTF-8', ...change.headers };
    const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null);
    return send({ method: 'POST', url: `${BASE}/tiktok/api${path}`, headers: Object.fromEntries(given), body: typeof body === 'string' ? body : JSON.stringify(body) });
  }

  const initVideo = (info: object = {}, source: object = {}, change?: Parameters<typeof post>[2]) => post('/v2/post/publish/video/init/', video(info, source), change);
  const initPhotos = (info: object = {}, source: object = {}, change: object = {}) => post('/v2/post/publish/content/init/', { ...photosBody(info, source), ...change });
  const status = (publishId: string, as?: LinkedAccount) => post('/v2/post/publish/status/fetch/', { publish_id: publishId }, as === undefined ? {} : { as });
  const creatorInfo = (as?: LinkedAccount) => post('/v2/post/publish/creator_info/query/', {}, as === undefined ? {} : { as });

  async function open(size: number = clip.byteLength, chunkSize = size) {
    const answer = await initVideo({}, { video_size: size, chunk_size: chunkSize, total_chunk_count: Math.floor(size / chunkSize) });
    const { publish_id: publishId, upload_url: url } = openedSchema.parse(JSON.parse(answer.body)).data;
    return { publishId, url };
  }

  /** Sends bytes `first` to `end` (exclusive) of a file; headers replace what fits. */
  function put(url: string, file: Uint8Array, first: number, end: number, headers: Readonly<Record<string, string>> = {}, body = file.subarray(first, end)) {
    return send({ method: 'PUT', url, headers: { 'content-type': 'video/mp4', 'content-range': `bytes ${first}-${end - 1}/${file.byteLength}`, ...headers }, body });
  }

  /** Uploads a file as one chunk and gives the id of its publication. */
  async function publish(file: Uint8Array = clip): Promise<string> {
    const { publishId, url } = await open(file.byteLength);
    await put(url, file, 0, file.byteLength);
    return publishId;
  }

  function token(form: Readonly<Record<string, string>>) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return send({ method: 'POST', url: `${BASE}/tiktok/api/v2/oauth/token/`, headers, body: new URLSearchParams(form).toString() });
  }

  function get(path: string, as: LinkedAccount = account) {
    return send({ method: 'GET', url: `${BASE}/tiktok/api${path}`, headers: { authorization: `Bearer ${as.accessToken}` } });
  }

  return { clock, sandbox, transport, account, send, post, get, initVideo, initPhotos, status, creatorInfo, open, put, publish, token };
}

/** A body of `video/init` for the clip as one chunk, with changes to its parts. */
function video(info: object, source: object) {
  return {
    post_info: { title: 'A clip #seen', privacy_level: 'PUBLIC_TO_EVERYONE', ...info },
    source_info: { source: 'FILE_UPLOAD', video_size: clip.byteLength, chunk_size: clip.byteLength, total_chunk_count: 1, ...source },
  };
}

function photosBody(info: object, source: object) {
  return {
    media_type: 'PHOTO',
    post_mode: 'DIRECT_POST',
    post_info: { title: 'Photos', description: 'Of it', privacy_level: 'PUBLIC_TO_EVERYONE', ...info },
    source_info: { source: 'PULL_FROM_URL', photo_images: ['https://media.test/one.jpg'], photo_cover_index: 0, ...source },
  };
}

/** The data of a success; throws if it is none. */
export function data(answer: HttpAnswer): Record<string, unknown> {
  const parsed = envelopeSchema.parse(JSON.parse(answer.body));
  if (answer.status !== 200 || parsed.error.code !== 'ok') throw new Error(`${answer.status}: ${answer.body}`);
  return parsed.data;
}

/** Status and code of a refusal; throws if its body has another shape than TikTok's. */
export function refusal(answer: HttpAnswer): [status: number, code: string] {
  return [answer.status, envelopeSchema.parse(JSON.parse(answer.body)).error.code];
}
