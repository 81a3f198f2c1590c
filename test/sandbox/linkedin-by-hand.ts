import * as z from 'zod';
import type { HttpAnswer, HttpRequest } from '../../core/ports/index.ts';
import { networkSettings } from '../../sandbox/networks.ts';
import { createSandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import type { LinkedAccount } from '../../sandbox/stand-in.ts';
import { answered, inProcess, testClock } from './in-process.ts';

const BASE = 'http://sandbox.test';
export const API = `${BASE}/linkedin/api/rest`;
export const WWW = `${BASE}/linkedin/www`;
export const { app } = networkSettings('linkedin', BASE);

const openedSchema = z.object({
  value: z.object({
    video: z.string().optional(),
    image: z.string().optional(),
    uploadToken: z.string().optional(),
    uploadUrl: z.string().optional(),
    uploadInstructions: z.array(z.object({ uploadUrl: z.string(), firstByte: z.number(), lastByte: z.number() })).optional(),
  }),
});

/** A LinkedIn stand-in with a page and a member, and requests to it made by hand. A header of null is left out. */
export function linkedinByHand(options: Omit<Partial<SandboxOptions>, 'clock'> = {}) {
  const clock = testClock();
  const sandbox = createSandbox({ clock, baseUrl: BASE, processingSeconds: 60, sleep: clock.sleep, ...options });
  const transport = inProcess(sandbox, clock);
  const page = sandbox.addAccount('linkedin', { name: 'Harbour Inc.' });
  const member = sandbox.addAccount('linkedin', { name: 'Ada', scopes: ['openid', 'w_member_social'] });
  const send = async (request: HttpRequest) => answered(await transport.send(request));

  function call(method: 'GET' | 'POST', path: string, body?: unknown, as: LinkedAccount = page, changes: Readonly<Record<string, string | null>> = {}) {
    const all = { authorization: `Bearer ${as.accessToken}`, 'linkedin-version': '202610', 'x-restli-protocol-version': '2.0.0', ...(body !== undefined && { 'content-type': 'application/json' }), ...changes };
    const headers = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null));
    return send({ method, url: `${API}/${path}`, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  }

  const put = (url: string, body: Uint8Array, headers: Readonly<Record<string, string>> = { 'content-type': 'application/octet-stream' }) => send({ method: 'PUT', url, headers, body });

  function start(size: number, changes: object = {}, as: LinkedAccount = page) {
    return call('POST', 'videos?action=initializeUpload', { initializeUploadRequest: { owner: as.externalId, fileSizeBytes: size, uploadCaptions: false, uploadThumbnail: false, ...changes } }, as);
  }

  function finish(video: string, uploadToken: string, uploadedPartIds: readonly string[], as: LinkedAccount = page) {
    return call('POST', 'videos?action=finalizeUpload', { finalizeUploadRequest: { video, uploadToken, uploadedPartIds } }, as);
  }

  /** A video whose parts are all there, and not yet put together. */
  async function sent(file: Uint8Array, as: LinkedAccount = page): Promise<{ urn: string; token: string; etags: readonly string[] }> {
    const { value } = openedSchema.parse(parsed(await start(file.byteLength, {}, as)));
    const etags: string[] = [];
    for (const { uploadUrl, firstByte, lastByte } of value.uploadInstructions ?? []) {
      const { headers } = await put(uploadUrl, file.subarray(firstByte, lastByte + 1));
      etags.push(headers['etag'] ?? '');
    }
    return { urn: value.video ?? '', token: value.uploadToken ?? '', etags };
  }

  /** A video that is processed. */
  async function video(file: Uint8Array, as: LinkedAccount = page): Promise<string> {
    const { urn, token, etags } = await sent(file, as);
    await finish(urn, token, etags, as);
    clock.advance(60);
    return urn;
  }

  /** An image that is processed. */
  async function image(file: Uint8Array, as: LinkedAccount = page): Promise<string> {
    const { value } = openedSchema.parse(parsed(await call('POST', 'images?action=initializeUpload', { initializeUploadRequest: { owner: as.externalId } }, as)));
    await put(value.uploadUrl ?? '', file);
    clock.advance(6);
    return value.image ?? '';
  }

  /** Asks for a post with changes to its fields; one of undefined is left out. */
  function post(changes: object = {}, as: LinkedAccount = page) {
    const distribution = { feedDistribution: 'MAIN_FEED', targetEntities: [], thirdPartyDistributionChannels: [] };
    return call('POST', 'posts', { author: as.externalId, commentary: 'Hello', visibility: 'PUBLIC', distribution, lifecycleState: 'PUBLISHED', isReshareDisabledByAuthor: false, ...changes }, as);
  }

  const token = (fields: Readonly<Record<string, string>>) =>
    send({
      method: 'POST',
      url: `${WWW}/oauth/v2/accessToken`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: page.refreshToken ?? '', client_id: app.clientId, client_secret: app.clientSecret, ...fields }).toString(),
    });

  return { clock, sandbox, page, member, send, call, put, start, sent, finish, video, image, post, token };
}

export function instructionsOf(answer: HttpAnswer) {
  return openedSchema.parse(parsed(answer)).value.uploadInstructions ?? [];
}

export function parsed(answer: HttpAnswer): unknown {
  return JSON.parse(answer.body);
}

const errorSchema = z.strictObject({
  status: z.number(),
  code: z.string(),
  serviceErrorCode: z.number().optional(),
  message: z.string().min(1),
  errorDetails: z.object({ inputErrors: z.array(z.object({ code: z.string(), description: z.string() })) }).optional(),
});

/** Status and code of a refusal; throws if its body has another shape than the versioned API's. */
export function refusal(answer: HttpAnswer): [status: number, code: string] {
  const { status, code } = errorSchema.parse(parsed(answer));
  if (status !== answer.status) throw new Error(`The body says ${status}, the answer ${answer.status}.`);
  return [status, code];
}
