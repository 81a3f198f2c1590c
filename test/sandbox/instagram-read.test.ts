import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { DAY, GRAPH, idOf, instagramByHand, parsed, refusal } from './instagram-by-hand.ts';

const pageSchema = z.object({
  data: z.array(z.looseObject({ id: z.string() })),
  paging: z.object({ cursors: z.object({ after: z.string() }) }).optional(),
});

describe('reading what was published', () => {
  it('gives permalink, shortcode and time of a post', async () => {
    const { ready, publish, get } = instagramByHand();
    const id = idOf(await publish(await ready()));
    const media = z
      .object({ id: z.string(), permalink: z.string(), shortcode: z.string() })
      .parse(parsed(await get(`${id}?fields=permalink,shortcode,timestamp`)));
    expect(media).toMatchObject({ id, permalink: `https://www.instagram.com/reel/${media.shortcode}/` });
    expect(parsed(await get(`${id}?fields=timestamp`))).toEqual({ id, timestamp: '2026-11-21T12:01:00+0000' });
    expect(parsed(await get(id))).toEqual({ id });
  });

  it('lists the posts of the account, newest first, page by page', async () => {
    const { ready, publish, get, account } = instagramByHand();
    const ids: string[] = [];
    for (const caption of ['one', 'two', 'three']) ids.push(idOf(await publish(await ready({ caption }))));
    const list = `${account.externalId}/media?fields=id,caption,timestamp,permalink&limit=2`;
    const first = pageSchema.parse(parsed(await get(list)));
    expect(first.data).toMatchObject([
      { id: ids[2], caption: 'three' },
      { id: ids[1], caption: 'two' },
    ]);
    const second = pageSchema.parse(parsed(await get(`${list}&after=${first.paging?.cursors.after}`)));
    expect(second.data).toMatchObject([{ id: ids[0], caption: 'one', timestamp: '2026-11-21T12:01:00+0000' }]);
  });

  it('leaves out the caption of a post that has none', async () => {
    const { ready, publish, get, account } = instagramByHand();
    const id = idOf(await publish(await ready()));
    expect(parsed(await get(`${account.externalId}/media?fields=caption`))).toMatchObject({ data: [{ id }] });
    expect(pageSchema.parse(parsed(await get(`${account.externalId}/media?fields=caption`))).data[0]).not.toHaveProperty('caption');
  });

  it('tells an account who it is', async () => {
    const { get, account } = instagramByHand();
    const me = z
      .looseObject({ id: z.string(), user_id: z.string() })
      .parse(parsed(await get('me?fields=user_id,username,name,profile_picture_url,account_type,followers_count')));
    expect(me).toMatchObject({ user_id: account.externalId, username: 'ada', account_type: 'BUSINESS' });
    expect(me.id).not.toBe(account.externalId);
  });

  it('shows nothing of another account', async () => {
    const { ready, publish, get, account, sandbox } = instagramByHand();
    const other = sandbox.addAccount('instagram', { name: 'other' });
    const container = await ready();
    const media = idOf(await publish(container));
    for (const path of [
      container,
      media,
      `${account.externalId}/media`,
      `${account.externalId}/content_publishing_limit`,
      '17900000000000000',
    ]) {
      expect(refusal(await get(path, other))).toEqual([400, 100, 33]);
    }
  });

  it.each([
    ['an unknown field', 'me?fields=colour'],
    ['an unknown parameter', 'me?fields=id&colour=red'],
    ['a parameter twice', 'me?fields=id&fields=id'],
    ['a limit of 0', 'ID/media?limit=0'],
    ['a limit of 101', 'ID/media?limit=101'],
    ['an unknown cursor', 'ID/media?after=x'],
  ])('refuses %s', async (_what, path) => {
    const { get, account } = instagramByHand();
    expect(refusal(await get(path.replace('ID', account.externalId)))).toEqual([400, 100]);
  });

  it('knows no other path and no other version', async () => {
    const { get, send, post, account } = instagramByHand();
    const headers = { authorization: `Bearer ${account.accessToken}` };
    expect(refusal(await get(`${account.externalId}/insights`))).toEqual([400, 2500]);
    expect(refusal(await post(`${account.externalId}/replies`, {}))).toEqual([400, 2500]);
    for (const path of ['v12.0/me', 'v99.0/me', 'me', 'v23.0/a/b/c']) {
      expect(refusal(await send({ method: 'GET', url: `${GRAPH}/${path}`, headers }))).toEqual([400, 2500]);
    }
  });
});

