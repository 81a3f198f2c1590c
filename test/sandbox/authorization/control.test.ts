import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { control } from '../in-process.ts';
import { appAt, CALLBACK } from './client.ts';

const personSchema = z.object({ id: z.string(), name: z.string(), accounts: z.array(z.object({ externalId: z.string(), name: z.string() })) });

describe('the control API of logins', () => {
  it('makes persons with accounts, with several, and with none', async () => {
    const { sandbox, login } = appAt('facebook');
    const ask = control(sandbox);
    const made = await Promise.all([{ name: 'Ada' }, { name: 'Bob', accounts: [] }, { name: 'Eve', accounts: [{ name: 'One' }, { name: 'Two', mayPublish: false }] }].map((person) => ask('POST', '/facebook/persons', person)));
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(made.map(({ body }) => personSchema.parse(body).accounts.map(({ name }) => name))).toEqual([['Ada'], [], ['One', 'Two']]);
    expect((await ask('GET', '/facebook/persons')).body).toEqual(login.persons());
  });

  it('makes nobody without an account where the login is the account', async () => {
    const { sandbox } = appAt('x');
    const ask = control(sandbox);
    expect(await ask('POST', '/x/persons', { name: 'Ada', accounts: [] })).toEqual({ status: 400, body: { error: expect.stringContaining('the login is the account') } });
    expect((await ask('POST', '/x/persons', { name: 'Ada', accounts: [{ name: 'a' }, { name: 'b' }] })).status).toBe(400);
  });

  it('registers addresses, and says why one cannot be', async () => {
    const { sandbox } = appAt('tiktok');
    const ask = control(sandbox);
    expect(await ask('POST', '/tiktok/redirect-uris', { redirectUri: 'http://localhost:4566/callback' })).toEqual({ status: 204, body: null });
    expect((await ask('POST', '/tiktok/redirect-uris', { redirectUri: 'https://app.example/?a=1' })).status).toBe(400);
    expect((await ask('POST', '/tiktok/redirect-uris', { redirectUri: 'app' })).status).toBe(400);
    expect((await ask('GET', '/tiktok/redirect-uris')).body).toEqual([CALLBACK, 'http://localhost:4566/callback']);
  });

  it('lets a person take back what they allowed, and lets time pass for them', async () => {
    const { sandbox, clock, login, link, identity, refresh } = appAt('x');
    const ask = control(sandbox);
    const { id } = login.addPerson({ name: 'Ada' });
    const tokens = await link();
    expect((await ask('POST', `/x/persons/${id}/expire`, { inSeconds: 60 })).status).toBe(204);
    expect((await ask('POST', `/x/persons/${id}/expire`, { inSeconds: 90 })).status).toBe(204);
    expect((await ask('POST', `/x/persons/${id}/expire`, { inSeconds: -1 })).status).toBe(400);
    clock.advance(59);
    expect((await identity(tokens.access_token)).status).toBe(200);
    clock.advance(1);
    expect((await identity(tokens.access_token)).status).toBe(401);
    const others = await link();
    expect((await ask('POST', `/x/persons/${id}/expire`)).status).toBe(204);
    expect((await identity(others.access_token)).status).toBe(401);
    expect((await refresh(tokens.refresh_token ?? '')).status).toBe(200);
    expect((await ask('POST', `/x/persons/${id}/revoke`)).status).toBe(204);
    expect((await ask('POST', '/x/persons/nobody/revoke')).status).toBe(400);
    expect((await ask('POST', `/x/persons/${id}/marry`)).status).toBe(404);
    expect((await ask('GET', `/x/persons/${id}/revoke`)).status).toBe(405);
  });

  it('knows the person of an account that it linked', async () => {
    const { sandbox, identity } = appAt('linkedin');
    const ask = control(sandbox);
    const { externalId, accessToken } = z.object({ externalId: z.string(), accessToken: z.string() }).parse((await ask('POST', '/linkedin/accounts', { name: 'Ada', scopes: ['openid', 'w_member_social'] })).body);
    expect((await identity(accessToken)).status).toBe(200);
    expect((await ask('POST', `/linkedin/persons/${encodeURIComponent(externalId)}/revoke`)).status).toBe(204);
    expect((await identity(accessToken)).status).toBe(401);
  });
});
