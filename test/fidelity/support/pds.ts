import { join } from 'node:path';
import * as z from 'zod';
import { freePort } from '../../../local/ports.ts';
import { BLOB_MAX } from '../../../sandbox/bluesky/blobs.ts';
import { startServer } from './program.ts';

/** A real PDS with its directory of identities, of this test file alone. */
export interface RealPds {
  readonly pdsUrl: string;
  readonly plcUrl: string;
  /** A new account, with an app password. */
  newAccount(name: string): Promise<PdsAccount>;
  stop(): Promise<void>;
}

export interface PdsAccount {
  readonly did: string;
  readonly handle: string;
  readonly appPassword: string;
}

/** Starts it, in some two seconds; with the limits of bsky.social's software if asked. */
export async function startPds({ rateLimits }: { readonly rateLimits: boolean }): Promise<RealPds> {
  const [port, plcPort] = [await freePort(), await freePort()];
  const server = await startServer('pds.mjs', (directory) => ({ port, plcPort, directory: join(directory, 'pds'), blobLimit: BLOB_MAX, rateLimits }));
  const pdsUrl = `http://localhost:${port}`;
  return {
    pdsUrl,
    plcUrl: `http://localhost:${plcPort}`,
    stop: () => server.stop(),
    async newAccount(name) {
      const handle = `${name}.test`;
      const made = await procedure(pdsUrl, 'com.atproto.server.createAccount', { email: `${name}@example.com`, handle, password: `${name}-has-a-password` });
      const { did, accessJwt } = z.object({ did: z.string(), accessJwt: z.string() }).parse(made);
      const { password } = z.object({ password: z.string() }).parse(await procedure(pdsUrl, 'com.atproto.server.createAppPassword', { name: 'Fanfare' }, accessJwt));
      return { did, handle, appPassword: password };
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
