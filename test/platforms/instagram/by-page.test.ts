import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { timestampAfter } from '../../../core/clock.ts';
import { accessEndsOf, renewAtOf } from '../../../core/renewal.ts';
import { theseTokens } from '../../../core/tokens.ts';
import { instagram } from '../../../platforms/instagram/index.ts';
import { linking } from '../../../platforms/instagram/link.ts';
import { networkSettings } from '../../../sandbox/networks.ts';
import { only, linkWorld, REDIRECT, TENANT, told } from '../../core/linking/world.ts';
import { linkableWays, linkingAt } from '../support/linking.ts';
import { operations, stage } from '../support/stage.ts';
import { answer, NOW, scriptedTools, workOf } from '../support/tools.ts';

const BY_FACEBOOK = { login: 'facebook' };
const DAY = 24 * 3600;

/** A page as the list of a person's has it. */
function page(id: string, more: object) {
  return { id, name: `Page ${id}`, access_token: `token-${id}`, tasks: ['CREATE_CONTENT'], ...more };
}

const later = (days: number): string => timestampAfter(NOW, days * DAY);

function atFacebook() {
  const way = linkableWays.find(({ network, options }) => network === 'instagram' && options['login'] === 'facebook');
  if (way === undefined) throw new Error('There is no such way.');
  return linkingAt(way);
}

describe('linking by Facebook Login', () => {
  it('shows the accounts of all pages that were ticked, and makes an account of each that is chosen', async () => {
    const world = linkWorld();
    const person = world.person('instagram', [{ name: 'Ada' }, { name: 'Babbage' }, { name: 'Curie' }]);
    const { linkId, cameBack } = await world.begin('instagram', person, { options: BY_FACEBOOK });
    expect(told(await world.vault().finish(cameBack))).toBe('choose');
    const stageNow = (await world.store.getLink(linkId))?.stage;
    const targets = stageNow?.at === 'choosing' ? stageNow.targets : [];
    expect(targets.map(({ name, type }) => [name, type])).toEqual([['ada', 'profile'], ['babbage', 'profile'], ['curie', 'profile']]);
    await world.vault().choose({ tenantId: TENANT, linkId, targets: targets.slice(0, 2).map(({ id }) => id) });
    const accounts = await world.accounts();
    expect(accounts.map(({ name }) => name).toSorted()).toEqual(['ada', 'babbage']);
    for (const account of accounts) {
      expect(await world.serves(account)).toBe(true);
      expect(account).toMatchObject({ network: 'instagram', accessEnds: world.later(90 * DAY), renewAt: world.later(30 * DAY) });
    }
  });

  it('asks at Facebook, with the app there, and for what its accounts need', async () => {
    const at = atFacebook();
    const asked = await linking.authorize({ scopes: at.scopes, redirectUri: REDIRECT, state: 's', challenge: null, options: BY_FACEBOOK }, at.tools);
    if (asked.kind !== 'authorize') throw new Error(asked.kind);
    const url = new URL(asked.url);
    expect(url.pathname).toBe('/instagram/dialog/v25.0/dialog/oauth');
    expect(url.searchParams.get('client_id')).toBe(networkSettings('facebook', '').app.clientId);
    expect(url.searchParams.get('scope')?.split(',').toSorted()).toEqual([
      'business_management',
      'instagram_basic',
      'instagram_content_publish',
      'instagram_manage_comments',
      'instagram_manage_insights',
      'pages_read_engagement',
      'pages_show_list',
    ]);
  });

  it.each(['instagram_content_publish', 'instagram_basic', 'pages_show_list'])('is refused in words without %s', async (missing) => {
    const world = linkWorld();
    const person = world.person('instagram');
    const given = ['instagram_basic', 'instagram_content_publish', 'pages_show_list', 'pages_read_engagement'].filter((scope) => scope !== missing);
    const { linkId, cameBack } = await world.begin('instagram', person, { options: BY_FACEBOOK, decision: { _scopes: given.join(' ') } });
    expect(told(await world.vault().finish(cameBack))).toBe('failed scope_missing');
    expect(await world.store.getLink(linkId)).toMatchObject({ stage: { failure: { message: expect.stringMatching(/post photos and reels|see the account/u) } } });
    expect(await world.accounts()).toEqual([]);
  });

  it('is made without the permissions for comments, numbers and businesses, and the account says so', async () => {
    const world = linkWorld();
    const person = world.person('instagram');
    const decision = { _scopes: 'instagram_basic instagram_content_publish pages_show_list pages_read_engagement' };
    const { cameBack } = await world.begin('instagram', person, { options: BY_FACEBOOK, decision });
    expect(told(await world.vault().finish(cameBack))).toBe('linked');
    expect((await only(world)).scopes.toSorted()).toEqual(['instagram_business_basic', 'instagram_business_content_publish']);
  });

  it('finds no target in a page without an account, and an obstacle where the person may not post', async () => {
    const data = [page('1', {}), page('2', { instagram_business_account: { id: '17841400000000002', username: 'two' } }), page('3', { tasks: ['ANALYZE'], instagram_business_account: { id: '17841400000000003' } })];
    const tools = scriptedTools([answer(200, { data })], { endpoints: instagram.defaultEndpoints, loginApp: () => Promise.resolve({ clientId: 'fb', clientSecret: 'fb-secret' }) });
    const tokens = { accessToken: 'person', refreshToken: null, expiresAt: null, scopes: [], binding: JSON.stringify({ page: null, businesses: false }) };
    const found = await linking.targets(tokens, tools);
    expect(found).toMatchObject({
      targets: [
        { externalId: '17841400000000002', name: 'two', tokens: { accessToken: 'token-2', refreshToken: 'person', binding: '{"page":"2","businesses":false}' } },
        { externalId: '17841400000000003', name: 'Page 3', obstacle: expect.stringContaining('role') },
      ],
    });
    expect(found.kind === 'targets' && found.targets).toHaveLength(2);
  });

  it('says in words that the operator has no app at Facebook, which hinders nobody else', async () => {
    const tools = scriptedTools([], { endpoints: instagram.defaultEndpoints, loginApp: () => Promise.resolve(null) });
    const ask = (options: object) => linking.authorize({ scopes: [], redirectUri: REDIRECT, state: 's', challenge: null, options: { ...options } }, tools);
    expect(await ask(BY_FACEBOOK)).toMatchObject({ kind: 'trouble', trouble: { class: 'permanent', message: expect.stringContaining('no app at Facebook') } });
    expect(await ask({})).toMatchObject({ kind: 'authorize' });
  });
});

