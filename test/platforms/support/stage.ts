import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { timestampAfter } from '../../../core/clock.ts';
import type { Account, Delivery, Kind, Upload } from '../../../core/model.ts';
import type { HttpRequest, HttpResult, Ports, TokenCipher, Transport } from '../../../core/ports/index.ts';
import { runStep } from '../../../core/publishing/run-step.ts';
import { STEP_TRIES, times } from '../../../core/times.ts';
import type { StepInput, StepResult } from '../../../core/workflow.ts';
import { memoryMedia } from '../../../media/memory.ts';
import type { Platform } from '../../../platforms/platform.ts';
import type { NewFault } from '../../../sandbox/faults.ts';
import { networkSettings } from '../../../sandbox/networks.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../sandbox/sandbox.ts';
import type { LinkedAccount } from '../../../sandbox/stand-in.ts';
import { memoryStore } from '../../../store/memory.ts';
import { isSigning } from '../../core/support/signing.ts';
import { virtualTime, type VirtualTime } from '../../core/support/virtual-time.ts';
import { workerPorts, type Mishap, type PortCall } from '../../core/support/worker.ts';
import { held, inProcess } from '../../sandbox/in-process.ts';
import { describedApps } from './client-metadata.ts';
import { consented, REDIRECT, type ConsentedAccount } from './consented.ts';
import { ACCOUNT_ID, createRecords, TENANT_ID, UPLOAD_ID, type AttachedFile, type StoredFile } from './records.ts';

/**
 * One upload, one account, one connector: driven by the publish guard in virtual time, on ports in memory, against the
 * network's stand-in.
 */
export interface StageOptions {
  /** A video if left out. */
  readonly kind?: Kind;
  /** Seconds that the account's token is still good for. */
  readonly accessTokenLife?: number;
  /** What the account was linked with; all that publishing needs if left out. */
  readonly scopes?: readonly string[];
  /** Its tokens come of a consent, under these options of a link; left out: as the network gives them to an app that asks for them otherwise. */
  readonly byConsent?: Readonly<Record<string, unknown>>;
  readonly upload?: Partial<Upload>;
  /** The video. */
  readonly file?: Uint8Array;
  /** Stored files that the options name. */
  readonly attached?: readonly AttachedFile[];
  /** False: the account has not proved to be a person's. */
  readonly verified?: boolean;
  /** How many photos, 2 at most; so many if left out. */
  readonly photos?: number;
  readonly processingSeconds?: number;
  /** Seconds by which the workers' clocks are ahead of the network's. */
  readonly skew?: number;
  readonly caps?: SandboxOptions['caps'];
  /** Comes between the connector and the stand-in: an answer of its own, or what it asks of the sandbox for this call. */
  readonly weather?: (call: SeenCall, stage: Pick<Stage, 'sandbox' | 'time' | 'linked'>) => HttpResult | undefined;
  /** A network that really runs, in place of the stand-in. */
  readonly real?: RealNetwork;
  /** What befalls a worker at a call to one of its ports, when so many calls to the network have been made. */
  readonly mishap?: (call: PortCall, sent: number) => Mishap | undefined;
}

/** What takes the place of a stand-in. */
export interface RealNetwork {
  /** Below it lie the addresses that lie below the sandbox's otherwise. */
  readonly url: string;
  readonly time: VirtualTime;
  readonly linked: LinkedAccount;
  readonly transport: Transport;
  /** The sandbox, with the real network's posts and faults. */
  over(sandbox: Sandbox): Sandbox;
}

export interface SeenCall {
  /** Of all calls, from 1. */
  readonly index: number;
  /** The stand-in's name for it. */
  readonly operation: string;
  /** On a connection of its own. */
  readonly fresh: boolean;
  /** Posts that were visible before it. */
  readonly posts: number;
  /** With what was streamed as its body. */
  readonly request: HttpRequest;
  readonly streamed: boolean;
}

export interface Stage {
  readonly time: VirtualTime;
  readonly sandbox: Sandbox;
  readonly linked: LinkedAccount;
  readonly kind: Kind;
  /** Of the upload's files, in order. */
  readonly sha256: readonly string[];
  readonly ports: Ports;
  /** Calls in order, those that found no server too. */
  readonly seen: readonly SeenCall[];
  readonly logged: readonly string[];
  /** Steps until the delivery has ended, in virtual time; returns how it ended. */
  run(): Promise<Delivery>;
  delivery(): Promise<Delivery>;
  account(): Promise<Account>;
}

const PACE = times.standard;
const BASE_URL = 'http://sandbox.test';

/** A real clip. */
export const clip = readFileSync(new URL('../../../local/demo-small.mp4', import.meta.url));

