import { Readable } from 'node:stream';
import type { AccountLimits } from '../../../core/model.ts';
import type { ByteStream, HttpAnswer, HttpRequest, HttpResult, MediaTools, NetworkTools, PublishTools, RefreshTools, TransferTools, Work } from '../../../core/ports/index.ts';

/** Tools whose network says what the test says, for a connector's functions one at a time. */
export interface ScriptedTools extends TransferTools, PublishTools, RefreshTools {
  readonly requests: readonly HttpRequest[];
  readonly checkpoints: readonly unknown[];
  /** Told with each of them. */
  readonly bytesSent: readonly (number | null)[];
  /** What was kept of the account's limits. */
  readonly limits: readonly AccountLimits[];
}

export const TOKEN = 'ya29.a-token-that-nobody-may-see';
/** The network's own id of the account. */
const ACCOUNT = '17841400000000001';
export const NOW = new Date('2026-11-21T12:00:00Z');

/** `answers` come one after the other; a call too many throws. */
export function scriptedTools(answers: readonly (HttpResult | HttpAnswer)[], changes: Partial<NetworkTools & MediaTools & { hasTime(): boolean }> = {}): ScriptedTools {
  const requests: HttpRequest[] = [];
  const checkpoints: unknown[] = [];
  const bytesSent: (number | null)[] = [];
  const limits: AccountLimits[] = [];
  const send = (request: HttpRequest): Promise<HttpResult> => {
    requests.push(request);
    const next = answers[requests.length - 1];
    if (next === undefined) throw new Error(`Nobody expected ${request.method} ${request.url}.`);
    return Promise.resolve('kind' in next ? next : { kind: 'answered', answer: next });
  };
  return {
    requests,
    checkpoints,
    bytesSent,
    limits,
    send,
    sendOnce: send,
    accessToken: () => Promise.resolve(TOKEN),
    binding: () => Promise.resolve(null),
    endpoints: { api: 'https://api.test', oauth: 'https://oauth.test', graph: 'https://graph.test', rupload: 'https://rupload.test' },
    app: { clientId: 'an-app', clientSecret: 'its-secret' },
    account: { externalId: ACCOUNT },
    now: () => NOW,
    readRange: (_media, start, end) => Promise.resolve(new Uint8Array(end - start + 1)),
    streamRange: (_media, _start, length) => streamed(new Uint8Array(length)),
    signGet: () => Promise.resolve('https://media.test/one.mp4?X-Amz-Signature=abc&X-Amz-Expires=21600'),
    saveCheckpoint: (data, sent) => {
      checkpoints.push(data);
      bytesSent.push(sent ?? null);
      return Promise.resolve();
    },
    keepLimits: (told) => {
      limits.push(told);
      return Promise.resolve();
    },
    hasTime: () => true,
    sleep: () => Promise.resolve(),
    ...changes,
  };
}

/** Bytes as a file that is read while it is sent. */
export function streamed(bytes: Uint8Array): ByteStream {
  return { length: bytes.byteLength, open: () => Promise.resolve(Readable.from([bytes])) };
}

export function answer(status: number, body: unknown = '', headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** A video of so many bytes, to be published with these changes. */
export function workOf(size: number, { upload, ...changes }: Partial<Omit<Work, 'upload'>> & { upload?: Partial<Work['upload']> } = {}): Work {
  return {
    upload: {
      uploadId: 'upl_01J8ZC6Q4M2V9Y3K7T5B1N0X00',
      kind: 'video',
      title: 'A title',
      description: 'What it is about',
      media: [
        {
          mediaId: 'med_1',
          objectKey: 'in/one.mp4',
          fileName: 'one.mp4',
          size,
          contentType: 'video/mp4',
          sha256: null,
          facts: null,
          image: null,
          inspectedAt: '2026-11-21T11:59:00Z',
        },
      ],
      attachments: [],
      ...upload,
    },
    account: { accountId: 'acc_1', externalId: ACCOUNT, name: 'ada', limits: {} },
    options: undefined,
    checkpoint: null,
    attempts: { made: 1, doubtedSince: null },
    ...changes,
  };
}

/** The fields of a form that was sent. Throws if it was no form. */
export function formOf(request: HttpRequest | undefined): Record<string, string> {
  if (typeof request?.body !== 'string') throw new Error('There is no form in the request.');
  return Object.fromEntries(new URLSearchParams(request.body));
}
