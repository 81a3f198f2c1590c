import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { expect } from 'vitest';
import { tenantOf } from '../../../core/tenants.ts';
import { linkSandboxAccount } from '../../../local/sandbox-account.ts';
import type { Objects } from '../../support/references.ts';
import { call } from './api.ts';
import { stack, tokenOf } from './stack.ts';
import { complete, sessionRequest, smallClip, stageSingle } from './uploads.ts';

/** A tenant of its own, with nothing in it. */
export interface Tenant {
  readonly tenantId: string;
  readonly jwt: string;
  readonly apiKey: string;
}

/** The tenant of a new user, with a key that may do everything. */
export async function newTenant(): Promise<Tenant> {
  const jwt = await tokenOf(`somebody ${randomUUID()}`);
  const { iss = '', sub = '' } = decodeJwt(jwt);
  const made = await call('POST', '/api-keys/generate', {}, { jwt });
  expect(made.status).toBe(201);
  return { tenantId: tenantOf(iss, sub), jwt, apiKey: made.body.key };
}

export async function linkTo({ tenantId }: Tenant, network = 'youtube'): Promise<string> {
  return (await linkSandboxAccount({ ...stack, tenantId }, network, { name: 'Somebody' })).accountId;
}

/** An upload that waits for an hour at least. */
export async function scheduledUpload(tenant: Tenant, accountId: string): Promise<string> {
  const scheduledOn = new Date(Date.now() + 3_600_000).toISOString();
  const completed = await complete(await stageSingle(smallClip, { accounts: [accountId], scheduledOn }, tenant), tenant);
  expect(completed.body.status).toBe('Scheduled');
  return completed.body.uploadId;
}

/** Makes one object of each kind. */
export async function objectsOf(tenant: Tenant): Promise<Objects> {
  const accountId = await linkTo(tenant);
  const uploadId = await scheduledUpload(tenant, accountId);
  await scheduledUpload(tenant, accountId);
  const { body: key } = await call('POST', '/api-keys/generate', {}, { jwt: tenant.jwt });
  const { body: session } = await call('POST', '/api/upload/presign-put', sessionRequest(smallClip, { accounts: [accountId] }), tenant);
  const { body: detail } = await call('GET', `/api/upload/${uploadId}`, undefined, tenant);
  const { body: page } = await call('GET', '/api/uploads?pageSize=1', undefined, tenant);
  const { body: link } = await call('POST', '/api/accounts/link', { network: 'youtube', redirectUrl: 'http://127.0.0.1:3000/linked' }, tenant);
  return { uploadId, accountId, linkId: link.linkId, keyId: key.id, sessionToken: session.sessionToken, mediaId: detail.media[0].mediaId, cursor: page.nextCursor };
}
