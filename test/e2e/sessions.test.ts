import { describe, expect, it } from 'vitest';
import { signedParts } from '../../local/client.ts';
import { call } from './support/api.ts';
import { endSession } from './support/operator.ts';
import { postsOf } from './support/sandbox.ts';
import { accounts, networks, stack } from './support/stack.ts';
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

describe('a client that lost everything but the token of its session', () => {
  it('learns what has arrived, sends the rest, and completes', async () => {
    const title = newTitle();
    const opened = await call('POST', '/api/upload/multipart', sessionRequest(clip, { partSize: 5 * MiB, title }));
    const { sessionToken } = opened.body;
    await putPart(opened.body.parts[1].url, clip.subarray(5 * MiB));

    const resumed = await call('POST', '/api/upload/session', { sessionToken });
    expect(resumed).toMatchObject({ status: 200, body: { state: 'open', partCount: 2, arrivedParts: [{ partNumber: 2 }], missingParts: [{ partNumber: 1 }] } });
    await putPart(resumed.body.missingParts[0].url, clip.subarray(0, 5 * MiB));

    const { body } = await call('POST', '/api/upload/session', { sessionToken });
    const parts = body.arrivedParts.map(({ partNumber, eTag }: { partNumber: number; eTag: string }) => ({ partNumber, eTag }));
    const completed = await complete({ sessionToken, parts });
    expect(completed.status).toBe(200);
    const { uploadId } = completed.body;
    expect((await call('POST', '/api/upload/session', { sessionToken })).body).toMatchObject({ state: 'completed', uploadId });
    expect((await settled(uploadId)).status).toBe('Uploaded');
    for (const network of networks) expect(await postsOf(network, title)).toHaveLength(1);
  });
});

describe('a session of 410 parts', () => {
  it('hands its URLs out in windows of 100, and our own client follows them', async () => {
    const opened = await call('POST', '/api/upload/multipart', sessionRequest(clip, { accounts: [accounts.youtube], fileSize: 2048 * MiB, partSize: 5 * MiB }));
    expect(opened.body).toMatchObject({ partCount: 410, nextPartNumber: 101 });
    const numbers: number[] = [];
    const urls = new Set<string>();
    for await (const { partNumber, url } of signedParts(stack, opened.body)) {
      numbers.push(partNumber);
      urls.add(url);
    }
    expect(numbers).toEqual(Array.from({ length: 410 }, (_, i) => i + 1));
    expect(urls.size).toBe(410);
    const resumed = await call('POST', '/api/upload/session', { sessionToken: opened.body.sessionToken, fromPart: 311 });
    expect(resumed.body.missingParts).toHaveLength(100);
    expect(resumed.body.nextPartNumber).toBeNull();
    await call('POST', '/api/upload/abort', { sessionToken: opened.body.sessionToken });
  });
});

describe('the dry run', () => {
  it("applies the rules of the demo accounts' networks, on what is declared and on what is stored", async () => {
    const fine = await call('POST', '/api/upload/validate', sessionRequest(smallClip));
    expect(fine).toMatchObject({ status: 200, body: { valid: true, violations: [], probed: false } });
    const staged = await stageSingle(smallClip, { title: newTitle() });
    const { sessionToken } = staged;
    const said = { title: 'a'.repeat(101), accounts: Object.values(accounts), sessionToken };
    const broken = { accountId: accounts.youtube, network: 'youtube', rule: 'youtube.video.title_max', value: 101, limit: 100, unit: 'characters', remedy: 'Shorten it.' };
    expect(await call('POST', '/api/upload/validate', said)).toMatchObject({ status: 200, body: { valid: false, violations: [broken], probed: false } });
    const { uploadId } = (await complete(staged)).body;
    expect(await call('POST', '/api/upload/validate', said)).toMatchObject({ status: 200, body: { violations: [broken], probed: true } });
    await settled(uploadId);
  });
});
