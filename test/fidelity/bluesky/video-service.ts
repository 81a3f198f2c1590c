import * as z from 'zod';
import { json } from '../../../sandbox/http.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { clip } from '../../platforms/support/stage.ts';
import type { Given, Received } from '../support/cutting-proxy.ts';
import { claimsOf } from './server.ts';

/**
 * Bluesky's video service, which no PDS has: our stand-in of it, that stores the processed video at the real server, with the
 * token that the server itself made for the connector to hand on.
 */
export interface VideoCall {
  readonly standIns: Sandbox;
  /** Stores a video at the real server. */
  readonly upload: (bytes: Uint8Array, token: string) => Promise<Response>;
  readonly request: Received;
}

const claimsSchema = z.object({ iss: z.string(), lxm: z.string(), aud: z.literal('did:web:localhost'), exp: z.int() });
const STORE = 'com.atproto.repo.uploadBlob';

/** What the stand-in knows of whom it works for: an account of its own in place of the real one's, and its last token to store. */
const tenants = new WeakMap<Sandbox, { readonly did: string; readonly session: string; token: string | null; stored: boolean }>();

function tenantOf(standIns: Sandbox) {
  const found = tenants.get(standIns);
  if (found !== undefined) return found;
  // For as long as any upload may take.
  const { externalId: did, accessToken: session } = standIns.addAccount('bluesky', { name: 'Video', accessTokenLife: 30 * 24 * 3600 });
  const tenant = { did, session, token: null, stored: false };
  tenants.set(standIns, tenant);
  return tenant;
}

export async function videoService({ standIns, upload, request }: VideoCall): Promise<Given> {
  const tenant = tenantOf(standIns);
  const { authorization, ...headers } = request.headers;
  let target = request.target;
  let inside: string | null = null;
  if (authorization !== undefined) {
    const token = authorization.replace('Bearer ', '');
    const { iss, lxm, aud, exp } = claimsSchema.parse(claimsOf(token).claims);
    if (lxm === STORE) tenant.token = token;
    target = target.replaceAll(encodeURIComponent(iss), encodeURIComponent(tenant.did));
    inside = await serviceToken(standIns, tenant.session, { aud, lxm, exp: String(exp) });
  }
  const given = await ask(standIns, { ...request, target, headers: { ...headers, ...(inside !== null && { authorization: `Bearer ${inside}` }) } });
  if (tenant.stored || !String(given.body).includes('"JOB_STATE_COMPLETED"')) return given;
  const stored = await upload(clip, tenant.token ?? '');
  if (!stored.ok) return json(502, { error: 'UpstreamFailure', message: await stored.text() });
  tenant.stored = true;
  return given;
}

async function serviceToken(standIns: Sandbox, session: string, query: Readonly<Record<string, string>>): Promise<string> {
  const target = `/bluesky/pds/xrpc/com.atproto.server.getServiceAuth?${new URLSearchParams(query).toString()}`;
  const { body } = await ask(standIns, { method: 'GET', target, headers: { authorization: `Bearer ${session}` }, body: Buffer.alloc(0) });
  return z.object({ token: z.string() }).parse(JSON.parse(String(body))).token;
}

async function ask(standIns: Sandbox, request: Received): Promise<Given> {
  const handled = await standIns.handle(request);
  if (handled.kind === 'cut') throw new Error('The stand-in cut the connection.');
  return handled.answer;
}
