import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import { ulidIds } from '../../../core/ids.ts';
import { openLink } from '../../../core/linking/open.ts';
import { toolsFor, type VaultPorts } from '../../../core/linking/ports.ts';
import { vaultOf } from '../../../core/linking/vault.ts';
import type { Account } from '../../../core/model.ts';
import { openTokens, theseTokens } from '../../../core/tokens.ts';
import { times } from '../../../core/times.ts';
import { linkableOf } from '../../../functions/common/linkable.ts';
import { bluesky } from '../../../platforms/bluesky/index.ts';
import { linking } from '../../../platforms/bluesky/link.ts';
import { httpTransport } from '../../../platforms/transport.ts';
import { memoryCipher } from '../../../store/memory-cipher.ts';
import { memoryStore } from '../../../store/memory.ts';
import { told } from '../../core/linking/world.ts';
import { scriptedTools, workOf } from '../../platforms/support/tools.ts';
import { startPds, type PdsAccount, type RealPds } from '../support/pds.ts';
import { allowAt } from './login-page.ts';

/** Linking by a consent at a real server: it reads what our app says of itself, and binds its tokens to our key. */

const TENANT = 'ten_01J8YV0D3S6H8P2Q4R5T7W9XZA';
const PUBLIC_URL = 'https://api.fanfare-app.dev/prod';
const network = 'bluesky';

let app: http.Server;
let pds: RealPds;
let ada: PdsAccount;
let ports: VaultPorts;
let account: Account;

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const vault = () => vaultOf(ports);

/** What the app says of itself, at its own address. */
async function describeApp({ url }: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const metadata = await vault().describe({ network });
  const isAsked = `https://api.fanfare-app.dev${url}` === metadata.client_id;
  response.writeHead(isAsked ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(metadata));
}

beforeAll(async () => {
  app = http.createServer((request, response) => void describeApp(request, response));
  app.listen(0, '127.0.0.1');
  await once(app, 'listening');
  const address = app.address();
  if (address === null || typeof address === 'string') throw new Error('The app has no port.');
  pds = await startPds({ apps: { 'https://api.fanfare-app.dev': `http://127.0.0.1:${address.port}` } });
  ada = await pds.newAccount('ada');
  const transport = httpTransport({ defaultTimeout: 20 });
  const clientSecret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  ports = {
    store: memoryStore(),
    cipher: memoryCipher(),
    networks: {
      connector: (name) => (name === network ? bluesky : undefined),
      settings: () => Promise.resolve({ endpoints: { pds: pds.pdsUrl, plc: pds.plcUrl, video: 'https://video.invalid' }, app: { clientId: '', clientSecret } }),
    },
    linkable: linkableOf([bluesky]),
    transport,
    clock: systemClock,
    ids: ulidIds(systemClock),
    times: times.short,
    publicUrl: PUBLIC_URL,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    sleep: (seconds) => new Promise((resolve) => void setTimeout(resolve, seconds * 1000)),
    random: Math.random,
  };
});
afterAll(async () => {
  await pds?.stop();
  app?.close();
});

async function link(options: object, person: PdsAccount): Promise<string> {
  const opening = { ...ports, isConfigured: () => true, loopbackRedirects: true };
  const { linkId } = await openLink(opening, { tenantId: TENANT, network, redirectUrl: 'http://127.0.0.1:3000/linked', profile: null, options: { ...options } }, () => null);
  const visited = await vault().visit({ network, linkId });
  if (visited.kind !== 'go') throw new Error(JSON.stringify(visited));
  const callback = await allowAt(visited.url, { identifier: person.handle, did: person.did, password: person.mainPassword });
  expect(`${callback.origin}${callback.pathname}`).toBe(`${PUBLIC_URL}/oauth/${network}/callback`);
  const answer = await vault().finish({ network, query: callback.search, browser: visited.browser });
  return told(answer);
}

const tools = async () => ({ ...(await toolsFor(ports, network)), ...theseTokens(await openTokens(ports.cipher, account)) });
async function read(): Promise<void> {
  const [only, ...others] = await ports.store.listAccounts(TENANT);
  if (only === undefined || others.length > 0) throw new Error('There is not one account.');
  account = only;
}

describe('an account at a real server', () => {
  it('is linked by a consent, and again by its handle as the same one', async () => {
    expect(await link({}, ada)).toBe('linked');
    await read();
    expect(account).toMatchObject({ externalId: ada.did, name: ada.handle, health: 'active', scopes: ['atproto', 'transition:generic'], tokenVersion: 1 });
    expect(await link({ handle: ada.handle }, ada)).toBe('linked');
    await read();
    expect(account.tokenVersion).toBe(2);
  });

  it('is not linked where somebody else consents than was asked for', async () => {
    const grace = await pds.newAccount('grace');
    expect(await link({ handle: ada.handle }, grace)).toBe('failed network_refused');
    await read();
  });

  it('is published on with a token that is bound to our key', async () => {
    const input = { repo: ada.did, collection: 'app.bsky.feed.post', rkey: '3lbfanfare2zz', record: { $type: 'app.bsky.feed.post', text: 'By consent', createdAt: new Date().toISOString() }, swapRecord: null };
    const body = { pds: pds.pdsUrl, input };
    const publishing = { ...scriptedTools([]), ...(await tools()), sendOnce: (await tools()).send };
    await bluesky.prepareCall?.(workOf(0), body, publishing);
    expect(await bluesky.publish(workOf(0), body, publishing)).toMatchObject({ kind: 'published' });
    expect(await bluesky.confirm(workOf(0), body, { n: 1, armedAt: '' }, publishing)).toMatchObject({ kind: 'found' });
  });

  it('is asked, renewed, and asked again; a refresh token that comes again ends the link', async () => {
    expect(await vault().check(account)).toEqual({ outcome: 'accepted', message: null });
    const { tokens: before } = account;
    expect(await vault().renew(account)).toBe('renewed');
    await read();
    expect(await vault().check(account)).toEqual({ outcome: 'accepted', message: null });
    const used = await openTokens(ports.cipher, { ...account, tokens: before });
    expect(await bluesky.refresh(used, { ...(await toolsFor(ports, network)), account })).toMatchObject({ kind: 'trouble', trouble: { class: 'auth_revoked' } });
    expect(await vault().check(account)).toMatchObject({ outcome: 'refused' });
    expect(await link({}, ada)).toBe('linked');
    await read();
    expect(account.health).toBe('active');
  });

  it('is ended there when it is unlinked here', async () => {
    const withTokens = await tools();
    const tokens = await openTokens(ports.cipher, account);
    expect(await linking.revoke?.(tokens, withTokens)).toEqual({ kind: 'revoked' });
    expect(await vault().check(account)).toMatchObject({ outcome: 'refused' });
  });

  it('is linked by an app password too', async () => {
    const opening = { ...ports, isConfigured: () => true, loopbackRedirects: true };
    const { linkId } = await openLink(opening, { tenantId: TENANT, network, redirectUrl: 'http://127.0.0.1:3000/linked', profile: null, options: { method: 'app_password' } }, () => null);
    const visited = await vault().visit({ network, linkId });
    if (visited.kind !== 'form') throw new Error(JSON.stringify(visited));
    const { state, code, browser } = visited;
    expect(told(await vault().signIn({ network, state, code, browser, fields: { handle: ada.handle, password: ada.appPassword } }))).toBe('linked');
    await read();
    expect(await vault().check(account)).toEqual({ outcome: 'accepted', message: null });
  });
});