const photos = ['one.jpg', 'two.jpg'].map((name) => ({ name, bytes: readFileSync(new URL(`photos/${name}`, import.meta.url)) }));

/** The files of an upload: a video, two photos, or none. */
function filesOf(kind: Kind, video: Uint8Array, count: number | undefined): readonly StoredFile[] {
  switch (kind) {
    case 'video':
      return [{ objectKey: 'in/one.mp4', contentType: 'video/mp4', bytes: video }];
    case 'photos':
      return photos.slice(0, count).map(({ name, bytes }) => ({ objectKey: `in/${name}`, contentType: 'image/jpeg', bytes }));
    case 'text':
      return [];
  }
}

/** An MP4 of so many bytes: the rest is a `free` box, which players pass over. */
export function padded(mp4: Uint8Array, size: number): Uint8Array {
  const whole = Buffer.alloc(size);
  whole.set(mp4);
  whole.writeUInt32BE(size - mp4.byteLength, mp4.byteLength);
  whole.write('free', mp4.byteLength + 4, 'latin1');
  return whole;
}

/** Tokens of which we believe that they end so many seconds from now. */
function endingIn(account: ConsentedAccount | null, life: number | undefined, time: VirtualTime): ConsentedAccount | null {
  return account === null || life === undefined ? account : { ...account, expiresAt: timestampAfter(time.now(), life) };
}

export async function stage(platform: Platform, options: StageOptions = {}): Promise<Stage> {
  const { network } = platform;
  const kind = options.kind ?? 'video';
  const files = filesOf(kind, options.file ?? clip, options.photos);
  const { real } = options;
  const baseUrl = real?.url ?? BASE_URL;
  const time = real?.time ?? virtualTime({ busy: isSigning });
  const media = memoryMedia({ clock: time });
  const attached = options.attached ?? [];
  for (const { objectKey, bytes, contentType } of [...files, ...attached]) media.put(objectKey, bytes, contentType);
  const standIns = createSandbox({
    clock: time,
    baseUrl,
    processingSeconds: options.processingSeconds ?? 90,
    sleep: (ms) => time.sleep(ms / 1000),
    fetch: async (url) => {
      if (url.startsWith(new URL('.', REDIRECT).href)) return describedApps({ [network]: REDIRECT })(url);
      const response = await media.fetch(url);
      return { status: response.status, headers: Object.fromEntries(response.headers), body: new Uint8Array(await response.arrayBuffer()) };
    },
    ...(options.caps !== undefined && { caps: options.caps }),
  });
  const sandbox = real?.over(standIns) ?? standIns;
  const life = options.accessTokenLife;
  const ofConsent = options.byConsent !== undefined ? await consented(network, options.byConsent, { sandbox, transport: inProcess(sandbox, time), clock: time }) : null;
  const linked = real?.linked ?? endingIn(ofConsent, life, time) ?? sandbox.addAccount(network, {
    name: 'Ada',
    ...(life !== undefined && { accessTokenLife: life }),
    ...(options.scopes !== undefined && { scopes: options.scopes }),
    ...(options.verified !== undefined && { verified: options.verified }),
  });
  const settings = networkSettings(network, baseUrl);

  const seen: SeenCall[] = [];
  const logged: string[] = [];
  const wire = real?.transport ?? inProcess(sandbox, time);
  const transport: Transport = {
    send: async (sent, how) => {
      const request = await held(sent);
      const target = request.url.slice(baseUrl.length);
      const operation = sandbox.operation({ ...request, target, body: Buffer.from(request.body ?? '') })?.operation ?? 'elsewhere';
      const posts = (await sandbox.posts(network)).length;
      const call: SeenCall = { index: seen.length + 1, operation, fresh: how?.fresh ?? false, posts, request, streamed: sent.stream !== undefined };
      seen.push(call);
      const result = options.weather?.(call, { sandbox, time, linked }) ?? (await wire.send(request, how));
      // What a fault puts off is done when its time has come, and not when the next call comes.
      const left = sandbox.untilSettle();
      if (left !== null) void time.sleep(left / 1000).then(() => sandbox.settle());
      return result;
    },
  };

  const log = (level: string) => (message: string, fields?: object) => void logged.push(`${level} ${message} ${JSON.stringify(fields)}`);
  let ids = 0;
  const store = memoryStore();
  const ports: Ports = {
    store,
    media,
    cipher: plainCipher,
    executions: { start: unused, stop: unused, isRunning: unused },
    networks: {
      connector: (name) => (name === network ? platform : undefined),
      settings: () => Promise.resolve({ ...settings, endpoints: { ...platform.defaultEndpoints, ...settings.endpoints } }),
    },
    transport,
    events: { uploadFinished: () => Promise.resolve() },
    clock: time,
    ids: { next: (prefix) => `${prefix}_${String((ids += 1)).padStart(26, '0')}` },
    times: PACE,
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    sleep: (seconds) => time.sleep(seconds),
    random: () => 0.5,
  };
  await createRecords(ports, { platform, linked, kind, files, attached, changes: options.upload ?? {} });

  const delivery = async (): Promise<Delivery> => {
    const found = await store.getDelivery({ uploadId: UPLOAD_ID, accountId: ACCOUNT_ID });
    if (found === null) throw new Error('There is no delivery.');
    return found;
  };

  let index = 0;
  let invocation = 0;
  /** One function of the workflow, in a worker that may die or be killed at the end of its time: then it is invoked again. */
  const invoke = async (role: 'transfer' | 'publish', input: StepInput): Promise<StepResult> => {
    for (let attempt = 0; attempt < STEP_TRIES; attempt += 1) {
      const { mishap } = options;
      const worker = workerPorts(ports, {
        invocation: invocation++,
        state: role,
        accountId: ACCOUNT_ID,
        skew: options.skew ?? 0,
        next: () => index++,
        ...(mishap !== undefined && { mishap: (call: PortCall) => mishap(call, seen.length) }),
      });
      const over = time.sleep(role === 'transfer' ? PACE.transferFunction : PACE.publishFunction).then(() => worker.kill());
      const result = await Promise.race([runStep(worker.ports, role, input).catch((error: unknown) => String(error)), worker.lost.then(() => 'died'), over.then(() => 'timed out')]);
      if (typeof result === 'object') return result;
      logged.push(`the step ended without an answer: ${result}`);
      await time.sleep(2 ** attempt);
    }
    throw new Error(`The step never gave an answer:\n${logged.join('\n')}`);
  };

  const runChildren = async (): Promise<Delivery> => {
    for (let round = 0; round < 60; round += 1) {
      const now = await delivery();
      if (now.nextAt !== null) await time.sleep(Math.max(0, (Date.parse(now.nextAt) - time.now().getTime()) / 1000));
      let input: StepInput = { v: 1, uploadId: UPLOAD_ID, accountId: ACCOUNT_ID, revision: 1, execution: `child-${round}`, steps: 0, waitedFor: 0 };
      let role: 'transfer' | 'publish' = 'transfer';
      for (;;) {
        const answer = await invoke(role, input);
        if (answer.next === 'done') return delivery();
        if (answer.next === 'later') break;
        await time.sleep(answer.afterSeconds);
        role = answer.next;
        input = { ...input, steps: answer.steps, waitedFor: answer.waitedFor };
      }
    }
    throw new Error(`The delivery does not end:\n${logged.join('\n')}`);
  };

  return {
    time,
    sandbox,
    linked,
    kind,
    sha256: files.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex')),
    ports,
    seen,
    logged,
    delivery,
    account: async () => {
      const found = await store.getAccount(TENANT_ID, ACCOUNT_ID);
      if (found === null) throw new Error('There is no account.');
      return found;
    },
    run: () => time.run(runChildren()),
  };
}

