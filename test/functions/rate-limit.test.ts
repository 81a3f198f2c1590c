import { afterEach, describe, expect, it } from 'vitest';
import type { Plan, Scope } from '../../core/model.ts';
import { generateApiKey } from '../../core/keys.ts';
import { ulidIds } from '../../core/ids.ts';
import type { Store } from '../../core/ports/index.ts';
import { openDoor, START } from './support/door.ts';
import type { ApiAnswer, Door, DoorOptions } from './support/door.ts';
import { hashOf } from './support/uploads.ts';

const plan: Plan = { deliveriesPerMonth: 100, requestsPerSecond: 2, burst: 3 };

let door: Door;
/** Calls of the store, in order. */
let calls: string[];
afterEach(() => door.close());

async function open(options: DoorOptions = {}): Promise<void> {
  calls = [];
  const counted = (store: Store): Store =>
    new Proxy(store, {
      get: (inner, name) => {
        const method: unknown = Reflect.get(inner, name);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]): unknown => {
          calls.push(String(name));
          return Reflect.apply(method, inner, args);
        };
      },
    });
  door = await openDoor({ plan, ...options, store: (store) => counted(options.store?.(store) ?? store) });
}

const UNKNOWN = 'GET /api/upload/upl_01J00000000000000000000000/status';
const read = (key: string): Promise<ApiAnswer> => door.call({ to: UNKNOWN, key });
const rateOf = ({ headers }: ApiAnswer) => headers['RateLimit'];

