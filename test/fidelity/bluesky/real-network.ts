import { createHash } from 'node:crypto';
import * as z from 'zod';
import { timestampAfter } from '../../../core/clock.ts';
import type { Transport } from '../../../core/ports/index.ts';
import { httpTransport } from '../../../platforms/transport.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { LinkedAccount, Post } from '../../../sandbox/stand-in.ts';
import { virtualTime, type VirtualTime } from '../../core/support/virtual-time.ts';
import type { RealNetwork } from '../../platforms/support/stage.ts';
import { TOKEN_LIFE } from '../../platforms/support/trials.ts';
import { startCuttingProxy, type Given, type Received } from '../support/cutting-proxy.ts';
import { procedure, startPds, type PdsAccount } from '../support/pds.ts';
import { videoService } from './video-service.ts';

/**
 * A real PDS behind a proxy that cuts connections, as the network of a stage. Time is the stage's: it stands still while the server
 * works, and the server's clock follows it.
 */
export interface RealBluesky {
  /** Ready for one upload: a signed-in account without posts. */
  begin(): Promise<RealNetwork>;
  stop(): Promise<void>;
}

const POST = 'app.bsky.feed.post';
/** An account rests for some uploads after its posts were deleted: the server deletes their files somewhat later. */
const ACCOUNTS = 4;

interface Person extends PdsAccount {
  /** Of the session that was used last. */
  refreshToken: string | null;
}

const sessionSchema = z.object({ accessJwt: z.string(), refreshJwt: z.string() });
const recordsSchema = z.object({ records: z.array(z.object({ uri: z.string(), value: z.record(z.string(), z.unknown()) })) });
const documentSchema = z.looseObject({ service: z.tuple([z.looseObject({ serviceEndpoint: z.string() })]) });

