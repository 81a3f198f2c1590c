import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bluesky } from '../../../platforms/bluesky/index.ts';
import { newKey, writeBinding } from '../../../platforms/bluesky/oauth/binding.ts';
import { sendProved } from '../../../platforms/bluesky/oauth/proof.ts';
import type { HttpAnswer, HttpRequest, HttpResult } from '../../../core/ports/index.ts';
import { answer, NOW, scriptedTools, workOf } from '../support/tools.ts';

/** Calls with tokens that are bound to a key, at servers that want another nonce. */

const key = newKey();
const wantsNonce = (nonce: string): HttpAnswer => answer(401, { error: 'use_dpop_nonce', message: 'Another one.' }, { 'dpop-nonce': nonce });

/** What the proof of a request says. */
function claimsOf(request: HttpRequest | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(request?.headers['dpop']?.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

/** A server that takes the nonce of this moment alone. */
function nonceServer(url: string) {
  let nonce = 'n1';
  const seen: string[] = [];
  return {
    seen,
    rotate: (next: string) => void (nonce = next),
    async send(request: HttpRequest): Promise<HttpResult> {
      await new Promise((resolve) => void setTimeout(resolve, 5));
      const { nonce: given } = claimsOf(request);
      seen.push(String(given));
      return { kind: 'answered', answer: given === nonce ? answer(200, {}, { 'dpop-nonce': nonce }) : wantsNonce(nonce) };
    },
    request: { method: 'GET', url, headers: {} } satisfies HttpRequest,
  };
}

describe('a proof', () => {
  it('is of this call, this token and this key, and dated by the clock of the server', async () => {
    const url = 'https://dated.example/xrpc/one?two=3';
    const date = new Date(NOW.getTime() + 600_000).toUTCString();
    const tools = scriptedTools([answer(200, {}, { date }), answer(200)]);
    for (let call = 0; call < 2; call += 1) await sendProved(tools, { method: 'GET', url, headers: {} }, { key, token: 'a-token' });
    const [first, second] = tools.requests.map(claimsOf);
    expect(first).toMatchObject({ htm: 'GET', htu: 'https://dated.example/xrpc/one', iat: NOW.getTime() / 1000, ath: createHash('sha256').update('a-token').digest('base64url') });
    expect(second?.['iat']).toBe(NOW.getTime() / 1000 + 600);
    expect(first?.['jti']).not.toBe(second?.['jti']);
    expect(tools.requests[0]?.headers['authorization']).toBe('DPoP a-token');
  });

  it('is made anew when the server wants another nonce, also by calls that are under way together', async () => {
    const server = nonceServer('https://rotating.example/xrpc/one');
    const call = () => sendProved({ send: (request) => server.send(request), now: () => NOW }, server.request, { key, token: 'a-token' });
    await call();
    server.rotate('n2');
    const results = await Promise.all([call(), call(), call()]);
    expect(results.map((result) => result.kind === 'answered' && result.answer.status)).toEqual([200, 200, 200]);
    // Not again for what no nonce mends.
    const tools = scriptedTools([wantsNonce('n3'), wantsNonce('n3'), wantsNonce('n3')]);
    await sendProved(tools, { ...server.request, url: 'https://stubborn.example/' }, { key, token: null });
    expect(tools.requests).toHaveLength(2);
  });
});

describe('a visible call with a token that is bound to a key', () => {
  const did = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa';
  const binding = writeBinding({ key, issuer: 'https://pds.example', clientId: 'https://app.example/client-metadata.json', did });
  const input = { repo: did, collection: 'app.bsky.feed.post', rkey: '3lbfanfare2zz', record: { text: 'One' }, swapRecord: null };
  const body = { pds: 'https://pds.example', input };
  const stored = answer(200, { uri: `at://${did}/app.bsky.feed.post/3lbfanfare2zz`, cid: 'bafyone' });
  const bound = (answers: readonly (HttpAnswer | HttpResult)[]) => ({ ...scriptedTools(answers), binding: () => Promise.resolve(binding) });

  it('has the nonce that was asked for before it, and asks for none that is new', async () => {
    const before = bound([wantsNonce('n1'), answer(200, { did, handle: 'ada.example' })]);
    await bluesky.prepareCall?.(workOf(0), body, before);
    expect(before.requests.map(({ url }) => url)).toEqual(Array.from({ length: 2 }, () => 'https://pds.example/xrpc/com.atproto.server.getSession'));
    await bluesky.prepareCall?.(workOf(0), body, bound([]));
    const tools = bound([stored]);
    expect(await bluesky.publish(workOf(0), body, tools)).toMatchObject({ kind: 'published' });
    expect(claimsOf(tools.requests[0])).toMatchObject({ nonce: 'n1', htm: 'POST' });
  });

  it('that is refused for its nonce alone was surely not made, and the next one has the nonce that came with the refusal', async () => {
    expect(await bluesky.publish(workOf(0), body, bound([wantsNonce('n2')]))).toMatchObject({ kind: 'refused', trouble: { class: 'retryable' } });
    const tools = bound([stored]);
    expect(await bluesky.publish(workOf(0), body, tools)).toMatchObject({ kind: 'published' });
    expect(claimsOf(tools.requests[0])).toMatchObject({ nonce: 'n2' });
  });

  it('is not prepared where the token is that of an app password', async () => {
    await bluesky.prepareCall?.(workOf(0), { ...body, pds: 'https://other.example' }, scriptedTools([]));
  });
});
