import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newKey } from '../../core/keys.ts';
import type { Store } from '../../core/ports/index.ts';
import { openDoor, START, wrongFields } from './support/door.ts';
import type { Door } from './support/door.ts';
import { complete, hashOf, stageSingle } from './support/uploads.ts';

let door: Door;
let reads: string[];

/** Notes which hashes are looked up. */
function watched(store: Store): Store {
  return {
    ...store,
    getApiKeyWithRate: (hash) => {
      reads.push(hash);
      return store.getApiKeyWithRate(hash);
    },
  };
}

beforeEach(async () => {
  reads = [];
  door = await openDoor({ store: watched, connector: () => ({ violations: () => [] }) });
});
afterEach(() => door.close());

const generate = (jwt: string, json: object = {}) => door.call({ to: 'POST /api-keys/generate', jwt, json });
const status = (headers: Record<string, string>) => door.call({ to: 'GET /api/upload/upl_01J00000000000000000000000/status', headers });

describe('making an API key', () => {
  it('shows the key once, and stores only its hash', async () => {
    const { jwt, tenantId } = await door.person('alice');
    const made = await generate(jwt, { name: 'CI uploads' });
    expect(made).toMatchObject({ status: 201, body: { name: 'CI uploads', createdAt: START, id: expect.stringMatching(/^key_/u) } });
    expect(made.body.key.slice(0, 8)).toBe(made.body.prefix);
    const stored = await door.store.getApiKey(hashOf(made.body.key));
    expect(stored).toMatchObject({ keyId: made.body.id, tenantId, revokedAt: null, lastUsedAt: null });
    expect(JSON.stringify(stored)).not.toContain(made.body.key);
    expect(door.logLines.join('\n')).not.toContain(made.body.key);
  });

  it('needs no name', async () => {
    const { jwt } = await door.person('alice');
    for (const json of [{}, { name: null }]) expect(await generate(jwt, json)).toMatchObject({ status: 201, body: { name: null } });
    const empty = await door.call({ to: 'POST /api-keys/generate', jwt });
    expect(empty.status).toBe(201);
  });

  it('takes a name of up to 100 characters', async () => {
    const { jwt } = await door.person('alice');
    expect((await generate(jwt, { name: '🎉'.repeat(100) })).status).toBe(201);
    expect(wrongFields(await generate(jwt, { name: '🎉'.repeat(101) }))).toEqual(['name: too_long']);
    expect(wrongFields(await generate(jwt, { name: '' }))).toEqual(['name: too_short']);
    expect(wrongFields(await generate(jwt, { name: 7, expires: 'never' }))).toEqual(['name: invalid_type', 'expires: unknown_field']);
  });

  it('gives each person a tenant of their own', async () => {
    const [alice, bob] = [await door.person('alice'), await door.person('bob')];
    const keys = [await generate(alice.jwt), await generate(alice.jwt), await generate(bob.jwt)];
    const tenants = await Promise.all(keys.map((made) => door.store.getApiKey(hashOf(made.body.key)).then((key) => key?.tenantId)));
    expect(tenants).toEqual([alice.tenantId, alice.tenantId, bob.tenantId]);
    expect(alice.tenantId).toMatch(/^ten_[0-9A-HJKMNP-TV-Z]{26}$/u);
    expect(alice.tenantId).not.toBe(bob.tenantId);
  });

  it('is for dashboard sessions, not for keys', async () => {
    const { key } = await door.customer();
    const { jwt } = await door.person('alice');
    const refused = await door.call({ to: 'POST /api-keys/generate', key, json: {} });
    expect(refused).toMatchObject({ status: 403, body: { code: 'api_key_not_allowed' } });
    expect((await door.call({ to: 'POST /api-keys/generate', key, jwt, json: {} })).status).toBe(403);
    expect((await door.call({ to: 'POST /api-keys/generate', json: {} })).status).toBe(401);
  });
});

