import { expect } from 'vitest';
import type { Route } from '../../../functions/http/route.ts';
import type { Objects } from '../../support/references.ts';
import { leastBodies, pathOf } from '../../support/requests.ts';
import { call } from './api.ts';
import { linkedOnce } from './linking.ts';
import { stack } from './stack.ts';
import { linkTo, newTenant, objectsOf, scheduledUpload, type Tenant } from './tenants.ts';
import { complete, sendFile, sessionRequest, smallClip, stageSingle } from './uploads.ts';

/** A tenant to be fuzzed, and for each operation a request that succeeds once, whatever the others have done. */
export interface FuzzWorld {
  readonly tenant: Tenant;
  readonly objects: Objects;
  /** What may be unlinked, revoked and cancelled. */
  readonly expendable: { readonly accountIds: readonly string[]; readonly keyIds: readonly string[]; readonly uploadIds: readonly string[] };
  readonly examples: ReadonlyMap<string, Example>;
}

/** Values of the parameters in the path, and bodies. */
export interface Example {
  readonly path: Readonly<Record<string, string>>;
  readonly bodies: readonly Readonly<Record<string, unknown>>[];
}

const SPARE = 3;

function spare(make: () => Promise<string>): Promise<readonly string[]> {
  return Promise.all(Array.from({ length: SPARE }, make));
}

/** Makes everything in a tenant of its own. Throws a sentence for a route that needs an object which nobody makes here. */
export async function fuzzWorld(routes: readonly Route[]): Promise<FuzzWorld> {
  const tenant = await newTenant();
  const objects = await objectsOf(tenant);
  const { accountId } = objects;
  const expendable = {
    accountIds: await spare(() => linkTo(tenant)),
    keyIds: await spare(() => newKey(tenant)),
    uploadIds: await spare(() => scheduledUpload(tenant, accountId)),
  };

  // What was chosen may be chosen again.
  const linked = await linkedOnce(tenant, 'youtube');

  // What an operation uses up, it gets for itself.
  const own: Readonly<Record<string, { readonly objects?: Partial<Objects & { asset: string; network: string }>; readonly body?: Readonly<Record<string, unknown>> }>> = {
    // With defaults, uploads to it would need more options.
    setDefaults: { objects: { accountId: await linkTo(tenant) } },
    unlinkAccount: { objects: { accountId: await linkTo(tenant) } },
    chooseTargets: { objects: { linkId: linked.linkId }, body: { targets: [linked.externalId] } },
    checkAccount: { objects: { accountId: linked.accountId } },
    revokeApiKey: { objects: { keyId: await newKey(tenant) } },
    rotateApiKey: { objects: { keyId: await newKey(tenant) } },
    completeUpload: { body: { ...(await stageSingle(smallClip, { accounts: [accountId], scheduledOn: inAnHour() }, tenant)) } },
    completeMedia: { body: { sessionToken: await sendFile(smallClip, { fileName: 'clip.mp4', contentType: 'video/mp4' }, tenant) } },
    abortUpload: { objects: { sessionToken: await session(tenant, accountId) } },
    editUpload: { body: { title: 'Summer launch' } },
    cancelUpload: { objects: { uploadId: await scheduledUpload(tenant, accountId) } },
    publishNow: { objects: { uploadId: await scheduledUpload(tenant, accountId) } },
    retryUpload: { objects: { uploadId: await failedUpload(tenant, accountId) } },
    startLink: { objects: { network: 'youtube' } },
    getClientMetadata: { objects: { network: 'bluesky' } },
    finishLink: { objects: { network: 'youtube' } },
    sendLinkForm: { objects: { network: 'youtube' } },
    getDocsAsset: { objects: { asset: await assetOfThePage() } },
  };
  const examples = routes.map((route) => {
    const { objects: others = {}, body } = own[route.operationId] ?? {};
    const mine = { ...objects, ...others };
    const names = [...route.path.matchAll(/\{(\w+)\}/gu)].map(([, name = '']) => name);
    const path = Object.fromEntries(names.map((name) => [name, pathOf({ path: `{${name}}` }, mine)]));
    return [route.operationId, { path, bodies: body === undefined ? leastBodies(route, mine) : [body] }] as const;
  });
  return { tenant, objects, expendable, examples: new Map(examples) };
}

function inAnHour(): string {
  return new Date(Date.now() + 3_600_000).toISOString();
}

async function newKey({ jwt }: Tenant): Promise<string> {
  return (await call('POST', '/api-keys/generate', {}, { jwt })).body.id;
}

async function session(tenant: Tenant, accountId: string): Promise<string> {
  return (await call('POST', '/api/upload/presign-put', sessionRequest(smallClip, { accounts: [accountId] }), tenant)).body.sessionToken;
}

/** One of its accounts was unlinked; the other waits for its time, so that the file is kept. */
async function failedUpload(tenant: Tenant, accountId: string): Promise<string> {
  const lost = await linkTo(tenant);
  const { body } = await complete(await stageSingle(smallClip, { accounts: [accountId, lost], scheduledOn: inAnHour() }, tenant), tenant);
  expect((await call('DELETE', `/api/accounts/${lost}`, undefined, tenant)).body.failedUploads).toBe(1);
  return body.uploadId;
}

async function assetOfThePage(): Promise<string> {
  const page = await (await fetch(`${stack.apiUrl}/docs`, { signal: AbortSignal.timeout(10_000) })).text();
  const asset = /docs\/([\w.-]+\.js)"/u.exec(page)?.[1];
  if (asset === undefined) throw new Error('the page of the documentation loads no script');
  return asset;
}
