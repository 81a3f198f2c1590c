import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { HttpAnswer } from '../../../core/ports/index.ts';
import { appAt, tokensOf } from './client.ts';

function parsed(answer: HttpAnswer): unknown {
  return JSON.parse(answer.body);
}

describe('a login at YouTube', () => {
  it('without a channel is told by an empty list, and cannot upload', async () => {
    const { login, link, identity, get, base } = appAt('youtube');
    login.addPerson({ name: 'Ada', accounts: [] });
    const { access_token: token } = await link();
    expect(parsed(await identity(token))).toMatchObject({ items: [] });
    const answer = await get(`${base}/api/youtube/v3/videos?part=id&id=a`, { authorization: `Bearer ${token}` });
    expect([answer.status, answer.body]).toEqual([401, expect.stringContaining('youtubeSignupRequired')]);
  });

  it('is for the channel that was picked', async () => {
    const { login, link, identity } = appAt('youtube');
    const { accounts } = login.addPerson({ name: 'Ada', accounts: [{ name: 'Cooks' }, { name: 'Sings' }] });
    const channels = await Promise.all(accounts.map(async ({ externalId }) => identity((await link({ _accounts: externalId })).access_token)));
    expect(channels.map((answer) => z.object({ items: z.array(z.object({ id: z.string() })) }).parse(parsed(answer)).items.map(({ id }) => id))).toEqual(
      accounts.map(({ externalId }) => [externalId]),
    );
  });

  it('gives a refresh token with the first consent, and where it is asked for', async () => {
    const { login, link } = appAt('youtube');
    login.addPerson({ name: 'Ada' });
    expect((await link({ access_type: 'online', prompt: null })).refresh_token).toBeUndefined();
    expect((await link({ prompt: null })).refresh_token).toBeDefined();
    expect((await link({ prompt: null })).refresh_token).toBeUndefined();
    expect((await link()).refresh_token).toBeDefined();
  });

  it('loses the oldest of 101 refresh tokens, and one that was not used for half a year', async () => {
    const { login, link, refresh, clock } = appAt('youtube');
    login.addPerson({ name: 'Ada' });
    const tokens: string[] = [];
    for (let round = 0; round < 101; round += 1) tokens.push((await link()).refresh_token ?? '');
    expect([(await refresh(tokens[0] ?? '')).status, (await refresh(tokens[1] ?? '')).status]).toEqual([400, 200]);
    clock.advance(179 * 24 * 3600);
    expect((await refresh(tokens[1] ?? '')).status).toBe(200);
    clock.advance(2 * 24 * 3600);
    expect([(await refresh(tokens[1] ?? '')).status, (await refresh(tokens[2] ?? '')).status]).toEqual([200, 400]);
  });
});

describe('a link at X', () => {
  it('lasts two hours without offline.access', async () => {
    const { login, link } = appAt('x');
    login.addPerson({ name: 'Ada' });
    const tokens = await link({ _scopes: 'tweet.read,users.read' });
    expect([tokens.refresh_token, tokens.expires_in]).toEqual([undefined, 7200]);
  });

  it('posts for the person who was linked before by the control API', async () => {
    const { sandbox, link, send, base } = appAt('x');
    const account = sandbox.addAccount('x', { name: 'Ada' });
    const { access_token: token } = await link({ _person: account.externalId });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    expect((await send({ method: 'POST', url: `${base}/api/2/tweets`, headers, body: JSON.stringify({ text: 'Hello' }) })).status).toBe(201);
    expect(await sandbox.posts('x')).toMatchObject([{ accountId: account.externalId }]);
  });
});

describe('a code of TikTok', () => {
  it('has to be decoded once, and its challenge is written in hex', async () => {
    const { login, decide, exchange, pkce, open } = appAt('tiktok');
    login.addPerson({ name: 'Ada' });
    const { verifier, challenge } = pkce();
    const code = (await decide(challenge)).get('code') ?? '';
    expect(code).toMatch(/\*0!\d{4}\.va$/u);
    expect((await exchange(code.replace('!', '%21'), verifier)).status).toBe(400);
    const base64 = Buffer.from(challenge['code_challenge'] ?? '', 'hex').toString('base64url');
    expect((await open({ ...challenge, code_challenge: base64 })).status).toBe(400);
  });
});