export function operations({ seen }: Pick<Stage, 'seen'>): readonly string[] {
  return seen.map(({ operation }) => operation);
}

export type Effect<Fault = NewFault> = Fault extends unknown ? Omit<Fault, 'network' | 'operation' | 'times'> : never;

/** Calls of an operation, by their count from 1, meet this fault, or something else happens just before them. */
export function when(
  { network }: Platform,
  operation: string,
  nth: 'always' | readonly number[],
  happens: (sandbox: Sandbox) => Effect | undefined,
): Pick<Required<StageOptions>, 'weather'> {
  let count = 0;
  return {
    weather: (call, { sandbox }) => {
      if (call.operation !== operation) return undefined;
      count += 1;
      const fault = nth === 'always' || nth.includes(count) ? happens(sandbox) : undefined;
      if (fault !== undefined) sandbox.addFault({ ...fault, network, operation });
      return undefined;
    },
  };
}

/** Several things that happen, in one stage. */
export function together(...all: readonly Pick<Required<StageOptions>, 'weather'>[]): Pick<Required<StageOptions>, 'weather'> {
  return { weather: (call, world) => all.map(({ weather }) => weather(call, world)).find((result) => result !== undefined) };
}

const plainCipher: TokenCipher = {
  seal: (text) => Promise.resolve({ v: 1, dataKey: '', iv: '', ciphertext: text, tag: '' }),
  open: (sealed) => Promise.resolve(sealed.ciphertext),
};

/** A step starts no execution. */
function unused(): never {
  throw new Error('a step starts no execution');
}
