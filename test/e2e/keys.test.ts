import { describe, expect, it } from 'vitest';
import { call } from './support/api.ts';
import { revokeKey } from './support/operator.ts';
import { stack, tokenOf } from './support/stack.ts';
import { newTitle, publish, sessionRequest, settled, smallClip, stageSingle } from './support/uploads.ts';

const open = (apiKey: string) => call('POST', '/api/upload/presign-put', sessionRequest(smallClip), { apiKey });

describe('an API key', () => {
  it('is made by a dashboard session, shown once, and opens sessions', async () => {
    const made = await call('POST', '/api-keys/generate', { name: 'CI uploads' }, { jwt: stack.jwt });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'CI uploads', id: expect.stringMatching(/^key_/u), key: expect.stringMatching(/^fan_/u) });
    expect(made.body.key.startsWith(made.body.prefix)).toBe(true);
    expect((await open(made.body.key)).status).toBe(201);
  });

  it.each([
    ['unknown', 'fan_' + 'A'.repeat(43) + '000000'],
    ['malformed', 'fan_not-a-key'],
    ['of another product', 'sk_live_1234567890'],
  ])('is refused when it is %s', async (_, key) => {
    expect(await open(key)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  it('is refused with a mistyped character', async () => {
    const last = stack.apiKey.at(-1) === '0' ? '1' : '0';
    expect(await open(stack.apiKey.slice(0, -1) + last)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  it('is refused once it is revoked', async () => {
    const { body } = await call('POST', '/api-keys/generate', {}, { jwt: stack.jwt });
    expect((await open(body.key)).status).toBe(201);
    await revokeKey(body.key);
    expect(await open(body.key)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  it('is refused with the word Bearer before it, and the answer says so', async () => {
    const refused = await open(`Bearer ${stack.apiKey}`);
    expect(refused).toMatchObject({ status: 401, body: { code: 'unauthenticated', detail: expect.stringContaining('Bearer') } });
  });

  it('may not make keys or read the history', async () => {
    for (const [method, path] of [['POST', '/api-keys/generate'], ['GET', '/uploads']] as const) {
      const refused = await call(method, path, method === 'POST' ? {} : undefined);
      expect(refused).toMatchObject({ status: 403, body: { code: 'api_key_not_allowed' } });
    }
  });
});

const accountsWith = async (apiKey: string) => (await call('GET', '/api/accounts', undefined, { apiKey })).status;

describe('the life of an API key', () => {
  const session = { jwt: stack.jwt };
  const shown = async (id: string) =>
    (await call('GET', '/api-keys', undefined, session)).body.items.find((key: { id: string }) => key.id === id);

  it('from one scope over a name and a rotation to its end', async () => {
    const made = (await call('POST', '/api-keys/generate', { scopes: ['account:read'] }, session)).body;
    expect(await accountsWith(made.key)).toBe(200);
    expect(await open(made.key)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await call('PATCH', `/api-keys/${made.id}`, { name: 'Reader' }, session)).body).toMatchObject({ name: 'Reader', status: 'active' });

    const once = { 'Idempotency-Key': `rotate-${made.id}` };
    const rotate = () => call('POST', `/api-keys/${made.id}/rotate`, { overlapSeconds: 600 }, session, once);
    const next = await rotate();
    expect(next).toMatchObject({ status: 201, body: { name: 'Reader', scopes: ['account:read'], replaces: { id: made.id } } });
    expect((await rotate()).body).toEqual(next.body);
    expect([await accountsWith(made.key), await accountsWith(next.body.key)]).toEqual([200, 200]);
    expect(await shown(made.id)).toMatchObject({ status: 'active', replacedBy: next.body.id, lastUsedAt: expect.any(String) });

    for (let time = 0; time < 2; time += 1) {
      expect((await call('DELETE', `/api-keys/${made.id}`, undefined, session)).body).toMatchObject({ status: 'revoked' });
    }
    expect([await accountsWith(made.key), await accountsWith(next.body.key)]).toEqual([401, 200]);
    expect(await shown(made.id)).toMatchObject({ status: 'revoked' });
  });
});

describe('what belongs to another tenant', () => {
  it('is as if it did not exist', async () => {
    const stranger = { jwt: await tokenOf('stranger') };
    const staged = await stageSingle(smallClip);
    const { uploadId } = await publish();
    const seen = {
      session: await call('POST', '/api/upload/complete', staged, stranger),
      abort: await call('POST', '/api/upload/abort', { sessionToken: staged.sessionToken }, stranger),
      resign: await call('POST', '/api/upload/multipart', { sessionToken: staged.sessionToken }, stranger),
      upload: await call('GET', `/api/upload/${uploadId}/status`, undefined, stranger),
      account: await call('POST', '/api/upload/presign-put', sessionRequest(smallClip), stranger),
    };
    const unknown = {
      session: await call('POST', '/api/upload/complete', { ...staged, sessionToken: 'st_unknown' }, stranger),
      upload: await call('GET', '/api/upload/upl_01J00000000000000000000000/status', undefined, stranger),
      account: await call('POST', '/api/upload/presign-put', sessionRequest(smallClip, { accounts: ['acc_01J00000000000000000000000'] }), stranger),
    };
    expect(seen.session).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(seen.abort.status).toBe(404);
    expect(seen.resign.status).toBe(404);
    expect(seen.upload.status).toBe(404);
    expect(seen.account).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(unknown.session.status).toBe(seen.session.status);
    expect(unknown.upload.body.detail.replaceAll(/upl_\w+/gu, '')).toBe(seen.upload.body.detail.replaceAll(/upl_\w+/gu, ''));
    expect(unknown.account.body.errors[0].code).toBe(seen.account.body.errors[0].code);
    await settled(uploadId);
  });

  it('is not in the history of a new tenant', async () => {
    const jwt = await tokenOf(`newcomer ${newTitle()}`);
    const key = await call('POST', '/api-keys/generate', { name: 'first' }, { jwt });
    expect(key.status).toBe(201);
    const history = await call('GET', '/uploads', undefined, { jwt });
    expect(history).toMatchObject({ status: 200, body: { items: [], total: 0 } });
  });
});
