import * as z from 'zod';
import { json, oddParameter } from '../../http.ts';
import { Refusal } from '../../refusal.ts';
import type { World } from '../../stand-in.ts';
import { publicKeySchema, readJwt, type PublicKey } from './jwt.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Seconds that an assertion may be old, and that the clock of a client may be wrong. */
const ASSERTION_AGE = 60;
const SKEW = 180;

const jwksSchema = z.object({ keys: z.array(z.unknown()) });

const metadataSchema = z.object({
  client_id: z.string(),
  client_name: z.string().optional(),
  redirect_uris: z.array(z.string()).min(1),
  scope: z.string(),
  grant_types: z.array(z.string()),
  response_types: z.array(z.string()),
  dpop_bound_access_tokens: z.literal(true),
  application_type: z.enum(['web', 'native']).default('web'),
  token_endpoint_auth_method: z.enum(['none', 'private_key_jwt']),
  token_endpoint_auth_signing_alg: z.literal('ES256').optional(),
  jwks: jwksSchema.optional(),
  jwks_uri: z.url().optional(),
});

/** An app, as it describes itself at the address that is its id. */
export interface Client {
  readonly id: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly scopes: readonly string[];
  /** For its assertions; null: it has no secret, and its links end sooner. */
  readonly keys: readonly PublicKey[] | null;
}

export interface Clients {
  /** The app of a form, which fetches what it says of itself, and proves that it is the one. */
  authenticate(form: URLSearchParams): Promise<Client>;
  clear(): void;
}

export function refuseOAuth(error: string, description: string, status = 400): Refusal {
  return new Refusal(json(status, { error, error_description: description }));
}

export function createClients(world: World, issuer: string): Clients {
  const seen = new Set<string>();
  const seconds = () => world.clock.now().getTime() / 1000;

  /** Fetched anew each time: there is no registration. */
  async function fetchJson<Schema extends z.ZodType>(url: string, schema: Schema): Promise<z.output<Schema>> {
    let found: { status: number; body: Uint8Array };
    try {
      found = await world.fetch(url);
    } catch (error) {
      throw refuseOAuth('invalid_client_metadata', `Failed to fetch ${url}: ${String(error)}`);
    }
    if (found.status !== 200) throw refuseOAuth('invalid_client_metadata', `Failed to fetch ${url}: ${found.status}`);
    try {
      const parsed = schema.safeParse(JSON.parse(Buffer.from(found.body).toString('utf8')));
      if (parsed.success) return parsed.data;
      throw refuseOAuth('invalid_client_metadata', `Validation of ${url} failed: ${z.prettifyError(parsed.error)}`);
    } catch (error) {
      if (error instanceof SyntaxError) throw refuseOAuth('invalid_client_metadata', `${url} is not JSON`);
      throw error;
    }
  }

  async function describe(clientId: string): Promise<Client> {
    const local = developersClient(clientId);
    if (local !== null) return local;
    if (!isAddress(clientId)) throw refuseOAuth('invalid_client_metadata', `Unable to obtain client metadata for "${clientId}"`);
    const found = await fetchJson(clientId, metadataSchema);
    const invalid = (why: string) => refuseOAuth('invalid_client_metadata', why);
    if (found.client_id !== clientId) throw invalid('client_id is another than the address of the metadata');
    if (!found.grant_types.includes('authorization_code') || !found.response_types.includes('code')) throw invalid('The client takes no codes');
    const scopes = found.scope.split(' ');
    if (!scopes.includes('atproto')) throw invalid('The scope of the client has no atproto');
    return {
      id: clientId,
      name: found.client_name ?? clientId,
      redirectUris: found.redirect_uris,
      scopes,
      keys: found.token_endpoint_auth_method === 'none' ? null : await keysOf(found),
    };
  }

  async function keysOf({ jwks, jwks_uri: uri, token_endpoint_auth_signing_alg: algorithm }: z.output<typeof metadataSchema>): Promise<readonly PublicKey[]> {
    const given = jwks ?? (uri === undefined ? null : await fetchJson(uri, jwksSchema));
    if (given === null || algorithm === undefined) throw refuseOAuth('invalid_client_metadata', 'private_key_jwt needs jwks or jwks_uri, and token_endpoint_auth_signing_alg');
    return given.keys.flatMap((key) => publicKeySchema.safeParse(key).data ?? []);
  }

  function checkAssertion(form: URLSearchParams, { id, keys }: Client): void {
    const text = form.get('client_assertion');
    if (keys === null) {
      if (text !== null) throw refuseOAuth('invalid_client', 'The client has no keys', 401);
      return;
    }
    if (form.get('client_assertion_type') !== ASSERTION_TYPE || text === null) throw wrongAssertion('client_assertion is missing');
    const claims = z.object({ iss: z.literal(id), sub: z.literal(id), aud: z.union([z.literal(issuer), z.tuple([z.literal(issuer)])]), jti: z.string().min(1), iat: z.number(), exp: z.number().optional() });
    const assertion = readJwt(text, z.object({ alg: z.literal('ES256'), kid: z.string() }), claims);
    const key = keys.find(({ kid }) => kid !== undefined && kid === assertion?.header.kid);
    if (assertion === null || key === undefined || !assertion.isSignedBy(key)) throw wrongAssertion('client_assertion is not that of this client');
    const { jti, iat, exp = Infinity } = assertion.claims;
    if (iat < seconds() - ASSERTION_AGE - SKEW || iat > seconds() + SKEW || exp < seconds() - SKEW) throw wrongAssertion('client_assertion is too old');
    if (seen.has(jti)) throw wrongAssertion('client_assertion was used');
    seen.add(jti);
  }

  return {
    async authenticate(form) {
      const id = form.get('client_id') ?? '';
      if (id === '') throw refuseOAuth('invalid_client', 'client_id is missing');
      const client = await describe(id);
      checkAssertion(form, client);
      return client;
    },
    clear: () => seen.clear(),
  };
}

