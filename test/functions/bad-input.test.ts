import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { limits } from '../../core/limits.ts';
import type { Route } from '../../functions/http/route.ts';
import { routes } from '../../functions/http/routes.ts';
import { leastBodies, pathOf } from '../support/requests.ts';
import { newTenant, type Tenant } from './support/caller.ts';
import { openDoor, wrongFields, type ApiAnswer, type Door } from './support/door.ts';
import { candidates, fieldsIn } from './support/candidates.ts';

let door: Door;
let tenant: Tenant;
beforeAll(async () => {
  door = await openDoor({ connector: () => ({ violations: () => [] }) });
  tenant = await newTenant(door, 'somebody');
});
afterAll(() => door.close());

const taking = routes.filter((route) => route.body?.type === 'json');
const named = taking.map((route) => [route.operationId, route] as const);
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Sends this body to a route, whose path names objects of the caller. */
function sendTo(route: Route, body: string | Uint8Array, who = tenant): Promise<ApiAnswer> {
  const caller = route.auth === 'jwt' ? { jwt: who.jwt } : { key: who.key };
  return door.call({ to: `${route.method} ${pathOf(route, who.objects)}`, ...caller, headers: JSON_TYPE, body });
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('a body', () => {
  const refused: readonly (readonly [string, string | Uint8Array, string])[] = [
    ['is no JSON', '{', 'body: invalid_json'],
    ['is a list', '[]', 'body: invalid_type'],
    ['is a text', '"x"', 'body: invalid_type'],
    ['is a number', '7', 'body: invalid_type'],
    ['is null', 'null', 'body: invalid_type'],
    ['is too deep', `{"title":${nested(limits.jsonDepth)}}`, 'body: too_deep'],
    ['is much too deep', `{"title":${nested(100_000)}}`, 'body: too_deep'],
    ['names a field twice', '{"title":"a","title":"b"}', 'body: duplicate_name'],
    ['reaches for prototypes', '{"__proto__":{"title":"a"}}', 'body: forbidden_name'],
    ['is no UTF-8', Buffer.from('{"title":"\u00fc"}', 'latin1'), 'body: invalid_utf8'],
    ['has half of a character', String.raw`{"title":"\ud83c"}`, 'title: invalid_characters'],
    ['has NUL', String.raw`{"title":"\u0000"}`, 'title: invalid_characters'],
  ];

  it.each(named)('is refused with what is wrong, by every route: %s', async (_, route) => {
    for (const [what, body, wrong] of refused) {
      const answer = await sendTo(route, body);
      expect([what, answer.status, ...wrongFields(answer)]).toEqual([what, 400, wrong]);
    }
    const large = await sendTo(route, JSON.stringify({ title: 'x'.repeat(1_000_000) }));
    expect([large.status, large.body.code, ...wrongFields(large)]).toEqual([413, 'body_too_large', 'body: too_large']);
  });

  it.each(named)('has no field that the document does not know: %s', async (_, route) => {
    for (const body of leastBodies(route, tenant.objects)) {
      const answer = await sendTo(route, JSON.stringify({ ...body, nothing: 1 }));
      expect([answer.status, wrongFields(answer)]).toEqual([400, expect.arrayContaining(['nothing: unknown_field'])]);
    }
  });

  it.each(named)('that is empty is one without fields: %s', async (_, route) => {
    const [none, empty] = [await sendTo(route, '', await newTenant(door, 'one')), await sendTo(route, '{}', await newTenant(door, 'other'))];
    expect([none.status, wrongFields(none)]).toEqual([empty.status, wrongFields(empty)]);
    const required = leastBodies(route, tenant.objects).every((body) => Object.keys(body).length > 0);
    if (required) expect(wrongFields(none)).toContainEqual(expect.stringMatching(/: required$/u));
  });
});

/** What is wrong with the form of a field, whatever it names. */
const OF_FORM = /: (?:required|invalid_type|invalid_value|invalid_format|too_short|too_long|too_small|too_big|not_multiple_of)$/u;

describe('a field', () => {
  it.each(fieldsIn(taking).map((field) => [`${field.route.operationId}, ${field.name}`, field] as const))('is taken as the document says, and refused by its name: %s', async (_, field) => {
    for (const { value, raw, valid, edge } of candidates(field)) {
      const [body = {}] = leastBodies(field.route, tenant.objects).filter((each) => field.beside.every((name) => name in each));
      const sent = raw(JSON.stringify(field.into(body, value)));
      const answer = await sendTo(field.route, sent);
      const about = wrongFields(answer).filter((wrong) => wrong.startsWith(field.name));
      const shown = `${sent.slice(0, 200)}: ${JSON.stringify(answer.body).slice(0, 300)}`;
      expect(answer.status, shown).toBeLessThan(500);
      if (!valid) {
        expect([400, 413], shown).toContain(answer.status);
        expect(about, shown).not.toEqual([]);
      } else if (edge) expect(about.filter((wrong) => wrong.startsWith(`${field.name}: `) && OF_FORM.test(wrong)), shown).toEqual([]);
      if (answer.status === 400) expect(wrongFields(answer), shown).not.toEqual([]);
    }
  });
});

/** What an answer objects to in a field: a refusal, or a violation that the dry run found. */
function objections(answer: ApiAnswer, field: string): readonly string[] {
  const violations = z.object({ violations: z.array(z.object({ field: z.string(), rule: z.string() })).default([]) }).parse(answer.body).violations;
  return [...wrongFields(answer), ...violations.map(({ field: name, rule }) => `${name}: ${rule}`)].filter((each) => each.startsWith(`${field}: `));
}

/** Routes whose body has this field, with a body that it fits into. */
function having(name: string): readonly (readonly [string, (value: unknown) => Promise<ApiAnswer>])[] {
  return fieldsIn(taking).flatMap((field) => {
    if (field.name !== name) return [];
    const send = async (value: unknown) => {
      const [body = {}] = leastBodies(field.route, tenant.objects).filter((each) => field.beside.every((other) => other in each));
      return sendTo(field.route, JSON.stringify(field.into(body, value)));
    };
    return [[field.route.operationId, send] as const];
  });
}

describe('the size of a file is from 1 byte to 2 GiB', () => {
  const GiB = 1024 ** 3;

  it.each(having('fileSize'))('%s', async (_, send) => {
    const found = await Promise.all([0, 1, 2 * GiB, 2 * GiB + 1].map(async (size) => objections(await send(size), 'fileSize')));
    expect(found).toEqual([['fileSize: too_small'], [], [], ['fileSize: too_large']]);
  });
});

describe('a time', () => {
  const NAIVE = ['2026-04-02T10:00:00', '2026-04-02', '1775124000', ''];
  const NEVER_WAS = ['2026-06-30T23:59:60Z', '2026-02-29T10:00:00Z', '2026-04-02T24:00:00Z'];
  const OFFSETS = ['2026-04-02T10:00:00Z', '2026-04-02T15:30:00+05:30', '2026-04-02T10:00Z'];

  it.each([...having('scheduledOn'), ...having('expiresAt')])('has an offset, and exists: %s', async (operationId, send) => {
    const field = operationId === 'generateApiKey' ? 'expiresAt' : 'scheduledOn';
    for (const time of [...NAIVE, ...NEVER_WAS]) {
      const answer = await send(time);
      expect([time, answer.status, objections(answer, field)]).toEqual([time, 400, [`${field}: invalid_format`]]);
      expect(answer.body.detail).toContain('such as 2027-03-01T09:30:00Z or 2027-03-01T09:30:00+01:00');
    }
    for (const time of OFFSETS) expect([time, objections(await send(time), field)]).toEqual([time, []]);
  });

  it.each(having('scheduledOn'))('is at most one year ahead, to the second: %s', async (_, send) => {
    const objected = async (time: string) => objections(await send(time), 'scheduledOn');
    expect(await objected('2027-04-01T10:00:00Z')).toEqual([]);
    expect(await objected('2027-04-01T12:00:00+02:00')).toEqual([]);
    expect(await objected('2027-04-01T10:00:01Z')).toEqual(['scheduledOn: too_far']);
  });

  it.each(['/uploads', '/api/uploads'])('in a query is none other: %s', async (path) => {
    const ask = (time: string) => door.call({ to: `GET ${path}`, jwt: tenant.jwt, query: { from: time, to: time } });
    for (const time of [...NAIVE.filter((each) => each !== ''), ...NEVER_WAS]) expect(wrongFields(await ask(time))).toEqual(['from: invalid_format', 'to: invalid_format']);
    for (const time of OFFSETS) expect((await ask(time)).status).toBe(200);
  });
});