describe('the boards behind a login at Pinterest', () => {
  it('are listed page by page', async () => {
    const { login, link, get, base } = appAt('pinterest');
    const { accounts } = login.addPerson({ name: 'Ada', accounts: [{ name: 'One' }, { name: 'Two' }, { name: 'Three' }] });
    const { access_token: token } = await link();
    const list = async (query: string) =>
      z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })), bookmark: z.string().nullable() }).parse(parsed(await get(`${base}/api/v5/boards?${query}`, { authorization: `Bearer ${token}` })));
    const first = await list('page_size=2');
    const rest = await list(`page_size=2&bookmark=${first.bookmark}`);
    expect([...first.items, ...rest.items]).toEqual(accounts.map(({ externalId, name }) => ({ id: externalId, name })));
    expect(rest.bookmark).toBeNull();
  });

  it('may be none', async () => {
    const { login, link, get, base } = appAt('pinterest');
    const { externalId } = login.addPerson({ name: 'Ada', accounts: [] });
    const { access_token: token } = await link();
    const headers = { authorization: `Bearer ${token}` };
    expect(parsed(await get(`${base}/api/v5/boards`, headers))).toEqual({ items: [], bookmark: null });
    expect(parsed(await get(`${base}/api/v5/user_account`, headers))).toMatchObject({ id: externalId, board_count: 0 });
  });
});

describe('a link at Reddit', () => {
  it('has a refresh token only if it is to be permanent', async () => {
    const { login, link } = appAt('reddit');
    login.addPerson({ name: 'Ada' });
    expect((await link({ duration: 'temporary' })).refresh_token).toBeUndefined();
    expect((await link()).refresh_token).toBeDefined();
  });

  it('may be revoked as often as one likes', async () => {
    const { login, link, revoke } = appAt('reddit');
    login.addPerson({ name: 'Ada' });
    const { access_token: token } = await link();
    expect([(await revoke(token)).status, (await revoke(token)).status]).toEqual([204, 204]);
  });
});

describe('the consent page', () => {
  it('shows names as they are, and nothing that a name could smuggle in', async () => {
    const { login, open } = appAt('facebook');
    login.addPerson({ name: '<script>alert(1)</script>', accounts: [{ name: '"><img src=x>' }] });
    const { body } = await open();
    expect(body).not.toMatch(/<script|<img/u);
    expect(body).toContain('&#60;script&#62;');
  });

  it('shows the person alone whom the address names, and takes somebody new', async () => {
    const { login, open, pageUrl, send } = appAt('reddit');
    const [ada, bob] = [login.addPerson({ name: 'Ada' }), login.addPerson({ name: 'Bob' })];
    const { body } = await open({ _person: bob.id });
    expect([body.includes(ada.id), body.includes(bob.id)]).toEqual([false, true]);
    const form = new URLSearchParams({ decision: 'allow', person: 'new', name: 'Eve', scope: 'identity' });
    expect((await send({ method: 'POST', url: await pageUrl(), headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form.toString() })).status).toBe(303);
    expect(login.persons().map(({ name }) => name)).toEqual(['Eve', 'Bob', 'Ada']);
  });

  it('decides for nobody who is not there, and for no account of somebody else', async () => {
    const { login, open } = appAt('facebook');
    const [ada, bob] = [login.addPerson({ name: 'Ada' }), login.addPerson({ name: 'Bob' })];
    for (const changes of [{ _person: 'Eve' }, {}, { _person: ada.id, _accounts: bob.accounts[0]?.externalId ?? '' }]) {
      expect((await open({ _consent: 'allow', ...changes })).status).toBe(400);
    }
  });
});

describe('a reset', () => {
  it('forgets codes, and persons and tokens if asked; addresses stay', async () => {
    const { login, link, decide, exchange, identity, sandbox } = appAt('reddit');
    login.addPerson({ name: 'Ada' });
    const code = (await decide()).get('code') ?? '';
    const { access_token: token } = await link();
    sandbox.reset();
    expect((await exchange(code, null)).status).toBe(400);
    expect((await identity(token)).status).toBe(200);
    expect(tokensOf(await exchange((await decide()).get('code') ?? '', null)).access_token).not.toBe(token);
    sandbox.reset({ accounts: true });
    expect((await identity(token)).status).toBe(401);
    expect([login.persons(), login.redirectUris().length]).toEqual([[], 1]);
  });
});
