import { join } from 'node:path';
import * as z from 'zod';
import { freePort } from '../../../local/ports.ts';
import { BLOB_MAX } from '../../../sandbox/bluesky/blobs.ts';
import { startServer } from './program.ts';

/** A real PDS with its directory of identities, of this test file alone. */
export interface RealPds {
  readonly pdsUrl: string;
  readonly plcUrl: string;
  /** Sets its clock, if it was started with one that can be set. */
  setClock(now: Date): Promise<void>;
  /** A new account, with its own password and an app password. */
  newAccount(name: string): Promise<PdsAccount>;
  stop(): Promise<void>;
}

export interface PdsAccount {
  readonly did: string;
  readonly handle: string;
  readonly appPassword: string;
  readonly mainPassword: string;
}

export interface PdsOptions {
  /** The limits of bsky.social's software. */
  readonly rateLimits?: boolean;
  /** Its time is set by `setClock`. */
  readonly movedClock?: boolean;
  /** Origins of apps, and where they are found on this machine. */
  readonly apps?: Readonly<Record<string, string>>;
}

/** Starts it, in some two seconds. */
export async function startPds({ rateLimits = false, movedClock = false, apps = {} }: PdsOptions): Promise<RealPds> {
  const [port, plcPort, clockPort] = [await freePort(), await freePort(), movedClock ? await freePort() : null];
  const server = await startServer('pds.mjs', (directory) => ({ port, plcPort, clockPort, directory: join(directory, 'pds'), blobLimit: BLOB_MAX, rateLimits, apps }));
  const pdsUrl = `http://localhost:${port}`;
  return {
    pdsUrl,
    plcUrl: `http://localhost:${plcPort}`,
    stop: () => server.stop(),
    async setClock(now) {
      if (clockPort === null) throw new Error('This server has the time of the machine.');
      await fetch(`http://127.0.0.1:${clockPort}/?now=${now.getTime()}`);
    },
    async newAccount(name) {
      const handle = `${name}.test`;
      const mainPassword = `${name}-has-a-password`;
      const made = await procedure(pdsUrl, 'com.atproto.server.createAccount', { email: `${name}@example.com`, handle, password: mainPassword });
      const { did, accessJwt } = z.object({ did: z.string(), accessJwt: z.string() }).parse(made);
      const { password } = z.object({ password: z.string() }).parse(await procedure(pdsUrl, 'com.atproto.server.createAppPassword', { name: 'Fanfare' }, accessJwt));
      return { did, handle, appPassword: password, mainPassword };
    },
  };
}

/** Calls a procedure of the AT Protocol; throws if it is refused. */
export async function procedure(pdsUrl: string, method: string, input: object, token?: string): Promise<unknown> {
  const answer = await fetch(`${pdsUrl}/xrpc/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(input),
    signal: AbortSignal.timeout(20_000),
  });
  if (!answer.ok) throw new Error(`${method} answers ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
