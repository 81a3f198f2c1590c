import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { HttpAnswer } from '../../../core/ports/index.ts';
import { appAt, arrival } from './client.ts';

function parsed(answer: HttpAnswer): unknown {
  return JSON.parse(answer.body);
}

const headers = (token: string) => ({ authorization: `Bearer ${token}`, 'linkedin-version': '202610', 'x-restli-protocol-version': '2.0.0' });

function atLinkedIn() {
  const app = appAt('linkedin');
  const ask = (path: string, token: string) => app.get(`${app.base}/api${path}`, headers(token));
  const post = (author: string, token: string) =>
    app.send({
      method: 'POST',
      url: `${app.base}/api/rest/posts`,
      headers: { ...headers(token), 'content-type': 'application/json' },
      body: JSON.stringify({
        author,
        commentary: 'Hello',
        visibility: 'PUBLIC',
        distribution: { feedDistribution: 'MAIN_FEED', targetEntities: [], thirdPartyDistributionChannels: [] },
        lifecycleState: 'PUBLISHED',
        isReshareDisabledByAuthor: false,
      }),
    });
  return { ...app, ask, post };
}

const ACLS = '/rest/organizationAcls?q=roleAssignee&state=APPROVED&role=ADMINISTRATOR';
const aclsSchema = z.object({ elements: z.array(z.object({ organization: z.string(), roleAssignee: z.string() })) });

describe('a consent at LinkedIn', () => {
  it('is for the member and the pages on which they may post, and one token posts for each', async () => {
    const { login, link, ask, post, sandbox } = atLinkedIn();
    const { accounts } = login.addPerson({ name: 'Ada Lovelace', accounts: [{ name: 'Engines' }, { name: 'Looms', mayPublish: false }] });
    const { access_token: token } = await link();
    const { sub } = z.object({ sub: z.string(), name: z.literal('Ada Lovelace') }).parse(parsed(await ask('/v2/userinfo', token)));
    const { elements } = aclsSchema.parse(parsed(await ask(ACLS, token)));
    expect(elements).toEqual([{ organization: accounts[0]?.externalId, roleAssignee: `urn:li:person:${sub}` }]);
    const id = accounts[0]?.externalId.split(':').at(-1) ?? '';
    expect(parsed(await ask(`/rest/organizations/${id}`, token))).toMatchObject({ localizedName: 'Engines', vanityName: 'engines' });

    const authors = [accounts[0]?.externalId ?? '', `urn:li:person:${sub}`, accounts[1]?.externalId ?? ''];
    expect(await Promise.all(authors.map(async (author) => (await post(author, token)).status))).toEqual([201, 201, 403]);
    expect((await sandbox.posts('linkedin')).map(({ accountId }) => accountId)).toEqual(authors.slice(0, 2));
  });

  it('may be of a member without pages', async () => {
    const { login, link, ask } = atLinkedIn();
    login.addPerson({ name: 'Ada', accounts: [] });
    const { access_token: token } = await link();
    expect(aclsSchema.parse(parsed(await ask(ACLS, token)))).toEqual({ elements: [] });
    expect((await ask('/v2/userinfo', token)).status).toBe(200);
  });

  it('lists no pages without the scope for it, and posts for none', async () => {
    const { login, link, ask, post } = atLinkedIn();
    const { accounts } = login.addPerson({ name: 'Ada' });
    const { access_token: token } = await link({ _scopes: 'openid,w_member_social' });
    expect((await ask(ACLS, token)).status).toBe(403);
    expect((await post(accounts[0]?.externalId ?? '', token)).status).toBe(403);
  });

  it('tells of a token whether it is good, and of one that was taken back what became of it', async () => {
    const { login, link, ask, call } = atLinkedIn();
    const { id } = login.addPerson({ name: 'Ada' });
    const { access_token: token } = await link();
    const introspect = async () => parsed(await call({ path: '/www/oauth/v2/introspectToken', client: 'form' }, { token }));
    expect(await introspect()).toMatchObject({ active: true, status: 'active' });
    login.revoke(id);
    expect(await introspect()).toEqual({ active: false, status: 'revoked' });
    expect(parsed(await ask('/v2/userinfo', token))).toMatchObject({ code: 'REVOKED_ACCESS_TOKEN' });
  });

  it('is refused in the redirect, in LinkedIn’s words', async () => {
    const { login, open } = atLinkedIn();
    login.addPerson({ name: 'Ada' });
    const arrived = arrival(await open({ scope: 'openid everything' }));
    expect(arrived.get('error')).toBe('unauthorized_scope_error');
  });
});
