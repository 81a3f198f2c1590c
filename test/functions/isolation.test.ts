import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Route } from '../../functions/http/route.ts';
import { routes } from '../../functions/http/routes.ts';
import { NEVER, probesOf, seen } from '../support/isolation.ts';
import { newTenant, sendAs, type Tenant } from './support/caller.ts';
import { openDoor, type Door } from './support/door.ts';
import { hashOf } from './support/uploads.ts';

let door: Door;
let victim: Tenant;
let people = 0;
beforeAll(async () => {
  door = await openDoor({ connector: () => ({ violations: () => [] }) });
  victim = await tenant();
});
afterAll(() => door.close());

function tenant(): Promise<Tenant> {
  people += 1;
  return newTenant(door, `person-${people}`);
}

/** How people can say who they are on a route. */
const waysOf = ({ auth }: Route) => (auth === 'key_or_jwt' ? (['key', 'jwt'] as const) : (['jwt'] as const));

const probes = probesOf(routes);

/** Everything that the records have of the victim. */
async function recordsOf({ tenantId, objects }: Tenant): Promise<unknown> {
  return {
    upload: await door.store.getUpload(objects.uploadId),
    session: await door.store.getSession(hashOf(objects.sessionToken)),
    keys: (await door.store.listApiKeys(tenantId)).map((key) => ({ ...key, lastUsedAt: null })),
    accounts: await door.store.listAccounts(tenantId),
    uploads: await door.store.listUploads({ tenantId, from: null, to: null, after: null, limit: 10 }),
  };
}

describe('the objects of another tenant', () => {
  it('can be named in these places, and nobody has forgotten one', () => {
    const places = new Set(probes.map(({ reference }) => `${reference.in} ${reference.field}`));
    expect([...places].toSorted()).toEqual([
      'body accounts', 'body media', 'body mediaId', 'body sessionToken', 'body uploadId',
      'path accountId', 'path keyId', 'path linkId', 'path mediaId', 'path uploadId',
      'query accountId', 'query cursor',
    ]);
    const named = probes.filter(({ reference }) => reference.in === 'path').map(({ route }) => route.operationId);
    expect(named.toSorted()).toEqual(routes.filter(({ path, auth }) => path.includes('{') && auth !== 'none').map((route) => route.operationId).toSorted());
  });

  it('would be forgotten by a route with a parameter that is unknown here, so it fails with a sentence', () => {
    const [route] = routes.filter(({ operationId }) => operationId === 'getUpload');
    if (route === undefined) throw new Error('the table has no getUpload');
    const folder: Route = { ...route, operationId: 'getFolder', path: '/api/folders/{folder}', params: z.strictObject({ folder: z.string() }) };
    expect(() => probesOf([folder])).toThrow('getFolder takes the text folder: say in test/support/references.ts whether it names an object of a tenant');
  });

  it.each(probes.map((probe) => [probe.name, probe] as const))('are answered as what never was, and stay as they are: %s', async (_, probe) => {
    const { kind } = probe.reference;
    const before = await recordsOf(victim);
    for (const way of waysOf(probe.route)) {
      const caller = await tenant();
      const ask = async (value: string) => seen(await sendAs(door, caller, way, probe.request(caller.objects, value)), value);
      const unknown = await ask(NEVER[kind]);
      expect(await ask(victim.objects[kind])).toEqual(unknown);
      // What has no form to keep to is judged by nothing but whether it exists.
      if (kind !== 'cursor') expect(await ask('malformed!id')).toEqual(unknown);
      const own = caller.objects[kind];
      expect(await ask(own), 'the caller’s own object is answered otherwise').not.toEqual(unknown);
    }
    expect(await recordsOf(victim)).toEqual(before);
  });
});

describe('whether the object of a path exists is decided before the request is judged', () => {
  const bad: readonly (readonly [string, Partial<Parameters<Door['call']>[0]>])[] = [
    ['a body that is no JSON', { body: '{', headers: { 'Content-Type': 'application/json' } }],
    ['an unknown field', { json: { nothing: 1 } }],
    ['a body of another type', { body: 'x', headers: { 'Content-Type': 'text/plain' } }],
    ['a body that is too large', { body: ' '.repeat(1_000_000), headers: { 'Content-Type': 'application/json' } }],
    ['a malformed If-Match', { json: {}, headers: { 'If-Match': '3' } }],
    ['a malformed Idempotency-Key', { json: {}, headers: { 'Idempotency-Key': 'ü' } }],
  ];
  const inPath = probes.filter(({ reference, route }) => reference.in === 'path' && route.body !== null);

  it.each(inPath.map((probe) => [probe.route.operationId, probe] as const))('%s', async (_, probe) => {
    const caller = await tenant();
    const ask = async (value: string, change: object) => {
      const { method, path } = probe.request(caller.objects, value);
      return door.call({ to: `${method} ${path}`, jwt: caller.jwt, ...change });
    };
    for (const [what, change] of bad) {
      expect(await ask(victim.objects[probe.reference.kind], change), what).toMatchObject({ status: 404, body: { code: 'not_found' } });
      const own = await ask(caller.objects[probe.reference.kind], change);
      if (what !== 'a malformed If-Match') expect([400, 413, 415], what).toContain(own.status);
    }
  });
});