/** The app of a developer, `http://localhost`, which says in its query what it is; null: the id is another one. It has no keys. */
function developersClient(clientId: string): Client | null {
  if (!/^http:\/\/localhost\/?(?:\?|$)/u.test(clientId)) return null;
  const { searchParams } = new URL(clientId);
  const given = searchParams.getAll('redirect_uri');
  const redirectUris = given.length === 0 ? ['http://127.0.0.1/', 'http://[::1]/'] : given;
  if (oddParameter(new URLSearchParams([...searchParams].filter(([name]) => name !== 'redirect_uri')), ['scope']) !== null) throw refuseOAuth('invalid_client_metadata', 'The query of client_id has redirect_uri and scope alone');
  return { id: clientId, name: 'An app in development', redirectUris, scopes: (searchParams.get('scope') ?? 'atproto').split(' '), keys: null };
}

/** Whether a redirect address is one of a client; the port of the own machine is left open (RFC 8252 section 7.3). */
export function isRedirectOf({ redirectUris }: Client, uri: string): boolean {
  return redirectUris.some((known) => known === uri || (isLoopback(known) && isLoopback(uri) && withoutPort(known) === withoutPort(uri)));
}

function isLoopback(uri: string): boolean {
  return /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?::\d+)?\//u.test(uri);
}

function withoutPort(uri: string): string {
  const url = new URL(uri);
  url.port = '';
  return url.href;
}

/** `https`, and `http` of the own machine, which the real server takes in another form only. */
function isAddress(clientId: string): boolean {
  if (!URL.canParse(clientId)) return false;
  const { protocol, hostname, pathname } = new URL(clientId);
  const isLocal = hostname === 'localhost' || hostname === '127.0.0.1' || hostname.endsWith('.localhost');
  return pathname !== '/' && (protocol === 'https:' || (protocol === 'http:' && isLocal));
}

function wrongAssertion(why: string): Refusal {
  return refuseOAuth('invalid_client', why, 401);
}
