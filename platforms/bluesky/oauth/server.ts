import * as z from 'zod';
import type { NetworkTools } from '../../../core/ports/index.ts';
import { troubleOf, value } from '../../answers.ts';
import { listen } from './proof.ts';
import { exchange, isTrusted, type XrpcReply } from '../client.ts';

/** Where an account's server has its tokens given out (RFC 9728), and what that authorization server says of itself (RFC 8414). */

type Tools = Pick<NetworkTools, 'send' | 'endpoints' | 'now'>;

const resourceSchema = z.object({ authorization_servers: z.tuple([z.string()]) });

/** The authorization server of an account's server; one that gives out tokens for others is its own. */
export async function issuerOf(service: string, tools: Tools): Promise<XrpcReply<string>> {
  const read = await exchange(tools, { method: 'GET', url: `${service}/.well-known/oauth-protected-resource`, headers: {} }, resourceSchema, null);
  if (read.kind === 'value') return value(read.value.authorization_servers[0]);
  return read.refusal !== null && [404, 501].includes(read.refusal.status) ? value(service) : read;
}

const metadataSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  pushed_authorization_request_endpoint: z.url(),
  revocation_endpoint: z.url().optional(),
  // Without it, an answer of another server could be taken for one of this (RFC 9207).
  authorization_response_iss_parameter_supported: z.literal(true),
  token_endpoint_auth_methods_supported: z.array(z.string()).refine((methods) => methods.includes('private_key_jwt')),
  dpop_signing_alg_values_supported: z.array(z.string()).refine((algorithms) => algorithms.includes('ES256')),
  client_id_metadata_document_supported: z.literal(true),
});

export interface Server {
  readonly issuer: string;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly pushUrl: string;
  /** Null: it has none. */
  readonly revocationUrl: string | null;
}

/** What the authorization server `issuer` says of itself. One that we would send no secrets to is none. */
export async function readServer(issuer: string, tools: Tools): Promise<XrpcReply<Server>> {
  if (!isTrusted(issuer, tools)) return { kind: 'trouble', trouble: UNFIT, refusal: null };
  // What shows who we are has to be dated by the server's clock, which this is the first to tell.
  const send: Tools['send'] = async (request) => {
    const result = await tools.send(request);
    listen(request, result, tools.now());
    return result;
  };
  const read = await exchange({ ...tools, send }, { method: 'GET', url: `${issuer}/.well-known/oauth-authorization-server`, headers: {} }, metadataSchema, null);
  if (read.kind === 'trouble') return read.refusal?.status === 200 ? { ...read, trouble: UNFIT } : read;
  const found = read.value;
  const addresses = [found.authorization_endpoint, found.token_endpoint, found.pushed_authorization_request_endpoint, found.revocation_endpoint ?? found.token_endpoint];
  const isSafe = addresses.every((address) => address.startsWith(`${issuer}/`) || isTrusted(new URL(address).origin, tools));
  if (found.issuer !== issuer || !isSafe) return { kind: 'trouble', trouble: UNFIT, refusal: null };
  return value({
    issuer,
    authorizationUrl: found.authorization_endpoint,
    tokenUrl: found.token_endpoint,
    pushUrl: found.pushed_authorization_request_endpoint,
    revocationUrl: found.revocation_endpoint ?? null,
  });
}

/** It is said to be one, and keeps not to what the protocol demands of it. */
const UNFIT = troubleOf(
  { class: 'permanent', code: 'permission_denied', message: "The server of this account lets nobody log in as the AT Protocol demands. Link it with an app password: options.method 'app_password'." },
  { code: null, text: null },
  null,
);
