import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { FanfareError } from '../../core/errors.ts';
import type { Store } from '../../core/ports/index.ts';
import { limits } from '../../core/limits.ts';
import { times } from '../../core/times.ts';
import { answer, endpoint } from '../../functions/common/endpoint.ts';
import { groupHandler } from '../../functions/common/group.ts';
import { jsonLog } from '../../functions/common/log.ts';
import { routeGroups } from '../../functions/http/route.ts';
import type { Route } from '../../functions/http/route.ts';
import { docsEndpoints } from '../../functions/http/endpoints/docs.ts';
import { accountsEndpoints } from '../../functions/http/endpoints/accounts.ts';
import { keysEndpoints } from '../../functions/http/endpoints/keys.ts';
import { sessionsEndpoints } from '../../functions/http/endpoints/sessions.ts';
import { uploadsChangeEndpoints } from '../../functions/http/endpoints/uploads-change.ts';
import { uploadsReadEndpoints } from '../../functions/http/endpoints/uploads-read.ts';
import { uploadsWriteEndpoints } from '../../functions/http/endpoints/uploads-write.ts';
import { routes } from '../../functions/http/routes.ts';
import { memoryStore } from '../../store/memory.ts';
import { embeddedMetrics } from './support/embedded-metrics.ts';
import { openDoor, UNLIMITED, wrongFields } from './support/door.ts';
import type { Door } from './support/door.ts';
import { lambdaContext, proxyEvent } from './support/event.ts';
import { complete, sessionRequest, stageSingle } from './support/uploads.ts';

let door: Door | undefined;
afterEach(async () => {
  await door?.close();
  door = undefined;
});

async function opened(options: Parameters<typeof openDoor>[0] = {}): Promise<Door> {
  door = await openDoor({ connector: () => ({ violations: () => [] }), ...options });
  return door;
}

describe('the route table', () => {
  it('lists exactly what the groups serve', () => {
    const served = {
      keys: keysEndpoints,
      accounts: accountsEndpoints,
      sessions: sessionsEndpoints,
      'uploads-change': uploadsChangeEndpoints,
      'uploads-read': uploadsReadEndpoints,
      'uploads-write': uploadsWriteEndpoints,
      docs: docsEndpoints,
    };
    for (const group of routeGroups) {
      const inTable = routes.filter((route) => route.group === group).map((route) => route.operationId);
      expect(served[group].map(({ route }) => route.operationId).toSorted()).toEqual(inTable.toSorted());
    }
  });

  it('has no two routes in one place, and one variable name a level', () => {
    expect(new Set(routes.map((route) => `${route.method} ${route.path}`)).size).toBe(routes.length);
    const names = new Map<string, Set<string>>();
    for (const { path } of routes) {
      const steps = path.split('/');
      for (const [level, step] of steps.entries()) {
        if (!step.startsWith('{')) continue;
        const parent = steps.slice(0, level).join('/');
        names.set(parent, (names.get(parent) ?? new Set()).add(step));
      }
    }
    for (const [parent, found] of names) expect([...found], parent).toHaveLength(1);
  });
});

const post = async (body: string | Uint8Array, headers: Record<string, string>) => {
  const to = await opened();
  const { key } = await to.customer('any');
  return to.call({ to: 'POST /api/upload/abort', key, body, headers });
};
const JSON_TYPE = { 'Content-Type': 'application/json' };
const body = JSON.stringify({ sessionToken: 'st_x' });
const padded = (size: number) => body.padEnd(size, ' ');

describe('a JSON body', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])('is taken as %s', async (type) => {
    expect((await post(body, { 'content-type': type })).status).toBe(404);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1', ''])('is not taken as %j', async (type) => {
    expect(await post(body, { 'content-type': type })).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  });

  it('may come in base64, as API Gateway hands over binary types', async () => {
    expect((await post(Buffer.from(body), JSON_TYPE)).status).toBe(404);
  });

  it('with bytes that are not UTF-8 is refused', async () => {
    const answered = await post(Buffer.from(body.replace('st_x', 'st_\u00fc'), 'latin1'), JSON_TYPE);
    expect(wrongFields(answered)).toEqual(['body: invalid_utf8']);
  });

  it('that is no JSON, or JSON that can be read in two ways, is refused', async () => {
    expect(wrongFields(await post('{"sessionToken"', JSON_TYPE))).toEqual(['body: invalid_json']);
    expect(wrongFields(await post('{"sessionToken":"a","sessionToken":"b"}', JSON_TYPE))).toEqual(['body: duplicate_name']);
    expect(wrongFields(await post('{"sessionToken":"a","__proto__":{}}', JSON_TYPE))).toEqual(['body: forbidden_name']);
    expect(wrongFields(await post('['.repeat(100_000), JSON_TYPE))).toEqual(['body: invalid_json']);
  });

  it('has up to 256 KiB', async () => {
    expect((await post(padded(limits.jsonBody), JSON_TYPE)).status).toBe(404);
    expect(await post(padded(limits.jsonBody + 1), JSON_TYPE)).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
  });
});

