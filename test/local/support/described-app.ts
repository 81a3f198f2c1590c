import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { callbackUrl } from '../../../core/linking/ports.ts';
import { linkingOf } from '../../../platforms/linkings.ts';
import { networkSettings } from '../../../sandbox/networks.ts';

/** A private key as an operator makes it. */
export function newKey(namedCurve = 'P-256'): string {
  return generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Serves over HTTP what an app of this key says of itself, as a stage does beside its callback. `answer`: something else in its place. */
export async function serveDescription(network: string, key: string) {
  const pages: { answer: { readonly status: number; readonly body: string } | null } = { answer: null };
  const server = createServer((request, response) => {
    if (request.url !== `/oauth/${network}/client-metadata.json`) return void response.writeHead(404).end();
    void describe().then(({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(body));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It listens on no port.');
  const publicUrl = `http://127.0.0.1:${address.port}`;

  /** `of`: the address by which the app calls itself. */
  async function describe(of = publicUrl): Promise<{ readonly status: number; readonly body: string }> {
    const linking = linkingOf(network);
    const { endpoints } = networkSettings(network, 'http://sandbox.test');
    const settings = { endpoints, app: { clientId: '', clientSecret: key } };
    const request = { redirectUri: callbackUrl(of, network), scopes: linking.scopes.map(({ scope }) => scope) };
    return pages.answer ?? { status: 200, body: JSON.stringify(await linking.clientMetadata?.(request, settings)) };
  }

  return {
    publicUrl,
    describe,
    answerWith: (answer: typeof pages.answer) => {
      pages.answer = answer;
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}
