import { readFileSync } from 'node:fs';
import type { Objects } from '../../support/references.ts';
import { formData, type SampleRequest } from '../../support/requests.ts';
import type { ApiAnswer, Door } from './door.ts';
import { complete, sessionRequest, stageSingle } from './uploads.ts';

/** Someone with everything that can be named. */
export interface Tenant {
  readonly tenantId: string;
  readonly jwt: string;
  readonly key: string;
  readonly objects: Objects;
}

const LATER = '2026-05-01T10:00:00Z';
/** What is asked about a file is answered only if it is one. */
const clip = new Uint8Array(readFileSync(new URL('../../../local/demo-small.mp4', import.meta.url)));

/** Makes the tenant of a new person, with one object of each kind. */
export async function newTenant(door: Door, person: string): Promise<Tenant> {
  const { jwt, tenantId } = await door.person(person);
  const newKey = async () => (await door.call({ to: 'POST /api-keys/generate', jwt, json: {} })).body;
  const [{ key }, { id: keyId }] = [await newKey(), await newKey()];
  const accountId = await door.link(tenantId, 'any');
  const customer = { tenantId, key, accounts: [accountId] };
  const upload = async () => (await complete(door, customer, await stageSingle(door, customer, { scheduledOn: LATER }, clip))).body;
  const [{ uploadId }] = [await upload(), await upload()];
  const opened = await door.call({ to: 'POST /api/upload/presign-put', key, json: sessionRequest(customer, 1_000) });
  const detail = await door.call({ to: `GET /api/upload/${uploadId}`, key });
  const link = await door.call({ to: 'POST /api/accounts/link', key, json: { network: 'youtube', redirectUrl: 'http://127.0.0.1:3000/linked' } });
  const page = await door.call({ to: 'GET /api/uploads', key, query: { pageSize: '1' } });
  const objects = {
    uploadId,
    accountId,
    keyId,
    sessionToken: opened.body.sessionToken,
    mediaId: detail.body.media[0].mediaId,
    linkId: link.body.linkId,
    cursor: page.body.nextCursor,
  };
  return { tenantId, jwt, key, objects };
}

/** Sends a request as that tenant, by its key or in a dashboard session. */
export async function sendAs(door: Door, who: Tenant, way: 'key' | 'jwt', { method, path, query, type, body }: SampleRequest): Promise<ApiAnswer> {
  const to = `${method} ${path}`;
  const caller = way === 'key' ? { key: who.key } : { jwt: who.jwt };
  if (type !== 'form') return door.call({ to, ...caller, query, ...(type === 'json' ? { json: body } : {}) });
  const form = new Request('http://localhost/', { method: 'POST', body: formData(body) });
  const headers = { 'Content-Type': form.headers.get('content-type') ?? '' };
  return door.call({ to, ...caller, query, headers, body: new Uint8Array(await form.arrayBuffer()) });
}
