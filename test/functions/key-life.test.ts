import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../core/limits.ts';
import { openDoor, START, wrongFields } from './support/door.ts';
import type { Door } from './support/door.ts';
import { hashOf } from './support/uploads.ts';

let door: Door;
let jwt: string;
beforeEach(async () => {
  door = await openDoor();
  ({ jwt } = await door.person('alice'));
});
afterEach(() => door.close());

const HOUR = 3_600;
const DAY = 24 * HOUR;
const SCOPES = ['upload:read', 'upload:write', 'account:read', 'account:write'];
const UNKNOWN = 'key_01J00000000000000000000000';

const generate = (json: object = {}, headers: Record<string, string> = {}) => door.call({ to: 'POST /api-keys/generate', jwt, json, headers });
const list = async (as = jwt) => (await door.call({ to: 'GET /api-keys', jwt: as })).body.items;
const rename = (id: string, json: unknown, as = jwt) => door.call({ to: `PATCH /api-keys/${id}`, jwt: as, json });
const revoke = (id: string, as = jwt, headers: Record<string, string> = {}) => door.call({ to: `DELETE /api-keys/${id}`, jwt: as, headers });
const rotate = (id: string, json?: unknown, as = jwt, headers: Record<string, string> = {}) =>
  door.call({ to: `POST /api-keys/${id}/rotate`, jwt: as, headers, ...(json === undefined ? {} : { json }) });
const works = async (key: string) => (await door.call({ to: 'GET /api/accounts', key })).status === 200;

describe('a new key', () => {
  it('may do everything and has no end, unless told otherwise', async () => {
    expect((await generate()).body).toMatchObject({ scopes: SCOPES, expiresAt: null });
    const narrow = await generate({ scopes: ['account:read', 'upload:read'], expiresAt: '2026-04-01T13:00:00+02:00' });
    expect(narrow.body).toMatchObject({ scopes: ['upload:read', 'account:read'], expiresAt: '2026-04-01T11:00:00Z' });
  });

  it.each([
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['upload:delete'] }, 'scopes[0]'],
    [{ scopes: Array.from({ length: 5 }, () => 'upload:read') }, 'scopes'],
    [{ expiresAt: START }, 'expiresAt'],
    [{ expiresAt: '2026-04-02T10:00:00' }, 'expiresAt'],
    [{ expiresInDays: 3 }, 'expiresInDays'],
  ])('is refused with %j, by the name of the field', async (json, field) => {
    const refused = await generate(json);
    expect(refused.status).toBe(400);
    expect(wrongFields(refused).map((wrong) => wrong.split(': ')[0])).toEqual([field]);
  });

  it('opens nothing from its end on', async () => {
    const { body } = await generate({ expiresAt: '2026-04-01T11:00:00Z' });
    door.clock.pass(HOUR - 1);
    expect(await works(body.key)).toBe(true);
    door.clock.pass(1);
    expect(await works(body.key)).toBe(false);
    expect(await list()).toMatchObject([{ id: body.id, status: 'expired' }]);
  });

  it('is one of 100 that are in use, at most', async () => {
    const made: string[] = [];
    for (let n = 0; n < limits.keysPerTenant; n += 1) made.push((await generate()).body.id);
    expect(await generate()).toMatchObject({ status: 409, body: { code: 'limit_reached', detail: expect.stringContaining('100') } });
    await revoke(made[0] ?? '');
    expect((await generate()).status).toBe(201);
    expect(await list()).toHaveLength(limits.keysPerTenant + 1);
    expect((await rotate(made[1] ?? '')).body).toMatchObject({ code: 'limit_reached', detail: expect.stringContaining('overlapSeconds of 0') });
    expect((await rotate(made[1] ?? '', { overlapSeconds: 0 })).status).toBe(201);
  });

  it('is the same one when the request is repeated under its Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': 'one' };
    const first = await generate({ name: 'CI' }, headers);
    const again = await generate({ name: 'CI' }, headers);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(await list()).toHaveLength(1);
    expect(await works(again.body.key)).toBe(true);
  });
});

describe('the list of keys', () => {
  it('shows all of the tenant, newest first, with everything but the key', async () => {
    const first = (await generate({ name: 'First', scopes: ['account:read'] })).body;
    door.clock.pass(60);
    const second = (await generate()).body;
    const bob = await door.person('bob');
    await door.call({ to: 'POST /api-keys/generate', jwt: bob.jwt, json: {} });
    await works(first.key);
    await revoke(second.id);
    const answered = await door.call({ to: 'GET /api-keys', jwt });
    const [newest, oldest, ...others] = answered.body.items;
    expect(others).toEqual([]);
    expect(newest).toMatchObject({ id: second.id, name: null, status: 'revoked', revokedAt: '2026-04-01T10:01:00Z', lastUsedAt: null });
    expect(oldest).toEqual({
      id: first.id,
      name: 'First',
      prefix: first.prefix,
      scopes: ['account:read'],
      status: 'active',
      createdAt: START,
      expiresAt: null,
      lastUsedAt: '2026-04-01T10:01:00Z',
      revokedAt: null,
      replacedBy: null,
    });
    for (const { key } of [first, second]) {
      expect(JSON.stringify(answered.body)).not.toContain(key);
      expect(JSON.stringify(answered.body)).not.toContain(hashOf(key));
    }
  });

  it('is empty for somebody new', async () => {
    expect(await list()).toEqual([]);
  });
});

