import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { clip, DAY, idOf, instagramByHand, parsed, refusal } from './instagram-by-hand.ts';

describe('publishing a container', () => {
  it('makes one post of the bytes that were fetched', async () => {
    const { ready, publish, status, sandbox, account } = instagramByHand();
    const id = await ready({ caption: 'Seen & heard' });
    const mediaId = idOf(await publish(id));
    expect(mediaId).toMatch(/^18\d{15}$/);
    expect(await sandbox.posts('instagram')).toEqual([
      {
        id: mediaId,
        accountId: account.externalId,
        kind: 'video',
        title: null,
        text: 'Seen & heard',
        mediaSha256: [createHash('sha256').update(clip).digest('hex')],
        createdAt: '2026-11-21T12:01:00Z',
      },
    ]);
    expect(await status(id)).toMatchObject({ status_code: 'PUBLISHED' });
  });

  it('is refused while the container is not ready', async () => {
    const { create, publish, sandbox } = instagramByHand();
    expect(refusal(await publish(idOf(await create())))).toEqual([400, 9007, 2207027]);
    expect(await sandbox.posts('instagram')).toEqual([]);
  });

  it('happens once: a second call makes no second post and proves nothing about the first', async () => {
    const { ready, publish, status, sandbox } = instagramByHand();
    const id = await ready();
    await publish(id);
    expect(refusal(await publish(id))).toEqual([400, 24, 2207008]);
    expect(await status(id)).toMatchObject({ status_code: 'PUBLISHED' });
    expect(await sandbox.posts('instagram')).toHaveLength(1);
  });

  it('happens once for twenty calls at the same time', async () => {
    const { ready, publish, sandbox } = instagramByHand();
    const id = await ready();
    const answers = await Promise.all(Array.from({ length: 20 }, () => publish(id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await sandbox.posts('instagram')).toHaveLength(1);
  });

  it('is refused for what is not there, for the container of another account, and for odd fields', async () => {
    const { ready, publish, post, sandbox, account } = instagramByHand();
    const other = sandbox.addAccount('instagram', { name: 'other' });
    const id = await ready();
    expect(refusal(await publish('17900000000000000'))).toEqual([400, 24, 2207006]);
    expect(refusal(await publish(id, other))).toEqual([400, 24, 2207006]);
    expect(refusal(await post(`${account.externalId}/media_publish`, {}))).toEqual([400, 100]);
    expect(refusal(await post(`${account.externalId}/media_publish`, { creation_id: id, caption: 'x' }))).toEqual([400, 100]);
    expect(refusal(await post(`${account.externalId}/media_publish`, { creation_id: id }, other))).toEqual([400, 100, 33]);
    expect(await sandbox.posts('instagram')).toEqual([]);
  });

  it('ends with the cap of 24 hours, which the account can ask for', async () => {
    const { ready, publish, clock, get, account, sandbox } = instagramByHand({ caps: { instagram: { postsPerDay: 2 } } });
    const limit = async () => parsed(await get(`${account.externalId}/content_publishing_limit?fields=config,quota_usage`));
    expect(await limit()).toEqual({ data: [{ config: { quota_total: 2, quota_duration: DAY }, quota_usage: 0 }] });
    await publish(await ready());
    await publish(await ready());
    expect(await limit()).toMatchObject({ data: [{ quota_usage: 2 }] });
    const third = await ready();
    expect(refusal(await publish(third))).toEqual([400, 9, 2207042]);
    expect(await sandbox.posts('instagram')).toHaveLength(2);
    // The first post leaves the window, and the same container can be published.
    clock.advance(DAY - 120);
    expect((await publish(third)).status).toBe(200);
  });

  it('allows 50 posts in 24 hours if nothing else is said', async () => {
    const { get, account } = instagramByHand();
    expect(parsed(await get(`${account.externalId}/content_publishing_limit?fields=config`))).toEqual({
      data: [{ config: { quota_total: 50, quota_duration: DAY } }],
    });
  });
});
