import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scopes, type Scope } from '../../core/model.ts';
import type { Route } from '../../functions/http/route.ts';
import { routes } from '../../functions/http/routes.ts';
import { openDoor } from './support/door.ts';
import type { Door } from './support/door.ts';

let door: Door;
beforeEach(async () => {
  door = await openDoor();
});
afterEach(() => door.close());

const keyWith = async (wanted: readonly Scope[]): Promise<string> => {
  const { jwt } = await door.person('alice');
  return (await door.call({ to: 'POST /api-keys/generate', jwt, json: { scopes: wanted } })).body.key;
};
const ask = (route: Route, key: string) => {
  const to = `${route.method} ${route.path.replaceAll(/\{\w+\}/gu, 'nothing')}`;
  return door.call({ to, key, ...(route.body?.type === 'json' ? { json: {} } : {}) });
};
const taking = routes.filter((route) => route.auth === 'key_or_jwt');

describe('a scope', () => {
  it('is stated by each route that takes keys, and by no other', () => {
    expect(routes.filter((route) => (route.scope !== null) !== (route.auth === 'key_or_jwt'))).toEqual([]);
    expect(new Set(taking.map((route) => route.scope))).toEqual(new Set(scopes));
  });

  it.each(taking.map((route) => [route.operationId, route] as const))('alone opens what needs it, and all others together do not: %s', async (_, route) => {
    const without = await ask(route, await keyWith(scopes.filter((scope) => scope !== route.scope)));
    expect(without).toMatchObject({ status: 403, body: { code: 'forbidden', detail: expect.stringContaining(String(route.scope)) } });
    const just = await ask(route, await keyWith(scopes.filter((scope) => scope === route.scope)));
    expect([401, 403]).not.toContain(just.status);
  });

  it('is not needed in a dashboard session', async () => {
    const { jwt } = await door.person('alice');
    for (const route of routes.filter((each) => each.auth !== 'none')) {
      const to = `${route.method} ${route.path.replaceAll(/\{\w+\}/gu, 'nothing')}`;
      const answered = await door.call({ to, jwt, ...(route.body?.type === 'json' ? { json: {} } : {}) });
      expect([401, 403], to).not.toContain(answered.status);
    }
  });
});

describe('every combination of scopes', () => {
  const combinations = Array.from({ length: 2 ** scopes.length - 1 }, (_, n) => scopes.filter((_scope, bit) => ((n + 1) & (1 << bit)) !== 0));

  it.each(combinations.map((combination) => [combination]))('opens just its routes: %j', async (combination) => {
    const key = await keyWith(combination);
    for (const route of taking) {
      const { status } = await ask(route, key);
      expect([route.operationId, status === 403]).toEqual([route.operationId, !combination.includes(route.scope ?? 'upload:read')]);
    }
  });
});
