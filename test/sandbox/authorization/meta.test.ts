import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { HttpAnswer } from '../../../core/ports/index.ts';
import { appAt, tokensOf } from './client.ts';

const DAY = 24 * 60 * 60;

function parsed(answer: HttpAnswer): unknown {
  return JSON.parse(answer.body);
}

describe.each([
  { network: 'instagram', version: 'v23.0', prefix: 'ig' },
  { network: 'threads', version: 'v1.0', prefix: 'th' },
])('a token of $network', ({ network, version, prefix }) => {
  const at = () => {
    const app = appAt(network);
    const [person] = [app.login.addPerson({ name: 'Ada Lovelace' })];
    const graph = `${app.base}/graph`;
    const extend = (token: string, secret = app.app.clientSecret) =>
      app.get(`${graph}/access_token?${new URLSearchParams({ grant_type: `${prefix}_exchange_token`, client_secret: secret, access_token: token }).toString()}`);
    const renew = (token: string) => app.get(`${graph}/refresh_access_token?grant_type=${prefix}_refresh_token&access_token=${token}`);
    const me = (token: string) => app.get(`${graph}/${version}/me?fields=username${network === 'instagram' ? ',user_id' : ''}`, { authorization: `Bearer ${token}` });
    return { ...app, person, extend, renew, me };
  };

  it('lives an hour, and is exchanged for one of 60 days', async () => {
    const { link, extend, me, clock, person } = at();
    const { access_token: short } = await link();
    const long = tokensOf(await extend(short));
    expect(long.expires_in).toBe(60 * DAY);
    clock.advance(3600);
    expect((await me(short)).status).toBe(400);
    const { id, user_id: userId } = z.object({ id: z.string(), user_id: z.string().optional() }).parse(parsed(await me(long.access_token)));
    expect(userId ?? id).toBe(person?.accounts[0]?.externalId);
  });

  it('is exchanged with the secret alone, and only a short one', async () => {
    const { link, extend } = at();
    const { access_token: short } = await link();
    expect((await extend(short, 'wrong')).status).toBe(400);
    const { access_token: long } = tokensOf(await extend(short));
    expect((await extend(long)).status).toBe(400);
  });

  it('without the right to publish is told by the publishing limit', async () => {
    const { link, get, base, person } = at();
    const limit = network === 'threads' ? 'threads_publishing_limit' : 'content_publishing_limit';
    const ask = async (token: string) => (await get(`${base}/graph/${version}/${person?.accounts[0]?.externalId}/${limit}`, { authorization: `Bearer ${token}` })).status;
    const [whole, part] = [await link(), await link({ _scopes: '' })];
    expect([await ask(whole.access_token), await ask(part.access_token)]).toEqual([200, 403]);
  });

  it('renews itself once it is 24 hours old; a short one never does', async () => {
    const { link, extend, renew, me, clock } = at();
    const { access_token: short } = await link();
    expect((await renew(short)).status).toBe(400);
    const { access_token: long } = tokensOf(await extend(short));
    clock.advance(DAY - 1);
    expect((await renew(long)).status).toBe(400);
    clock.advance(1);
    const { access_token: next } = tokensOf(await renew(long));
    clock.advance(59 * DAY);
    expect([(await me(long)).status, (await me(next)).status]).toEqual([400, 200]);
    expect((await renew(long)).status).toBe(400);
  });
});

function atFacebook() {
  const app = appAt('facebook');
  const ask = (path: string, token: string) => app.get(`${app.base}/graph/v23.0/${path}`, { authorization: `Bearer ${token}` });
  return { ...app, ask };
}

