import { afterEach, describe, expect, it } from 'vitest';
import { retention } from '../../core/retention.ts';
import { call } from './support/api.ts';
import { tagsOf } from './support/operator.ts';
import { clearFaults, postsOf } from './support/sandbox.ts';
import { accounts, stack, videoAccounts } from './support/stack.ts';
import { accountOf, clip, complete, eventually, newTitle, publish, settled, sha256, smallClip, stageParts, stageSingle } from './support/uploads.ts';

afterEach(clearFaults);

/** Every account is `Uploaded`, and its network shows exactly one post, made of exactly these bytes. */
async function expectPublished(uploadId: string, title: string, bytes: Uint8Array, to: Readonly<Record<string, string>> = accounts): Promise<void> {
  expect(await settled(uploadId)).toMatchObject({ uploadId, title, status: 'Uploaded' });
  // Some networks are asked for the link only after the post, in a step of its own.
  const status = await eventually(async () => {
    const now = await settled(uploadId);
    return now.accounts.every((account: { externalUrl: string | null }) => account.externalUrl !== null) ? now : undefined;
  });
  for (const [network, accountId] of Object.entries(to)) {
    const posts = await postsOf(network, title);
    expect(posts.map((post) => post.mediaSha256), network).toEqual([[sha256(bytes)]]);
    expect(accountOf(status, network)).toMatchObject({
      accountId,
      status: 'Uploaded',
      externalId: posts[0]?.id,
      externalUrl: expect.stringMatching(/^https:\/\//u),
      publishedAt: expect.stringMatching(/Z$/u),
      errorCode: null,
      errorMessage: null,
    });
  }
}

describe('the three flows', () => {
  it('publishes a file that went up in parts, byte for byte, to every network that carries video', async () => {
    const title = newTitle();
    const staged = await stageParts(clip, { title, sha256: sha256(clip), accounts: Object.values(videoAccounts) });
    expect(staged.parts).toHaveLength(2);
    const completed = await complete(staged);
    expect(completed.status).toBe(200);
    expect(completed.body).toMatchObject({ title, status: 'Processing', scheduledOn: null });
    await expectPublished(completed.body.uploadId, title, clip, videoAccounts);
  });

  it('publishes a file that went up by one PUT, byte for byte', async () => {
    const title = newTitle();
    const completed = await complete(await stageSingle(clip, { title }));
    expect(completed.status).toBe(200);
    await expectPublished(completed.body.uploadId, title, clip);
  });

  it('publishes a file that came in a form, byte for byte', async () => {
    const title = newTitle();
    const form = new FormData();
    form.set('title', title);
    for (const account of Object.values(accounts)) form.append('accounts', account);
    form.set('file', new Blob([new Uint8Array(smallClip)], { type: 'video/mp4' }), 'clip.mp4');
    const accepted = await call('POST', '/api/upload', form);
    expect(accepted.status).toBe(202);
    await expectPublished(accepted.body.uploadId, title, smallClip);
  });

  it('signs expired part URLs anew while the session lives', async () => {
    const title = newTitle();
    const { sessionToken } = await stageSingle(smallClip, { title });
    const again = await call('POST', '/api/upload/multipart', { sessionToken, partNumbers: [1] });
    expect(again.status).toBe(200);
    expect(again.body.parts).toEqual([{ partNumber: 1, url: expect.stringContaining('X-Amz-Signature=') }]);
    const replaced = await fetch(again.body.parts[0].url, { method: 'PUT', body: smallClip });
    expect(replaced.status).toBe(200);
    const completed = await complete({ sessionToken, parts: [] });
    await expectPublished(completed.body.uploadId, title, smallClip);
  });

  it('shows the newest upload first in the history of the dashboard', async () => {
    const { uploadId, title } = await complete(await stageSingle(smallClip)).then((answer) => answer.body);
    const history = await call('GET', '/uploads?pageSize=1', undefined, { jwt: stack.jwt });
    expect(history.status).toBe(200);
    expect(history.body).toMatchObject({ page: 1, pageSize: 1, items: [{ uploadId, title }] });
    expect(history.body.total).toBeGreaterThan(0);
    await settled(uploadId);
  });
});

describe('the file of an upload', () => {
  it('is marked for removal some time after the last delivery has ended, not before', async () => {
    const { uploadId } = await publish();
    await settled(uploadId);
    expect(await tagsOf(uploadId)).toEqual({});
    const { key, value } = retention.released.tag;
    await eventually(async () => ((await tagsOf(uploadId))[key] === value ? true : undefined), 40);
  });
});

describe('a schedule', () => {
  it('holds an upload back until its time, and publishes it then', async () => {
    const title = newTitle();
    const scheduledOn = `${new Date(Date.now() + 6_000).toISOString().slice(0, 19)}Z`;
    const completed = await complete(await stageSingle(smallClip, { title, scheduledOn }));
    expect(completed.body).toMatchObject({ status: 'Scheduled', scheduledOn });
    const status = await settled(completed.body.uploadId);
    expect(status.status).toBe('Uploaded');
    for (const account of status.accounts) expect(account.publishedAt >= scheduledOn).toBe(true);
  });
});
