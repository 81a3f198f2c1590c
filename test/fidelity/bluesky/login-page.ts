import http from 'node:http';
import * as z from 'zod';

/** What the scripts of a real server's consent page do when somebody logs in there and allows all. */

interface Person {
  /** Handle or DID. */
  readonly identifier: string;
  readonly did: string;
  readonly password: string;
}

interface Given {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Where the browser is sent in the end. */
export async function allowAt(page: string, { identifier, did, password }: Person): Promise<URL> {
  const { origin } = new URL(page);
  const cookies = new Map<string, string>();

  // Not `fetch`, which sends nothing that only browsers may say of themselves.
  const send = (method: 'GET' | 'POST', url: string, headers: http.OutgoingHttpHeaders, body?: string): Promise<Given> =>
    new Promise((resolve, reject) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const request = http.request(url, { method, timeout: 20_000, headers: { ...headers, ...(cookie !== '' && { cookie }) } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          for (const line of response.headers['set-cookie'] ?? []) {
            const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/u.exec(line) ?? [];
            cookies.set(name, value);
          }
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  const visit = (url: string, from: 'cross-site' | 'same-origin') => send('GET', url, { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': from, ...(from === 'same-origin' && { referer: page }) });

  async function call<Schema extends z.ZodType>(name: string, input: object, schema: Schema, token?: string): Promise<z.output<Schema>> {
    const headers = {
      'content-type': 'application/json',
      'sec-fetch-mode': 'same-origin',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-dest': 'empty',
      origin,
      referer: page,
      'x-csrf-token': cookies.get('csrf-token') ?? '',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const { status, body } = await send('POST', `${origin}/@atproto/oauth-provider/~api/${name}`, headers, JSON.stringify(input));
    if (status !== 200) throw new Error(`${name} answers ${status}: ${body}`);
    return schema.parse(JSON.parse(body));
  }

  const shown = await visit(page, 'cross-site');
  if (shown.status !== 200) throw new Error(`The page answers ${shown.status}: ${shown.body.slice(0, 500)}`);
  const { ephemeralToken } = await call('sign-in', { locale: 'en', username: identifier, password }, z.object({ ephemeralToken: z.string() }));
  const { url } = await call('consent', { did }, z.object({ url: z.url() }), ephemeralToken);
  const sent = await visit(url, 'same-origin');
  return new URL(sent.headers.location ?? '');
}
