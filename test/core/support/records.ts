import { timestampAfter } from '../../../core/clock.ts';
import { bareId } from '../../../core/ids.ts';
import type { Upload } from '../../../core/model.ts';
import type { Ports, TokenCipher } from '../../../core/ports/index.ts';
import { sealTokens } from '../../../core/tokens.ts';
import { newDelivery } from '../../../core/uploads/delivery.ts';

/** Tokens in clear: what they are sealed with is tested elsewhere. */
export const plainCipher: TokenCipher = {
  seal: (text) => Promise.resolve({ v: 1, dataKey: '', iv: '', ciphertext: text, tag: '' }),
  open: (sealed) => Promise.resolve(sealed.ciphertext),
};

export const TENANT = 'ten_01J8YV0D3S6H8P2Q4R5T7W9XZA';

/** How many uploads, each to how many accounts, and what is different about them. */
export interface Records {
  readonly accounts?: number;
  /** Uploads to the same accounts, all at once. */
  readonly uploads?: number;
  readonly upload?: Partial<Upload>;
}

/** Creates accounts and uploads as the API does. Returns the ids of the uploads. */
export async function createRecords(ports: Pick<Ports, 'store' | 'cipher' | 'clock'>, records: Records): Promise<readonly string[]> {
  const { store, cipher, clock } = ports;
  const { accounts = 1, uploads = 1 } = records;
  const at = timestampAfter(clock.now(), 0);
  const tokens = { accessToken: 'token-1', refreshToken: 'refresh-1', expiresAt: null, scopes: [] };
  const accountIds = Array.from({ length: accounts }, (_, n) => `acc_01J8YV4T1B2C3D5F6G7H8J9K${String(n).padStart(2, '0')}`);
  await store.ensureTenant({ tenantId: TENANT, at });
  for (const accountId of accountIds) {
    const account = { accountId, tenantId: TENANT };
    await store.putAccount({
      ...account,
      network: 'testnet',
      externalId: `user-${accountId}`,
      name: 'An account',
      health: 'active',
      healthSince: at,
      healthReason: null,
      profile: null,
      scopes: [],
      limits: {},
      defaults: {},
      tokens: await sealTokens(cipher, account, tokens),
      tokenVersion: 1,
      tokenEnds: null,
      accessEnds: null,
      renewAt: null,
      lease: null,
      createdAt: at,
    });
  }
  const uploadIds = Array.from({ length: uploads }, (_, n) => `upl_01J8ZC6Q4M2V9Y3K7T5B1N0X${String(n).padStart(2, '0')}`);
  for (const uploadId of uploadIds) await createUpload(ports, uploadId, accountIds, records.upload ?? {});
  return uploadIds;
}

async function createUpload(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  uploadId: string,
  accountIds: readonly string[],
  changes: Partial<Upload>,
): Promise<void> {
  const at = timestampAfter(clock.now(), 0);
  const upload: Upload = {
    uploadId,
    tenantId: TENANT,
    kind: 'video',
    title: 'A title',
    description: null,
    options: {},
    scheduledOn: null,
    createdAt: at,
    updatedAt: at,
    revision: 1,
    media: [
      {
        mediaId: `med_${bareId(uploadId)}`,
        objectKey: `in/${TENANT}/${bareId(uploadId)}/1.mp4`,
        fileName: 'a.mp4',
        size: 10,
        contentType: 'video/mp4',
        sha256: null,
        facts: null,
        image: null,
        inspectedAt: at,
      },
    ],
    attachments: [],
    assembly: null,
    partsDigest: null,
    claim: null,
    closedRevision: 0,
    wake: null,
    watchAt: null,
    releasedAt: null,
    ...changes,
  };
  const deliveries = accountIds.map((accountId) => newDelivery(upload, { accountId, network: 'testnet' }));
  const session = {
    tokenHash: `hash of ${uploadId}`,
    tenantId: TENANT,
    uploadId,
    fileId: 'file_1',
    state: 'open',
    metadata: {
      title: upload.title,
      description: null,
      accounts: accountIds,
      scheduledOn: upload.scheduledOn,
      options: {},
      onViolation: 'reject',
    },
    file: { fileName: 'a.mp4', fileSize: 10, contentType: 'video/mp4', sha256: null },
    objectKey: 'in/x',
    multipartId: 'multipart',
    partSize: 10,
    partCount: 1,
    createdAt: at,
    expiresAt: timestampAfter(clock.now(), 3600),
  } as const;
  await store.putSession(session);
  const created = await store.createUpload({ upload, deliveries, sessionTokenHash: session.tokenHash, month: at.slice(0, 7), limit: null });
  if (created !== 'created') throw new Error(`The upload was not created: ${JSON.stringify(created)}`);
}
