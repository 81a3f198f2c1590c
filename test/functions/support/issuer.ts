import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { JWTPayload } from 'jose';

/** Made once: it takes longer than most tests. */
const sharedKeys = generateKeyPair('RS256');

/** An issuer of OIDC tokens on a port of this machine, as the verifier meets it: it fetches documents, we sign tokens. */
export interface TestIssuer {
  readonly url: string;
  readonly jwksUri: string;
  /** Paths asked for, in order. */
  readonly requests: string[];
  sign(claims: JWTPayload, header?: { kid?: string; alg?: string }): Promise<string>;
  /** Answers 500 from now on, or no more. */
  break(broken: boolean): void;
  close(): Promise<void>;
}

const standardDiscovery = (url: string): unknown => ({ issuer: url, jwks_uri: `${url}/keys` });

interface IssuerOptions {
  readonly discovery?: typeof standardDiscovery;
  readonly keys?: typeof sharedKeys;
}

export async function startIssuer({ discovery = standardDiscovery, keys = sharedKeys }: IssuerOptions = {}): Promise<TestIssuer> {
  const { publicKey, privateKey } = await keys;
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const requests: string[] = [];
  let broken = false;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const documents: Record<string, unknown> = { '/keys': { keys: [jwk] }, '/.well-known/openid-configuration': discovery(url()) };
    const document = documents[path];
    response.writeHead(broken ? 500 : document === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  });
  const url = (): string => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the issuer has no port');
    return `http://127.0.0.1:${address.port}`;
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: url(),
    jwksUri: `${url()}/keys`,
    requests,
    sign: (claims, { kid = 'one', alg = 'RS256' } = {}) => new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(privateKey),
    break: (now) => {
      broken = now;
    },
    close: () => new Promise((resolve, reject) => server.close((error) => (error === undefined ? resolve() : reject(error)))),
  };
}
