import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import * as z from 'zod';
import { writeWhole } from './files.ts';
import { listen, type Listening } from './ports.ts';

/**
 * A small OpenID Connect issuer for local stages: discovery document, key set, and dashboard sessions (JWT, RS256) for any
 * user who is named. It has no log-in: whoever can read its key file may be anybody.
 */

const ALGORITHM = 'RS256';
export const audience = 'fanfare-dashboard';
const LIFE = '24h';

const keyFileSchema = z.strictObject({
  /** The `iss` of its tokens. */
  url: z.url(),
  privateKey: z.looseObject({ kty: z.literal('RSA'), kid: z.string(), n: z.string(), e: z.string(), d: z.string() }),
});
type KeyFile = z.infer<typeof keyFileSchema>;

export interface IssuerOptions {
  /** Where its key is kept between starts, readable by the owner only. */
  readonly directory: string;
  /** Port to use if it is free. */
  readonly preferredPort?: number;
  /** Address to listen on, and the name under which functions reach it. */
  readonly bindHost: string;
  readonly publicHost: string;
}

export interface Issuer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly jwksUri: string;
  readonly stop: () => Promise<void>;
}

/** Starts the issuer; from then on `issueToken` makes tokens of it. */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const privateKey = await keyOf(options.directory);
  const { kty, n, e, kid } = privateKey;
  let server: Listening | null = null;
  const httpServer = createServer((request, response) => {
    const url = `http://${options.publicHost}:${server?.port}`;
    switch (request.url) {
      case '/.well-known/openid-configuration':
        return answer(response, 200, {
          issuer: url,
          jwks_uri: `${url}/jwks.json`,
          response_types_supported: ['id_token'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: [ALGORITHM],
        });
      case '/jwks.json':
        return answer(response, 200, { keys: [{ kty, n, e, kid, use: 'sig', alg: ALGORITHM }] });
      default:
        return answer(response, 404, { error: 'not_found' });
    }
  });
  server = await listen(httpServer, options.bindHost, options.preferredPort);
  const url = `http://${options.publicHost}:${server.port}`;
  writeWhole(keyFile(options.directory), JSON.stringify({ url, privateKey } satisfies KeyFile), 0o600);
  return { url, port: server.port, jwksUri: `${url}/jwks.json`, stop: server.stop };
}

/** A dashboard session of `user`, good for 24 hours, of the issuer that was last started with this directory. */
export async function issueToken(directory: string, user: string): Promise<string> {
  const stored = readKeyFile(directory);
  if (stored === null) throw new Error('The local identity issuer has not run here yet: type npm start first.');
  const key = await importJWK(stored.privateKey, ALGORITHM);
  return new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM, kid: stored.privateKey.kid, typ: 'JWT' })
    .setIssuer(stored.url)
    .setSubject(user)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(LIFE)
    .sign(key);
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function keyOf(directory: string): Promise<KeyFile['privateKey']> {
  const stored = readKeyFile(directory);
  if (stored !== null) return stored.privateKey;
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return keyFileSchema.shape.privateKey.parse({ ...jwk, kid: await calculateJwkThumbprint(jwk) });
}

function keyFile(directory: string): string {
  return join(directory, 'issuer.json');
}

function readKeyFile(directory: string): KeyFile | null {
  mkdirSync(directory, { recursive: true });
  const file = keyFile(directory);
  return existsSync(file) ? keyFileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
}
