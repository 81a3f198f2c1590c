import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { call } from './support/api.ts';
import { setPlanOf } from './support/operator.ts';
import { stack, tokenOf } from './support/stack.ts';
import { newTitle, putPart, sessionRequest, settled, smallClip } from './support/uploads.ts';

const named = (key: string) => ({ 'idempotency-key': key });

describe('a request with an Idempotency-Key', () => {
  it('opens one session and makes one upload of it, however often it is sent', async () => {
    const request = sessionRequest(smallClip);
    const [opening, completing] = [randomUUID(), randomUUID()];
    const open = (change: object = {}) => call('POST', '/api/upload/presign-put', { ...request, ...change }, undefined, named(opening));
    const first = await open();
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const again = await open();
    expect(again).toMatchObject({ status: 201, body: { sessionToken: first.body.sessionToken, fileId: first.body.fileId } });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await open({ title: 'Another' })).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });

    await putPart(again.body.uploadUrl, smallClip);
    const body = { sessionToken: first.body.sessionToken, parts: [] };
    const complete = () => call('POST', '/api/upload/complete', body, undefined, named(completing));
    const answers = await Promise.all([complete(), complete(), complete()]);
    const done = answers.filter(({ status }) => status < 300);
    for (const { status, body } of answers.filter((answer) => !done.includes(answer))) expect([status, body.code]).toEqual([409, 'idempotency_in_progress']);
    const { uploadId } = (await complete()).body;
    expect(new Set(done.map((answer) => answer.body.uploadId))).toEqual(new Set([uploadId]));
    await settled(uploadId);
  });

  it('makes one key, and shows the same one', async () => {
    const jwt = await tokenOf(`once ${newTitle()}`);
    const idempotencyKey = randomUUID();
    const generate = () => call('POST', '/api-keys/generate', { name: 'CI' }, { jwt }, named(idempotencyKey));
    const [first, again] = [await generate(), await generate()];
    expect(first.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect((await call('GET', '/api-keys', undefined, { jwt })).body.items).toHaveLength(1);
  });
});

describe('the rate of requests', () => {
  it('is told with each answer, and is so large here that nobody meets it', async () => {
    const { headers } = await call('GET', '/api/upload/upl_01J00000000000000000000000/status');
    expect(headers.get('ratelimit-policy')).toBe('"requests";q=1000000;w=10');
    expect(headers.get('ratelimit')).toMatch(/^"requests";r=\d{6};t=1$/u);
  });

  it('of a small plan ends in 429, and goes on after the time that it names', async () => {
    const jwt = await tokenOf(`small plan ${newTitle()}`);
    const made = await call('POST', '/api-keys/generate', {}, { jwt });
    await setPlanOf(made.body.key, { deliveriesPerMonth: 10, requestsPerSecond: 0.5, burst: 2 });
    const read = () => call('GET', '/uploads', undefined, { jwt });
    // Making the key was counted under the other plan.
    const answers = [await read(), await read(), await read()];
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body).toMatchObject({ code: 'rate_limited' });
    expect(refused?.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=[12]$/u);
    await sleep(1_000 * Number(refused?.headers.get('retry-after')));
    expect((await read()).status).toBe(200);
    expect(made.status).toBe(201);
  });
});

describe('a JSON body', () => {
  it('with bytes that are not UTF-8 is refused', async () => {
    const answer = await fetch(`${stack.apiUrl}/api/upload/abort`, {
      method: 'POST',
      headers: { 'x-api-key': stack.apiKey, 'content-type': 'application/json' },
      body: Buffer.from('{"sessionToken":"\u00fc"}', 'latin1'),
    });
    expect(await answer.json()).toMatchObject({ status: 400, errors: [{ field: 'body', code: 'invalid_utf8' }] });
  });

  it('may be sent by browsers, which ask first', async () => {
    const answer = await fetch(`${stack.apiUrl}/api/upload/complete`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'idempotency-key' },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-headers')).toContain('Idempotency-Key');
  });
});