describe('the rate of a key', () => {
  it('is told with every answer, whatever it is', async () => {
    await open();
    const { key } = await door.customer();
    const answers = [await read(key), await door.call({ to: 'POST /api/upload/abort', key, json: {} }), await read(key), await read(key)];
    expect(answers.map(({ status }) => status)).toEqual([404, 400, 404, 429]);
    expect(answers.map(rateOf)).toEqual(['"requests";r=2;t=1', '"requests";r=1;t=1', '"requests";r=0;t=1', '"requests";r=0;t=1']);
    for (const { headers } of answers) {
      expect(headers['RateLimit-Policy']).toBe('"requests";q=3;w=2');
      expect(headers['Access-Control-Expose-Headers']).toContain('RateLimit, RateLimit-Policy');
    }
  });

  it('is kept to: 429 says when to come again, and then one passes', async () => {
    await open();
    const { key } = await door.customer();
    for (let n = 0; n < 3; n += 1) expect((await read(key)).status).toBe(404);
    expect(await read(key)).toMatchObject({ status: 429, body: { code: 'rate_limited' }, headers: { 'Retry-After': '1' } });
    door.clock.pass(0.499);
    expect((await read(key)).status).toBe(429);
    door.clock.pass(0.001);
    expect((await read(key)).status).toBe(404);
    expect((await read(key)).status).toBe(429);
    door.clock.pass(60);
    expect(rateOf(await read(key))).toBe('"requests";r=2;t=1');
  });

  it('is that of the key alone; sessions of a tenant share one', async () => {
    await open();
    const [one, other] = [await door.customer(), await door.customer()];
    for (let n = 0; n < 4; n += 1) await read(one.key);
    expect((await read(one.key)).status).toBe(429);
    expect((await read(other.key)).status).toBe(404);
    const { jwt } = await door.person('alice');
    const list = () => door.call({ to: 'GET /uploads', jwt });
    const answers = [await list(), await list(), await list(), await list()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  });

  it("is the tenant's own where it has one; a change counts within a minute", async () => {
    await open();
    const { key, tenantId } = await door.customer();
    expect((await read(key)).headers['RateLimit-Policy']).toBe('"requests";q=3;w=2');
    await door.store.setPlan({ tenantId, plan: { ...plan, burst: 50 }, at: START });
    door.clock.pass(59);
    expect((await read(key)).headers['RateLimit-Policy']).toBe('"requests";q=3;w=2');
    door.clock.pass(1);
    expect((await read(key)).headers['RateLimit-Policy']).toBe('"requests";q=50;w=25');
  });

  it('costs one read and one write a request, and no write when nothing is left', async () => {
    await open();
    const { key } = await door.customer();
    await read(key);
    const costs: string[][] = [];
    for (let n = 0; n < 3; n += 1) {
      calls.length = 0;
      await read(key);
      costs.push([...calls]);
    }
    expect(costs).toEqual([
      ['getApiKeyWithRate', 'takeRequest', 'getUpload'],
      ['getApiKeyWithRate', 'takeRequest', 'getUpload'],
      ['getApiKeyWithRate'],
    ]);
    door.clock.pass(60);
    calls.length = 0;
    const { jwt } = await door.person('alice');
    await door.call({ to: 'GET /uploads', jwt });
    expect(calls.slice(0, 2)).toEqual(['ensureTenantWithRate', 'takeRequest']);
  });

  it('lets through what another request was merely quicker than, uncounted and by no second write', async () => {
    await open();
    const { key } = await door.customer();
    const answers = await Promise.all(Array.from({ length: 10 }, () => read(key)));
    // All ten found the bucket full: one is counted, nine were not the first.
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(10);
    expect(calls.filter((name) => name === 'takeRequest')).toHaveLength(10);
    expect(rateOf(await read(key))).toBe('"requests";r=1;t=1');
  });

  it('stops nobody while it cannot be written, and says so in the log', async () => {
    for (const takeRequest of [() => Promise.reject(new Error('no')), () => new Promise<never>(() => undefined)]) {
      await open({ store: (store) => ({ ...store, takeRequest }) });
      const { key } = await door.customer();
      const answered = await read(key);
      expect(answered.status).toBe(404);
      expect(rateOf(answered)).toBe('"requests";r=3;t=0');
      const [line] = door.logLines.filter((each) => each.includes('rate_limiter_failed')).map((each) => JSON.parse(each));
      expect(line).toMatchObject({ level: 'warn', message: 'rate_limiter_failed' });
      await door.close();
    }
    await open();
  });

  it('has the use of a key noted by the same write, at most once an hour', async () => {
    await open({ plan: { ...plan, burst: 100 } });
    const { key } = await door.customer();
    const used = async () => {
      await read(key);
      return (await door.store.getApiKey(hashOf(key)))?.lastUsedAt;
    };
    expect(await used()).toBe(START);
    door.clock.pass(3_600);
    expect(await used()).toBe(START);
    door.clock.pass(1);
    expect(await used()).toBe('2026-04-01T11:00:01Z');
  });
});

describe('an answer to nobody', () => {
  it('says nothing of a rate', async () => {
    await open();
    const refused = await door.call({ to: UNKNOWN });
    expect(refused.status).toBe(401);
    expect(refused.headers).not.toHaveProperty('RateLimit');
  });
});

const keyWith = async (...scopes: Scope[]) => {
  const { tenantId } = await door.customer();
  const ports = { store: door.store, clock: door.clock, ids: ulidIds(door.clock) };
  return (await generateApiKey(ports, { tenantId, name: null, scopes, expiresAt: '2026-04-01T11:00:00Z' })).key;
};

describe('the scopes of a key', () => {
  it('open the routes that state them, and no others', async () => {
    await open();
    const key = await keyWith('upload:read');
    expect((await read(key)).status).toBe(404);
    const refused = await door.call({ to: 'POST /api/upload/abort', key, json: {} });
    expect(refused).toMatchObject({
      status: 403,
      body: { code: 'forbidden', detail: expect.stringContaining('upload:write'), errors: [{ field: 'X-Api-Key', code: 'scope_missing' }] },
    });
    expect(rateOf(refused)).toBe('"requests";r=2;t=1');
  });

  it('are of no use once the key has ended, at that very second', async () => {
    await open();
    const key = await keyWith('upload:read');
    door.clock.set('2026-04-01T10:59:59Z');
    expect((await read(key)).status).toBe(404);
    door.clock.set('2026-04-01T11:00:00Z');
    expect(await read(key)).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated', detail: expect.stringContaining('expired at 2026-04-01T11:00:00Z'), errors: [{ field: 'X-Api-Key', code: 'expired' }] },
    });
  });
});