describe('the access token', () => {
  it('comes in the header or as a parameter', async () => {
    const { send, account } = instagramByHand();
    const token = account.accessToken;
    const me = `${GRAPH}/v23.0/me`;
    expect((await send({ method: 'GET', url: `${me}?access_token=${token}`, headers: {} })).status).toBe(200);
    expect((await send({ method: 'GET', url: me, headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect((await send({ method: 'GET', url: me, headers: { authorization: `OAuth ${token}` } })).status).toBe(200);
    expect(refusal(await send({ method: 'GET', url: `${me}?access_token=other`, headers: { authorization: `Bearer ${token}` } }))).toEqual([
      400, 100,
    ]);
    const form = new URLSearchParams({ access_token: token, creation_id: '1' }).toString();
    const post = await send({
      method: 'POST',
      url: `${GRAPH}/v23.0/${account.externalId}/media_publish`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form,
    });
    expect(refusal(post)).toEqual([400, 24, 2207006]);
  });

  it('is refused when it is missing, wrong or has expired, by every call', async () => {
    const { get, create, publish, account, sandbox, clock } = instagramByHand();
    const wrong = { ...account, accessToken: 'IGAAwrong' };
    const expired = sandbox.addAccount('instagram', { name: 'late', accessTokenLife: -1 });
    const id = account.externalId;
    for (const call of [
      get('me', wrong),
      get('1', wrong),
      get(`${id}/media`, wrong),
      get(`${id}/content_publishing_limit`, wrong),
      create({}, wrong),
      publish('1', wrong),
    ]) {
      expect(refusal(await call)).toEqual([400, 190]);
    }
    for (const call of [get('me', expired), create({}, expired), publish('1', expired)]) {
      expect(refusal(await call)).toEqual([400, 190, 463]);
    }
    clock.advance(60 * DAY - 1);
    expect((await get('me')).status).toBe(200);
    clock.advance(1);
    expect(refusal(await get('me'))).toEqual([400, 190, 463]);
  });

  it('needs the permission to publish', async () => {
    const { create, publish, get, sandbox } = instagramByHand();
    const reader = sandbox.addAccount('instagram', { name: 'reader', scopes: ['instagram_business_basic'] });
    expect((await get('me', reader)).status).toBe(200);
    expect(refusal(await create({}, reader))).toEqual([403, 10]);
    expect(refusal(await publish('1', reader))).toEqual([403, 10]);
    const nothing = sandbox.addAccount('instagram', { name: 'nothing', scopes: [] });
    expect(refusal(await get('me', nothing))).toEqual([403, 10]);
  });

  it('is refreshed by itself once it is a day old, and not after its end', async () => {
    const { send, get, account, clock, sandbox } = instagramByHand();
    const refresh = (token: string, grant = 'ig_refresh_token') =>
      send({ method: 'GET', url: `${GRAPH}/refresh_access_token?grant_type=${grant}&access_token=${token}`, headers: {} });
    expect(refusal(await refresh(account.accessToken))).toEqual([400, 100]);
    clock.advance(DAY - 1);
    expect(refusal(await refresh(account.accessToken))).toEqual([400, 100]);
    clock.advance(1);
    expect(refusal(await refresh(account.accessToken, 'refresh_token'))).toEqual([400, 100]);
    expect(refusal(await refresh('IGAAwrong'))).toEqual([400, 190]);
    const fresh = z
      .object({ access_token: z.string(), token_type: z.literal('bearer'), expires_in: z.number() })
      .parse(parsed(await refresh(account.accessToken)));
    expect(fresh.expires_in).toBe(60 * DAY);
    expect(fresh.access_token).not.toBe(account.accessToken);
    clock.advance(59 * DAY);
    expect((await get('me', { ...account, accessToken: fresh.access_token })).status).toBe(200);
    expect(refusal(await refresh(account.accessToken))).toEqual([400, 190, 463]);
    const old = sandbox.addAccount('instagram', { name: 'old', accessTokenLife: 3600 });
    expect((await refresh(old.accessToken)).status).toBe(200);
  });
});