describe('the pages behind a login at Facebook', () => {
  const listSchema = z.object({
    data: z.array(z.object({ id: z.string(), name: z.string(), access_token: z.string(), tasks: z.array(z.string()) })),
    paging: z.object({ next: z.url().optional() }).optional(),
  });
  const FIELDS = 'id,name,username,access_token,tasks,picture.type(large)';

  it('are listed page by page, with a token each', async () => {
    const { login, link, get, ask } = atFacebook();
    const { accounts } = login.addPerson({ name: 'Ada', accounts: [{ name: 'One' }, { name: 'Two' }, { name: 'Three', mayPublish: false }] });
    const { access_token: token } = await link();
    const first = listSchema.parse(parsed(await ask(`me/accounts?fields=${FIELDS}&limit=2`, token)));
    const rest = listSchema.parse(parsed(await get(first.paging?.next ?? '')));
    const all = [...first.data, ...rest.data];
    expect(rest.paging?.next).toBeUndefined();
    expect(all.map(({ id }) => id)).toEqual(accounts.map(({ externalId }) => externalId));
    expect(all.map(({ tasks }) => tasks.includes('CREATE_CONTENT'))).toEqual([true, true, false]);
    expect(parsed(await ask('me?fields=id,name', all[1]?.access_token ?? ''))).toEqual({ id: accounts[1]?.externalId, name: 'Two' });
  });

  it('are those that were ticked', async () => {
    const { login, link, ask } = atFacebook();
    const { accounts } = login.addPerson({ name: 'Ada', accounts: [{ name: 'One' }, { name: 'Two' }] });
    const { access_token: token } = await link({ _accounts: accounts[1]?.externalId ?? '' });
    expect(listSchema.parse(parsed(await ask(`me/accounts?fields=${FIELDS}`, token))).data.map(({ name }) => name)).toEqual(['Two']);
  });

  it('may be none', async () => {
    const { login, link, ask } = atFacebook();
    login.addPerson({ name: 'Ada', accounts: [] });
    const { access_token: token } = await link();
    expect(parsed(await ask(`me/accounts?fields=${FIELDS}`, token))).toEqual({ data: [] });
  });

  it('are posted on with a token of the page, where the person has the role', async () => {
    const { login, link, ask, send, base, sandbox } = atFacebook();
    login.addPerson({ name: 'Ada', accounts: [{ name: 'One' }, { name: 'Two', mayPublish: false }] });
    const { access_token: token } = await link();
    const { data } = listSchema.parse(parsed(await ask(`me/accounts?fields=${FIELDS}`, token)));
    const statuses = await Promise.all(
      data.map(async ({ id, access_token }) => {
        const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/x-www-form-urlencoded' };
        return (await send({ method: 'POST', url: `${base}/graph/v23.0/${id}/feed`, headers, body: 'message=Hello' })).status;
      }),
    );
    expect(statuses).toEqual([200, 403]);
    expect(await sandbox.posts('facebook')).toMatchObject([{ accountId: data[0]?.id, text: 'Hello' }]);
  });

  it('have tokens without end, if they come of a long-lived one', async () => {
    const { login, link, ask, call, dialect, clock, app, get, base } = atFacebook();
    login.addPerson({ name: 'Ada' });
    const { access_token: short } = await link();
    const long = tokensOf(await call(dialect.token, { grant_type: 'fb_exchange_token', fb_exchange_token: short }));
    expect(long.expires_in).toBe(60 * DAY);
    const pageTokens = await Promise.all([short, long.access_token].map(async (token) => listSchema.parse(parsed(await ask(`me/accounts?fields=${FIELDS}`, token))).data[0]?.access_token ?? ''));
    clock.advance(61 * DAY);
    expect(await Promise.all(pageTokens.map(async (token) => (await ask('me', token)).status))).toEqual([401, 200]);
    const inspect = (input: string) => get(`${base}/graph/debug_token?${new URLSearchParams({ input_token: input, access_token: `${app.clientId}|${app.clientSecret}` }).toString()}`);
    expect(parsed(await inspect(pageTokens[1] ?? ''))).toMatchObject({ data: { is_valid: true, type: 'PAGE', expires_at: 0 } });
    expect(parsed(await inspect(long.access_token))).toMatchObject({ data: { is_valid: false, type: 'USER' } });
  });

  it('say which permissions were declined, and end when all are deleted', async () => {
    const { login, link, ask, send, base } = atFacebook();
    login.addPerson({ name: 'Ada' });
    const { access_token: token } = await link({ _scopes: 'pages_show_list' });
    const { data } = z.object({ data: z.array(z.object({ permission: z.string(), status: z.string() })) }).parse(parsed(await ask('me/permissions', token)));
    expect(data).toContainEqual({ permission: 'pages_show_list', status: 'granted' });
    expect(data).toContainEqual({ permission: 'pages_manage_posts', status: 'declined' });
    expect((await send({ method: 'DELETE', url: `${base}/graph/v23.0/me/permissions`, headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect((await ask('me', token)).status).toBe(401);
  });
});
