import { expect, it } from 'vitest';
import { routes } from '../../functions/http/routes.ts';
import { NEVER, probesOf, seen } from '../support/isolation.ts';
import { formData, type SampleRequest } from '../support/requests.ts';
import { call, type ApiAnswer, type Caller } from './support/api.ts';
import { newTenant, objectsOf } from './support/tenants.ts';

const send = (caller: Caller, { method, path, query, type, body }: SampleRequest): Promise<ApiAnswer> => {
  const where = Object.keys(query).length === 0 ? path : `${path}?${new URLSearchParams(query).toString()}`;
  return call(method, where, type === null ? undefined : type === 'form' ? formData(body) : body, caller);
};

const lookedUp = (answer: ApiAnswer, value: string): unknown => seen({ ...answer, headers: Object.fromEntries(answer.headers) }, value);

// That the tenant's own objects are answered otherwise, each in each place, is held in `test/functions/isolation.test.ts`.
it('answers what is another tenant’s like what never was, on every route, and leaves it as it is', async () => {
  const [victim, caller] = await Promise.all([newTenant(), newTenant()]);
  const [theirs, own] = await Promise.all([objectsOf(victim), objectsOf(caller)]);
  const state = async () => {
    const upload = await call('GET', `/api/upload/${theirs.uploadId}`, undefined, victim);
    const session = await call('POST', '/api/upload/session', { sessionToken: theirs.sessionToken }, victim);
    const keys = await call('GET', '/api-keys', undefined, { jwt: victim.jwt });
    const accounts = await call('GET', '/api/accounts', undefined, victim);
    expect([upload, session, keys, accounts].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const statuses = keys.body.items.map(({ id, status }: { id: string; status: string }) => [id, status]);
    const { status, revision, title, scheduledOn } = upload.body;
    return { upload: { status, revision, title, scheduledOn }, session: session.body.state, keys: statuses, accounts: accounts.body };
  };
  const before = await state();
  for (const { name, reference, request } of probesOf(routes)) {
    for (const who of [{ apiKey: caller.apiKey }, { jwt: caller.jwt }]) {
      const [unknown, foreign] = [NEVER[reference.kind], theirs[reference.kind]];
      const expected = lookedUp(await send(who, request(own, unknown)), unknown);
      expect(lookedUp(await send(who, request(own, foreign)), foreign), name).toEqual(expected);
    }
  }
  expect(await state()).toEqual(before);
});