describe('renaming a key', () => {
  it('changes its name and nothing else', async () => {
    const { id, key } = (await generate({ name: 'Old' })).body;
    expect(await rename(id, { name: 'New' })).toMatchObject({ status: 200, body: { id, name: 'New', status: 'active' } });
    expect(await list()).toMatchObject([{ id, name: 'New' }]);
    expect((await rename(id, { name: null })).body.name).toBeNull();
    expect(await works(key)).toBe(true);
  });

  it('needs a name, of up to 100 characters', async () => {
    const { id } = (await generate()).body;
    expect((await rename(id, { name: '🎉'.repeat(100) })).status).toBe(200);
    expect(wrongFields(await rename(id, { name: '🎉'.repeat(101) }))).toEqual(['name: too_long']);
    expect(wrongFields(await rename(id, {}))).toEqual(['name: required']);
  });
});

describe('revoking a key', () => {
  it('ends it at once, and repeating it changes nothing', async () => {
    const { id, key } = (await generate()).body;
    expect(await revoke(id)).toMatchObject({ status: 200, body: { id, status: 'revoked', revokedAt: START } });
    expect(await works(key)).toBe(false);
    door.clock.pass(60);
    expect(await revoke(id)).toMatchObject({ status: 200, body: { id, status: 'revoked', revokedAt: START } });
    expect(await revoke(id, jwt, { 'Idempotency-Key': 'one' })).toMatchObject({ status: 200 });
    expect(await revoke(id, jwt, { 'Idempotency-Key': 'one' })).toMatchObject({ status: 200, body: { revokedAt: START } });
  });
});

describe('rotating a key', () => {
  it('gives a new one with the same name and scopes, beside which the old one goes on for a day', async () => {
    const old = (await generate({ name: 'CI', scopes: ['account:read'] })).body;
    door.clock.pass(60);
    const rotated = await rotate(old.id);
    expect(rotated).toMatchObject({
      status: 201,
      body: { name: 'CI', scopes: ['account:read'], expiresAt: null, replaces: { id: old.id, expiresAt: '2026-04-02T10:01:00Z' } },
    });
    expect(rotated.body.key).not.toBe(old.key);
    door.clock.pass(DAY - 1);
    expect([await works(old.key), await works(rotated.body.key)]).toEqual([true, true]);
    door.clock.pass(1);
    expect([await works(old.key), await works(rotated.body.key)]).toEqual([false, true]);
    expect(await list()).toMatchObject([{ id: rotated.body.id }, { id: old.id, status: 'expired', replacedBy: rotated.body.id }]);
  });

  it('takes an overlap of 0 to 7 days', async () => {
    const { id } = (await generate()).body;
    for (const overlapSeconds of [-1, 0.5, 7 * DAY + 1, '60']) expect((await rotate(id, { overlapSeconds })).status).toBe(400);
    const week = await rotate(id, { overlapSeconds: 7 * DAY });
    expect(week.body.replaces.expiresAt).toBe('2026-04-08T10:00:00Z');
    expect((await rotate(week.body.id, { overlapSeconds: 0 })).status).toBe(201);
    expect(await works(week.body.key)).toBe(false);
  });

  it('never lets the old one live longer than it would have, and gives the new one as long a life', async () => {
    const old = (await generate({ expiresAt: '2026-04-01T12:00:00Z' })).body;
    door.clock.pass(HOUR);
    const rotated = (await rotate(old.id)).body;
    expect(rotated).toMatchObject({ expiresAt: '2026-04-01T13:00:00Z', replaces: { expiresAt: '2026-04-01T12:00:00Z' } });
  });

  it('is refused for a key that was rotated, revoked or is over, in words that say what to do', async () => {
    const old = (await generate()).body;
    const rotated = (await rotate(old.id)).body;
    expect(await rotate(old.id)).toMatchObject({ status: 409, body: { code: 'key_state', detail: expect.stringContaining(rotated.id) } });
    await revoke(rotated.id);
    expect(await rotate(rotated.id)).toMatchObject({ status: 409, body: { code: 'key_state', detail: expect.stringContaining('make a new one') } });
    const short = (await generate({ expiresAt: '2026-04-01T10:00:01Z' })).body;
    door.clock.pass(1);
    expect((await rotate(short.id)).status).toBe(409);
  });

  it('shows the same key when the request is repeated under its Idempotency-Key', async () => {
    const { id } = (await generate()).body;
    const headers = { 'Idempotency-Key': 'one' };
    const first = await rotate(id, { overlapSeconds: 60 }, jwt, headers);
    expect(await rotate(id, { overlapSeconds: 60 }, jwt, headers)).toMatchObject({ status: 201, body: first.body });
    expect(await list()).toHaveLength(2);
  });
});

describe('a key that is not the tenant’s', () => {
  it.each([
    ['rename', (id: string, as: string) => rename(id, { name: 7 }, as)],
    ['revoke', (id: string, as: string) => revoke(id, as)],
    ['rotate', (id: string, as: string) => rotate(id, { overlapSeconds: 'x' }, as)],
  ])('is as unknown as none, before the body is judged: %s', async (_, ask) => {
    const { id } = (await generate()).body;
    const bob = await door.person('bob');
    const { requestId: _a, ...foreign } = (await ask(id, bob.jwt)).body;
    const { requestId: _b, ...unknown } = (await ask(UNKNOWN, bob.jwt)).body;
    expect(foreign).toEqual(unknown);
    expect(foreign).toMatchObject({ status: 404, code: 'not_found' });
    expect((await ask('TENANT', jwt)).status).toBe(404);
    expect(await list()).toMatchObject([{ id, status: 'active', name: null }]);
  });
});
