import { describe, expect, it } from 'vitest';
import { call } from './support/api.ts';
import { endSession } from './support/operator.ts';
import { postsOf } from './support/sandbox.ts';
import { networks } from './support/stack.ts';
import { clip, complete, MiB, newTitle, putPart, sessionRequest, settled, smallClip, stageParts, stageSingle } from './support/uploads.ts';

describe('completing a session', () => {
  it('gives the same upload when it is repeated, and publishes once', async () => {
    const title = newTitle();
    const staged = await stageParts(clip, { title });
    const [first, second] = await Promise.all([complete(staged), complete(staged)]);
    const third = await complete(staged);
    expect(new Set([first, second, third].map((answer) => answer.body.uploadId)).size).toBe(1);
    expect([first, second, third].every((answer) => [200, 202].includes(answer.status))).toBe(true);
    await settled(first.body.uploadId);
    expect((await complete(staged)).body.uploadId).toBe(first.body.uploadId);
    for (const network of networks) expect(await postsOf(network, title)).toHaveLength(1);
  });

  it('refuses another part list for a completed session', async () => {
    const staged = await stageParts(clip);
    const completed = await complete(staged);
    const other = await complete({ ...staged, parts: staged.parts.map((part) => ({ ...part, eTag: '"00000000000000000000000000000000"' })) });
    expect(other).toMatchObject({ status: 409, body: { code: 'session_state' } });
    await settled(completed.body.uploadId);
  });

  it.each([
    ['a part is missing from the list', (staged: Awaited<ReturnType<typeof stageParts>>) => ({ ...staged, parts: staged.parts.slice(0, 1) })],
    [
      'an ETag is wrong',
      (staged: Awaited<ReturnType<typeof stageParts>>) => ({
        ...staged,
        parts: staged.parts.map((part) => (part.partNumber === 2 ? { ...part, eTag: '"00000000000000000000000000000000"' } : part)),
      }),
    ],
  ])('refuses when %s, and the session stays open', async (_, spoil) => {
    const staged = await stageParts(clip);
    const refused = await complete(spoil(staged));
    expect(refused).toMatchObject({ status: 422, body: { code: 'part_mismatch' } });
    const completed = await complete(staged);
    expect(completed.status).toBe(200);
    await settled(completed.body.uploadId);
  });

  it('refuses while a part was never sent, and takes it afterwards', async () => {
    const opened = await call('POST', '/api/upload/multipart', sessionRequest(clip, { partSize: 5 * MiB }));
    const [one, two] = opened.body.parts;
    const first = await putPart(one.url, clip.subarray(0, 5 * MiB));
    const parts = [
      { partNumber: 1, eTag: first },
      { partNumber: 2, eTag: first },
    ];
    const refused = await complete({ sessionToken: opened.body.sessionToken, parts });
    expect(refused).toMatchObject({ status: 422, body: { code: 'part_mismatch' } });
    const second = await putPart(two.url, clip.subarray(5 * MiB));
    const completed = await complete({ sessionToken: opened.body.sessionToken, parts: [{ PartNumber: 1, ETag: first.replaceAll('"', '') }, { partNumber: 2, etag: second }] as never });
    expect(completed.status).toBe(200);
    await settled(completed.body.uploadId);
  });

  it('cannot be given a file of another size: storage refuses it', async () => {
    const opened = await call('POST', '/api/upload/presign-put', sessionRequest(smallClip, { fileSize: smallClip.length + 1 }));
    const sent = await fetch(opened.body.uploadUrl, { method: 'PUT', body: smallClip });
    expect(sent.status).toBe(403);
    const refused = await complete({ sessionToken: opened.body.sessionToken, parts: [] });
    expect(refused).toMatchObject({ status: 422, body: { code: 'part_mismatch' } });
  });

  it('is refused after an abort, and an abort after it', async () => {
    const staged = await stageSingle(smallClip);
    for (const _ of [1, 2]) {
      const aborted = await call('POST', '/api/upload/abort', { sessionToken: staged.sessionToken });
      expect(aborted).toMatchObject({ status: 200, body: { success: true } });
    }
    expect(await complete(staged)).toMatchObject({ status: 409, body: { code: 'session_state' } });

    const other = await stageSingle(smallClip);
    const completed = await complete(other);
    expect(await call('POST', '/api/upload/abort', { sessionToken: other.sessionToken })).toMatchObject({
      status: 409,
      body: { code: 'session_state' },
    });
    await settled(completed.body.uploadId);
  });

  it("is refused after the session's end", async () => {
    const staged = await stageSingle(smallClip);
    await endSession(staged.sessionToken);
    expect(await complete(staged)).toMatchObject({ status: 410, body: { code: 'session_expired' } });
    const again = await call('POST', '/api/upload/multipart', { sessionToken: staged.sessionToken });
    expect(again).toMatchObject({ status: 410, body: { code: 'session_expired' } });
  });
});