describe('every answer', () => {
  it('to an error is a problem with a documented type and the id of the request', async () => {
    const to = await opened();
    const refused = await to.call({ to: 'POST /api/upload/abort', json: {}, requestId: 'req-77' });
    expect(refused.body).toEqual({
      type: 'https://docs.example/errors/unauthenticated',
      title: 'Not authenticated',
      status: 401,
      code: 'unauthenticated',
      detail: expect.stringContaining('X-Api-Key'),
      errors: [{ field: 'Authorization', code: 'required', message: expect.stringContaining('Authorization') }],
      requestId: 'req-77',
    });
    expect(refused.headers['X-Request-Id']).toBe('req-77');
  });

  it('may be read by browsers of the configured origins, errors too', async () => {
    const anywhere = await (await opened()).call({ to: 'GET /uploads', headers: { Origin: 'https://app.example' } });
    expect(anywhere.headers['Access-Control-Allow-Origin']).toBe('*');
    expect(anywhere.headers['Access-Control-Expose-Headers']).toContain('X-Request-Id');
    await door?.close();
    const to = await opened({ origins: ['https://app.example'] });
    const ours = await to.call({ to: 'GET /uploads', headers: { origin: 'https://app.example' } });
    expect(ours.headers).toMatchObject({ 'Access-Control-Allow-Origin': 'https://app.example', Vary: 'Origin' });
    const other = await to.call({ to: 'GET /uploads', headers: { origin: 'https://evil.example' } });
    expect(other.headers).not.toHaveProperty('Access-Control-Allow-Origin');
  });

  it('is not kept by caches', async () => {
    const to = await opened();
    const { key } = await to.customer('any');
    expect((await to.call({ to: 'POST /api/upload/abort', key, json: { sessionToken: 'x' } })).headers['Cache-Control']).toBe('no-store');
  });

  it('names at most 50 wrong fields', async () => {
    const to = await opened();
    const { key } = await to.customer('any');
    const json = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x${i}`, 1]));
    expect((await to.call({ to: 'POST /api/upload/abort', key, json })).body.errors).toHaveLength(50);
  });
});

describe('the log', () => {
  it('has one line a request, with who, what, how it ended and how long it took', async () => {
    const to = await opened();
    const customer = await to.customer('any');
    const { uploadId } = (await complete(to, customer, await stageSingle(to, customer))).body;
    to.logLines.length = 0;
    await to.call({ to: `GET /api/upload/${uploadId}/status`, key: customer.key, requestId: 'req-5' });
    await to.call({ to: 'GET /uploads', requestId: 'req-6' });
    const [read, refused, ...more] = to.logLines.map((line): unknown => JSON.parse(line));
    expect(more).toEqual([]);
    expect(read).toMatchObject({
      level: 'info',
      requestId: 'req-5',
      tenantId: customer.tenantId,
      route: 'GET /api/upload/{uploadId}/status',
      uploadId,
      status: 200,
      durationMs: expect.any(Number),
    });
    expect(embeddedMetrics.parse(read)).toMatchObject({ Route: 'GET /api/upload/{uploadId}/status', StatusClass: '2xx', RequestDuration: expect.any(Number) });
    expect(refused).toMatchObject({ requestId: 'req-6', tenantId: null, route: 'GET /uploads', status: 401, code: 'unauthenticated' });
  });

  it('names the upload or the key that an answer speaks of', async () => {
    const to = await opened();
    const customer = await to.customer('any');
    const { uploadId } = (await complete(to, customer, await stageSingle(to, customer))).body;
    const { jwt } = await to.person('alice');
    const { id: keyId } = (await to.call({ to: 'POST /api-keys/generate', jwt, json: {} })).body;
    const lines = to.logLines.map((line): unknown => JSON.parse(line));
    expect(lines.slice(-2)).toMatchObject([{ uploadId }, { keyId }]);
  });

  it('has the cause of errors that are ours', async () => {
    const to = await opened({ store: (store): Store => ({ ...store, getSession: () => Promise.reject(new Error('the table is gone')) }) });
    const { key } = await to.customer('any');
    await to.call({ to: 'POST /api/upload/abort', key, json: { sessionToken: `st_${'a'.repeat(43)}` } });
    const line: unknown = JSON.parse(to.logLines.at(-1) ?? '');
    expect(line).toMatchObject({ level: 'error', status: 500, code: 'internal', error: { message: 'the table is gone' } });
  });

  it('never holds a key, a token, a signed address or what was sent', async () => {
    const to = await opened();
    const customer = await to.customer('any');
    const { jwt } = await to.person('alice');
    const made = await to.call({ to: 'POST /api-keys/generate', jwt, json: { name: 'canary-name' } });
    const opening = await to.call({
      to: 'POST /api/upload/multipart',
      key: customer.key,
      json: sessionRequest(customer, 9, { title: 'canary-title', description: 'canary-description', fileName: 'canary-file.mp4' }),
    });
    await to.call({ to: 'POST /api/upload/complete', key: customer.key, json: { sessionToken: opening.body.sessionToken, parts: [] } });
    await to.call({ to: 'POST /api/upload/abort', key: `${customer.key}x`, json: { sessionToken: opening.body.sessionToken } });
    const { sessionToken } = opening.body;
    const failing = await to.call({ to: 'POST /api/upload/abort', key: made.body.key, json: { sessionToken, canary: 'canary' } });
    expect(failing.status).toBe(400);
    const log = to.logLines.join('\n');
    for (const secret of [customer.key, made.body.key, jwt, opening.body.sessionToken, opening.body.parts[0].url, 'canary']) {
      expect(log).not.toContain(secret);
    }
  });
});

const event = () => proxyEvent({ method: 'GET', path: '/slow', headers: { Authorization: 'Bearer x' } });

describe('a function at the end of its life', () => {
  const slow = {
    operationId: 'slow',
    summary: 'Takes its time',
    scope: 'upload:read',
    effect: 'read',
    method: 'GET',
    path: '/slow',
    group: 'keys',
    auth: 'key_or_jwt',
    body: null,
    params: null,
    query: null,
    answers: { 200: z.strictObject({}) },
    errors: [],
  } as const satisfies Route;

  const handlerOf = (work: () => Promise<void>, lines: string[]) =>
    groupHandler(
      {
        authenticator: {
          store: memoryStore(),
          clock: { now: () => new Date() },
          verifyToken: () => Promise.resolve({ issuer: 'https://issuer.example', subject: 'user', tenant: null }),
          defaultPlan: UNLIMITED,
        },
        times: times.short,
        docsUrl: 'https://docs.example/errors',
        origins: ['*'],
        log: (context) => jsonLog(context, { write: (line) => lines.push(line) }),
      },
      () => null,
      [
        endpoint(slow, {
          handle: async (_ports: null) => {
            await work();
            return answer(200, {});
          },
        }),
      ],
    );

  it('still answers, with a problem that says to try again', async () => {
    const lines: string[] = [];
    const work = Promise.withResolvers<void>();
    const answered = await handlerOf(() => work.promise, lines)(event(), lambdaContext(520));
    work.resolve();
    expect(answered).toMatchObject({ statusCode: 503, headers: { 'Retry-After': '1' } });
    expect(lines).toHaveLength(1);
  });

  it('does not answer early what is done in time', async () => {
    const lines: string[] = [];
    expect(await handlerOf(() => Promise.resolve(), lines)(event(), lambdaContext())).toMatchObject({ statusCode: 200 });
  });

  it('says that there is no other route', async () => {
    const other = proxyEvent({ method: 'GET', path: '/other' });
    expect(await handlerOf(() => Promise.resolve(), [])(other, lambdaContext())).toMatchObject({ statusCode: 404 });
  });

  it('shows the words of our own errors only', async () => {
    const failing = await handlerOf(() => Promise.reject(new TypeError('inner words')), [])(event(), lambdaContext());
    expect(failing.body).not.toContain('inner words');
    const ours = await handlerOf(() => Promise.reject(new FanfareError('busy', 'outer words')), [])(event(), lambdaContext());
    expect(ours.body).toContain('outer words');
  });
});