describe('an API key', () => {
  it('opens the routes of its tenant', async () => {
    const { key } = await door.customer();
    expect((await status({ 'X-Api-Key': key })).status).toBe(404);
    expect((await status({ 'x-api-key': key })).status).toBe(404);
  });

  it.each([
    ['empty', ''],
    ['malformed', 'fan_not-a-key'],
    ['of another product', 'sk_live_1234567890'],
    ['cut short', newKey().slice(0, -1)],
    ['of another case', newKey().toUpperCase()],
  ])('that is %s is refused without a read', async (_, key) => {
    expect(await status({ 'X-Api-Key': key })).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(reads).toEqual([]);
  });

  it('with a mistyped character is refused without a read', async () => {
    const key = newKey();
    const mistyped = `${key.slice(0, 20)}${key[20] === 'x' ? 'y' : 'x'}${key.slice(21)}`;
    expect((await status({ 'X-Api-Key': mistyped })).status).toBe(401);
    expect(reads).toEqual([]);
  });

  it('that nobody made is refused after one read', async () => {
    const key = newKey();
    expect((await status({ 'X-Api-Key': key })).status).toBe(401);
    expect(reads).toEqual([hashOf(key)]);
  });

  it('that was revoked is refused', async () => {
    const { key } = await door.customer();
    await door.store.revokeApiKey(hashOf(key), START);
    expect(await status({ 'X-Api-Key': key })).toMatchObject({ status: 401, body: { detail: expect.stringContaining('revoked') } });
  });

  it.each(['Bearer ', 'bearer ', 'Bearer\t'])('after %j is refused with words that say so', async (prefix) => {
    const { key } = await door.customer();
    const refused = await status({ 'X-Api-Key': prefix + key });
    expect(refused).toMatchObject({ status: 401, body: { detail: expect.stringContaining('leave out the prefix "Bearer "') } });
    expect(reads).toEqual([]);
  });

  it('in Authorization is refused with words that say where it goes', async () => {
    const { key } = await door.customer();
    const refused = await status({ Authorization: `Bearer ${key}` });
    expect(refused).toMatchObject({ status: 401, body: { detail: expect.stringContaining('X-Api-Key') } });
  });

  it('wins over a dashboard session that is sent along', async () => {
    const customer = await door.customer('any');
    const { jwt } = await door.person('alice');
    const { uploadId } = (await complete(door, customer, await stageSingle(door, customer))).body;
    const read = (headers: object) => door.call({ to: `GET /api/upload/${uploadId}/status`, ...headers });
    expect((await read({ key: customer.key, jwt })).status).toBe(200);
    expect((await read({ jwt })).status).toBe(404);
    expect((await read({ key: newKey(), jwt })).status).toBe(401);
  });

  it('has its time of use written at most once an hour', async () => {
    const { key } = await door.customer();
    const used = async () => {
      await status({ 'X-Api-Key': key });
      return (await door.store.getApiKey(hashOf(key)))?.lastUsedAt;
    };
    expect(await used()).toBe(START);
    door.clock.pass(3_600);
    expect(await used()).toBe(START);
    door.clock.pass(1);
    expect(await used()).toBe('2026-04-01T11:00:01Z');
  });
});

describe('a dashboard session', () => {
  it.each([
    ['missing', {}],
    ['of another scheme', { Authorization: 'Basic dXNlcjpwYXNz' }],
    ['empty', { Authorization: 'Bearer ' }],
    ['not a token', { Authorization: 'Bearer nonsense' }],
  ])('that is %s is refused, and the answer names the scheme', async (_, headers: Record<string, string>) => {
    const refused = await status(headers);
    expect(refused).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(refused.headers['WWW-Authenticate']).toBe(
      'Authorization' in headers ? 'Bearer realm="fanfare", error="invalid_token"' : 'Bearer realm="fanfare"',
    );
  });

  it('is taken whatever the case of the scheme', async () => {
    const { jwt } = await door.person('alice');
    expect((await status({ authorization: `bearer ${jwt}` })).status).toBe(404);
  });
});