export async function startRealBluesky(): Promise<RealBluesky> {
  const pds = await startPds({ movedClock: true });
  const people: Person[] = [];
  for (let n = 1; n <= ACCOUNTS; n += 1) people.push({ ...(await pds.newAccount(`ada-${n}`)), refreshToken: null });

  let beginning = Date.now();
  let inFlight = 0;
  let turn = 0;
  let current: { readonly time: VirtualTime; readonly standIns: () => Sandbox } | null = null;

  /** Time stands still meanwhile. */
  async function outside<Result>(work: () => Promise<Result>): Promise<Result> {
    inFlight += 1;
    try {
      return await work();
    } finally {
      inFlight -= 1;
    }
  }

  const upload = (bytes: Uint8Array, token: string) =>
    fetch(`${pds.pdsUrl}/xrpc/com.atproto.repo.uploadBlob`, { method: 'POST', headers: { 'content-type': 'video/mp4', authorization: `Bearer ${token}` }, body: new Uint8Array(bytes) });

  const proxy = await startCuttingProxy({
    network: 'bluesky',
    operation: (request) => current?.standIns().operation(request)?.operation ?? 'elsewhere',
    hold: async (ms) => {
      const held = current?.time.sleep(ms / 1000);
      // The caller waits in the time that passes.
      inFlight -= 1;
      await held;
      inFlight += 1;
    },
    forward: (request) => outside(() => forward(request)),
  });

  async function forward(request: Received): Promise<Given> {
    if (current === null) throw new Error(`Nobody is on stage for ${request.target}.`);
    const [, service = '', rest = ''] = /^\/bluesky\/(\w+)(\/.*)$/u.exec(request.target) ?? [];
    await pds.setClock(current.time.now());
    if (service === 'video') return videoService({ standIns: current.standIns(), upload, request });
    const answer = await fetch(`${service === 'plc' ? pds.plcUrl : pds.pdsUrl}${rest}`, {
      method: request.method,
      headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => ['authorization', 'content-type'].includes(name))),
      redirect: 'manual',
      ...(request.method === 'POST' && { body: new Uint8Array(request.body) }),
    });
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-encoding'].includes(name)));
    const body = await answer.text();
    return { status: answer.status, headers, body: service === 'plc' && answer.ok ? behindProxy(body) : body };
  }

  /** The document of an account, whose server is found behind the proxy. */
  function behindProxy(body: string): string {
    const document = documentSchema.parse(JSON.parse(body));
    return JSON.stringify({ ...document, service: [{ ...document.service[0], serviceEndpoint: `${proxy.url}/bluesky/pds` }] });
  }

  /** Signs in by the session that was used last, if it still is one: passwords take the server long. */
  async function signIn(person: Person): Promise<LinkedAccount & { readonly refreshToken: string }> {
    const refreshed = person.refreshToken === null ? null : await fetch(`${pds.pdsUrl}/xrpc/com.atproto.server.refreshSession`, { method: 'POST', headers: { authorization: `Bearer ${person.refreshToken}` } });
    const session = refreshed?.ok === true ? await refreshed.json() : await procedure(pds.pdsUrl, 'com.atproto.server.createSession', { identifier: person.did, password: person.appPassword });
    const { accessJwt, refreshJwt } = sessionSchema.parse(session);
    person.refreshToken = refreshJwt;
    return { externalId: person.did, name: person.handle, accessToken: accessJwt, refreshToken: refreshJwt, expiresAt: timestampAfter(new Date(beginning), TOKEN_LIFE), scopes: ['com.atproto.appPass'], defaults: {} };
  }

  async function read(method: string, query: Readonly<Record<string, string>>): Promise<Response> {
    const answer = await fetch(`${pds.pdsUrl}/xrpc/${method}?${new URLSearchParams(query).toString()}`);
    if (!answer.ok) throw new Error(`${method} answers ${answer.status}: ${await answer.text()}`);
    return answer;
  }

  const recordsOf = async (did: string) => recordsSchema.parse(await (await read('com.atproto.repo.listRecords', { repo: did, collection: POST })).json()).records;

  /** What the server itself shows: words, and the bytes of the files that it gives out. */
  async function postsOf(did: string): Promise<readonly Post[]> {
    const posts: Post[] = [];
    for (const { uri, value } of await recordsOf(did)) {
      const files = [...JSON.stringify(value).matchAll(/"\$link":"(\w+)"/gu)].map(([, cid = '']) => cid);
      const mediaSha256: string[] = [];
      for (const cid of files) mediaSha256.push(createHash('sha256').update(await (await read('com.atproto.sync.getBlob', { did, cid })).bytes()).digest('hex'));
      const kind = files.length === 0 ? 'text' : JSON.stringify(value).includes('"app.bsky.embed.video"') ? 'video' : 'photos';
      posts.push({ id: uri, accountId: did, kind, title: null, text: String(value['text']), mediaSha256, createdAt: String(value['createdAt']) });
    }
    return posts;
  }

  async function clean(person: Person): Promise<void> {
    const { accessToken } = await signIn(person);
    for (const { uri } of await recordsOf(person.did)) {
      await procedure(pds.pdsUrl, 'com.atproto.repo.deleteRecord', { repo: person.did, collection: POST, rkey: uri.split('/').at(-1) }, accessToken);
    }
  }

  return {
    stop: async () => {
      await proxy.stop();
      await pds.stop();
    },

    async begin() {
      const before = people[turn % ACCOUNTS];
      beginning = current?.time.now().getTime() ?? beginning;
      await pds.setClock(new Date(beginning));
      if (before !== undefined) await clean(before);
      proxy.faults.clear();
      turn += 1;
      const person = people[turn % ACCOUNTS];
      if (person === undefined) throw new Error('There is nobody.');
      const linked = await signIn(person);
      const time = virtualTime({ beginning, busy: () => inFlight > 0 });
      const wire = httpTransport({ defaultTimeout: 60 });
      const transport: Transport = {
        send: async (request, how) => {
          const began = time.now().getTime();
          const result = await outside(() => wire.send(request, how));
          const seconds = (time.now().getTime() - began) / 1000;
          if (request.timeout !== undefined && seconds > request.timeout) return { kind: 'ambiguous', reason: `no answer in ${request.timeout} s` };
          return result;
        },
      };
      return {
        url: proxy.url,
        time,
        linked,
        transport,
        over(standIns) {
          current = { time, standIns: () => standIns };
          return { ...standIns, addFault: (fault) => proxy.addFault(fault), posts: () => outside(() => postsOf(person.did)) };
        },
      };
    },
  };
}
