import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import { startSandbox, type SandboxServer } from '../../../sandbox/server.ts';
import { newKey, prover } from '../../sandbox/authorization/proofs.ts';
import { startPds, type RealPds } from '../support/pds.ts';
import { at } from './server.ts';

/** The stand-in of a Bluesky server refuses what an app does wrongly in OAuth as the real one does, call by call. */

type Fields = Readonly<Record<string, string>>;

interface Fact {
  readonly name: string;
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly form?: Fields;
  /** The token that is sent with a proof. */
  readonly token?: string;
  /** `none`: no proof. `fresh`: with the nonce that the server gave; `unknown`: with another one; left out: without. */
  readonly nonce: 'none' | 'left out' | 'unknown' | 'fresh';
  /** Seconds by which the clock of the app is wrong. */
  readonly skew?: number;
}

const VERIFIER = 'v'.repeat(43);
const REDIRECT = 'http://127.0.0.1:9999/callback';
const CLIENT = `http://localhost?${new URLSearchParams({ redirect_uri: 'http://127.0.0.1/callback', scope: 'atproto transition:generic' }).toString()}`;
const ASKED: Fields = {
  client_id: CLIENT,
  response_type: 'code',
  redirect_uri: REDIRECT,
  scope: 'atproto transition:generic',
  state: 'state',
  code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  code_challenge_method: 'S256',
};
const CODE: Fields = { client_id: CLIENT, grant_type: 'authorization_code', code: `cod-${'a'.repeat(64)}`, redirect_uri: REDIRECT, code_verifier: VERIFIER };
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.e30.abc';

function without(field: string): Fields {
  return Object.fromEntries(Object.entries(ASKED).filter(([name]) => name !== field));
}

function push(name: string, form: Fields, more: Partial<Fact> = {}): Fact {
  return { name: `pushing ${name}`, path: '/oauth/par', form, nonce: 'fresh', ...more };
}

const SESSION = { method: 'GET', path: '/xrpc/com.atproto.server.getSession', token: TOKEN } as const;

const FACTS: readonly Fact[] = [
  push('without a proof', ASKED, { nonce: 'none' }),
  push('without a nonce', ASKED, { nonce: 'left out' }),
  push('with a nonce of somewhere else', ASKED, { nonce: 'unknown' }),
  push('what is right', ASKED),
  push('without PKCE', without('code_challenge')),
  push('PKCE without a hash', { ...ASKED, code_challenge_method: 'plain' }),
  push('without a state', without('state')),
  push('another redirect address', { ...ASKED, redirect_uri: 'https://elsewhere.example/' }),
  push('another port of the own machine', { ...ASKED, redirect_uri: 'http://127.0.0.1:1/callback' }),
  push('without the scope atproto', { ...ASKED, scope: 'transition:generic' }),
  push('a scope that the app does not declare', { ...ASKED, scope: 'atproto transition:email' }),
  push('for a token in place of a code', { ...ASKED, response_type: 'token' }),
  push('an app whose id is no address', { ...ASKED, client_id: 'fanfare' }),
  push('a parameter that nobody knows', { ...ASKED, answer: '42' }),
  ...[-300, -150, 150, 300].map((skew) => push(`with a clock that is wrong by ${skew} s`, ASKED, { skew })),
  { name: 'a code that is not known', path: '/oauth/token', form: CODE, nonce: 'fresh' },
  { name: 'a code without a proof', path: '/oauth/token', form: CODE, nonce: 'none' },
  { name: 'a grant type that is not known', path: '/oauth/token', form: { client_id: CLIENT, grant_type: 'password' }, nonce: 'fresh' },
  { name: 'a refresh token that is not known', path: '/oauth/token', form: { client_id: CLIENT, grant_type: 'refresh_token', refresh_token: `ref-${'a'.repeat(64)}` }, nonce: 'fresh' },
  { name: 'revoking a token that is not known', path: '/oauth/revoke', form: { client_id: CLIENT, token: 'abc' }, nonce: 'none' },
  { name: 'a call with a token that is not known', ...SESSION, nonce: 'fresh' },
  { name: 'a call without a nonce', ...SESSION, nonce: 'left out' },
  { name: 'what the server of the account says of itself', method: 'GET', path: '/.well-known/oauth-protected-resource', nonce: 'none' },
  { name: 'the page of a request that was not pushed', method: 'GET', path: '/oauth/authorize?client_id=a&request_uri=urn:ietf:params:oauth:request_uri:req-a', nonce: 'none' },
];

/** Where the stand-in answers otherwise, and why that is as it should be. */
const ACCEPTED: Readonly<Record<string, string>> = {
  'pushing without a proof': 'The stand-in binds every request to a key: a proof is needed for the tokens anyway.',
  'pushing without a state': 'The stand-in takes no request that a stranger could have begun.',
  'pushing a parameter that nobody knows': 'The stand-in refuses it: who sends it believes in something that does not exist.',
};

const real = new Map<string, unknown>();
const ours = new Map<string, unknown>();
let pds: RealPds;
let sandbox: SandboxServer;

beforeAll(async () => {
  pds = await startPds({});
  sandbox = await startSandbox({ processingSeconds: 0 });
  await hear(real, pds.pdsUrl);
  await hear(ours, `${sandbox.url}/bluesky/pds`);
});

afterAll(async () => {
  await pds?.stop();
  await sandbox?.stop();
});

/** Asks a server all of it. What differs from server to server is left out: ids, words, its own address. */
async function hear(answers: Map<string, unknown>, server: string): Promise<void> {
  const key = newKey();
  let known: string | null = null;
  for (const { name, method = 'POST', path, form, token = null, nonce, skew = 0 } of FACTS) {
    const clock = { now: () => new Date(systemClock.now().getTime() + skew * 1000) };
    const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    const request = { method, url: `${server}${path}`, headers: { ...type, ...(token !== null && { authorization: `DPoP ${token}` }) } };
    const given = { fresh: known, unknown: 'abc', 'left out': null, none: null }[nonce];
    const { url, headers } = nonce === 'none' ? request : prover(clock, key)(request, token, given);
    const answer = await fetch(url, { method, headers, redirect: 'manual', ...(form !== undefined && { body: new URLSearchParams(form) }), signal: AbortSignal.timeout(20_000) });
    const text = await answer.text();
    known = answer.headers.get('dpop-nonce') ?? known;
    const body: unknown = answer.headers.get('content-type')?.includes('json') === true ? JSON.parse(text.replaceAll(server, 'SERVER')) : null;
    const challenge = /error="(\w+)"/u.exec(answer.headers.get('www-authenticate') ?? '')?.[1] ?? null;
    answers.set(name, { status: answer.status, error: at(body, 'error') ?? null, challenge, servers: at(body, 'authorization_servers') ?? null });
  }
}

describe('in OAuth, the stand-in of a Bluesky server answers as the real one', () => {
  it.each(FACTS)('$name', ({ name }) => {
    const reason = ACCEPTED[name];
    if (reason === undefined) expect(ours.get(name)).toEqual(real.get(name));
    else expect(ours.get(name), `no difference any more: ${reason}`).not.toEqual(real.get(name));
  });
});