describe('an account that belongs to a page', () => {
  it('is published on, commented and asked about at the other host alone, each call with the proof of the app', async () => {
    const options = { instagram: { firstComment: 'First!' } };
    const world = await stage(instagram, { kind: 'photos', byConsent: BY_FACEBOOK, upload: { options } });
    const delivery = await world.run();
    expect(delivery).toMatchObject({ status: 'uploaded', warnings: [], sequels: [{ attempt: { phase: 'receipt' } }] });
    expect(operations(world)).toEqual(expect.arrayContaining(['publishing-limit.read', 'container.create', 'container.read', 'media.publish', 'comment.create', 'media.read']));
    const { clientSecret } = networkSettings('facebook', '').app;
    const proof = createHmac('sha256', clientSecret).update(world.linked.accessToken).digest('hex');
    for (const { request } of world.seen) {
      const { pathname, searchParams } = new URL(request.url);
      expect(pathname).toMatch(/^\/instagram\/facebook\/v25\.0\//u);
      expect(searchParams.get('appsecret_proof')).toBe(proof);
      expect(searchParams.has('access_token')).toBe(false);
    }
  });

  it('asks for nothing at Facebook where it was linked by Instagram Login, whatever is wrong with the app there', async () => {
    const tools = scriptedTools([answer(200, { id: '18000000000000001' })], { loginApp: () => Promise.reject(new Error('The secret cannot be read.')) });
    const body = { userId: '17841400000000001', container: '17900000000000001', caption: 'A title' };
    expect(await instagram.publish(workOf(1), body, tools)).toMatchObject({ kind: 'published' });
    expect(tools.requests[0]?.url).toMatch(/^https:\/\/graph\.test\//u);
  });

  it('is renewed by the person’s token, and keeps what its tokens are bound to', async () => {
    const at = atFacebook();
    const person = at.login.addPerson({ name: 'Ada' });
    const { targets } = await at.linked({ _person: person.id });
    const [target] = targets;
    const old = target?.tokens;
    if (target === undefined || old === undefined) throw new Error('There is no account.');
    at.clock.advance(40 * DAY);
    const renewed = await instagram.refresh(old, { ...at.tools, account: { externalId: target.externalId } });
    if (renewed.kind === 'trouble') throw new Error(JSON.stringify(renewed.trouble));
    expect(renewed.tokens).toMatchObject({ binding: old.binding, scopes: old.scopes, expiresAt: null });
    expect(renewed.tokens.accessToken).not.toBe(old.accessToken);
    expect(renewed.tokens.refreshToken).not.toBe(old.refreshToken);
    expect(await linking.check(target, { ...at.tools, ...theseTokens(renewed.tokens) })).toEqual({ kind: 'accepted', name: 'ada' });
  });

  it('has the terms of a page, and one by Instagram Login its own', () => {
    const byPage = { accessToken: 'a', refreshToken: 'p', expiresAt: null, scopes: [], binding: JSON.stringify({ page: '1', businesses: false }) };
    const { binding: _, ...own } = { ...byPage, refreshToken: null, expiresAt: '2027-01-20T12:00:00Z' };
    expect(accessEndsOf(instagram, byPage, NOW)).toBe(later(90));
    expect(renewAtOf(instagram, byPage, NOW, null)).toBe(later(30));
    expect(accessEndsOf(instagram, own, NOW)).toBeNull();
    expect(renewAtOf(instagram, own, NOW, null)).toBe(later(40));
  });

  it('is the same account when it is linked the other way, with nothing left of the way before', async () => {
    const world = linkWorld();
    const person = world.person('instagram', [{ name: 'Ada' }]);
    const link = async (options: Readonly<Record<string, unknown>>) => {
      const { cameBack } = await world.begin('instagram', person, { options });
      expect(told(await world.vault().finish(cameBack))).toBe('linked');
      expect(await world.accounts()).toHaveLength(1);
      const account = await only(world);
      expect(await world.serves(account)).toBe(true);
      return { account, tokens: await world.tokensOf(account) };
    };
    const first = await link(BY_FACEBOOK);
    expect(first.tokens.refreshToken).not.toBeNull();
    const second = await link({});
    expect(second.account.accountId).toBe(first.account.accountId);
    expect(second.tokens).toMatchObject({ refreshToken: null });
    expect(second.tokens.binding).toBeUndefined();
    expect(second.account.accessEnds).toBeNull();
    const third = await link(BY_FACEBOOK);
    expect(third.tokens.binding).toBe(first.tokens.binding);
    expect(third.account.accessEnds).not.toBeNull();
  });
});
