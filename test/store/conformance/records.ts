import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import { timestampAfter } from '../../../core/clock.ts';
import { scopes, type Account, type ApiKey, type Delivery, type DeliveryError, type Sealed, type Upload, type UploadSession } from '../../../core/model.ts';
import type { DeliveryRef, Store } from '../../../core/ports/index.ts';
import { newDelivery as begun } from '../../../core/uploads/delivery.ts';

/** Records as the product makes them, with ids of their own: tests share a table and never meet. */

/** A ULID; from a quick source, since tests need thousands. */
export const newId = (): string => ulid(undefined, Math.random);

/** The time `seconds` after an arbitrary beginning. */
export function at(seconds: number): string {
  return timestampAfter(new Date('2026-04-01T10:00:00Z'), seconds);
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export const sealed = (text: string): Sealed => ({ v: 1, dataKey: 'a2V5', iv: 'aXY=', ciphertext: Buffer.from(text).toString('base64'), tag: 'dGFn' });

export function newApiKey(change: Partial<ApiKey> = {}): ApiKey {
  return {
    keyId: `key_${newId()}`,
    tenantId: `ten_${newId()}`,
    keyHash: hashOf(newId()),
    prefix: 'fan_3vQ9',
    name: 'CI',
    scopes,
    createdAt: at(0),
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
    replacedBy: null,
    ...change,
  };
}

export function newAccount(change: Partial<Account> = {}): Account {
  return {
    accountId: `acc_${newId()}`,
    tenantId: `ten_${newId()}`,
    network: 'alpha',
    externalId: `UC-${newId()}`,
    name: 'A channel',
    health: 'active',
    healthSince: at(0),
    healthReason: null,
    profile: null,
    scopes: ['upload'],
    limits: { duration: 900 },
    defaults: {},
    tokens: sealed('first'),
    tokenVersion: 1,
    tokenEnds: at(3600),
    accessEnds: at(7200),
    renewAt: null,
    lease: null,
    createdAt: at(0),
    ...change,
  };
}

export function newSession(change: Partial<UploadSession> = {}): UploadSession {
  const uploadId = `upl_${newId()}`;
  return {
    tokenHash: hashOf(uploadId),
    tenantId: `ten_${newId()}`,
    uploadId,
    fileId: `file_${newId()}`,
    state: 'open',
    metadata: {
      title: 'Spring launch',
      description: null,
      accounts: [`acc_${newId()}`],
      scheduledOn: null,
      options: { alpha: { tags: ['a', 'b'], deep: { er: [null, 1.5, true] } } },
      onViolation: 'reject',
    },
    file: { fileName: 'a clip.mp4', fileSize: 7_340_032, contentType: 'video/mp4', sha256: null },
    objectKey: `in/ten_1/${uploadId}/1.mp4`,
    multipartId: 'multipart-1',
    partSize: 5_242_880,
    partCount: 2,
    createdAt: at(0),
    expiresAt: at(7 * 86_400),
    ...change,
  };
}

export function newUpload(session: UploadSession, change: Partial<Upload> = {}): Upload {
  const { uploadId, tenantId, metadata, multipartId, objectKey } = session;
  return {
    uploadId,
    tenantId,
    kind: 'video',
    title: metadata?.title ?? 'Of stored files',
    description: metadata?.description ?? null,
    options: metadata?.options ?? {},
    scheduledOn: metadata?.scheduledOn ?? null,
    createdAt: at(60),
    updatedAt: at(60),
    revision: 1,
    media: [
      {
        mediaId: `med_${newId()}`,
        objectKey,
        fileName: 'a clip.mp4',
        size: 7_340_032,
        contentType: 'video/mp4',
        sha256: null,
        facts: null,
        image: null,
        inspectedAt: null,
      },
    ],
    attachments: [],
    assembly: { multipartId, sessionTokenHash: session.tokenHash, parts: [{ partNumber: 1, eTag: '"e1"', size: 5_242_880 }] },
    partsDigest: hashOf('parts'),
    claim: null,
    closedRevision: 0,
    wake: null,
    watchAt: null,
    releasedAt: null,
    ...change,
  };
}

export function newDelivery(upload: Upload, account: Account, change: Partial<Delivery> = {}): Delivery {
  return { ...begun(upload, account), ...change };
}

export const error = (message = 'It did not work. Try again.'): DeliveryError => ({
  code: 'platform_unavailable',
  message,
  platformCode: '503',
  platformMessage: 'Service unavailable',
});

export interface Created {
  readonly tenantId: string;
  readonly session: UploadSession;
  readonly upload: Upload;
  readonly accounts: readonly Account[];
  readonly refs: readonly DeliveryRef[];
}

/** An upload as `complete` makes it: with its session, its linked accounts and a delivery to each. */
export async function createUpload(
  store: Store,
  options: {
    readonly tenantId?: string;
    /** So many new ones, or these, which are linked already. */
    readonly accounts?: number | readonly Account[];
    readonly session?: UploadSession;
    readonly upload?: Partial<Upload>;
  } = {},
): Promise<Created> {
  const tenantId = options.tenantId ?? `ten_${newId()}`;
  const { accounts: wanted = 1 } = options;
  const accounts = typeof wanted === 'number' ? Array.from({ length: wanted }, () => newAccount({ tenantId })) : wanted;
  if (typeof wanted === 'number') for (const account of accounts) await store.putAccount(account);
  const session = options.session ?? newSession({ tenantId });
  const upload = newUpload(session, options.upload);
  const deliveries = accounts.map((account) => newDelivery(upload, account));
  await store.putSession(session);
  const created = await store.createUpload({ upload, deliveries, sessionTokenHash: session.tokenHash, month: '2026-04', limit: null });
  if (created !== 'created') throw new Error(`not created: ${JSON.stringify(created)}`);
  return { tenantId, session, upload, accounts, refs: deliveries.map(({ uploadId, accountId }) => ({ uploadId, accountId })) };
}

/** The first of a list that has one. */
export function first<Value>(values: readonly Value[]): Value {
  const [value] = values;
  if (value === undefined) throw new Error('there is none');
  return value;
}
