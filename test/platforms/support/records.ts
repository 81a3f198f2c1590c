import { timestamp } from '../../../core/clock.ts';
import type { Upload } from '../../../core/model.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { sealTokens } from '../../../core/tokens.ts';
import { newDelivery } from '../../../core/uploads/delivery.ts';
import type { Platform } from '../../../platforms/platform.ts';
import type { LinkedAccount } from '../../../sandbox/stand-in.ts';

export const UPLOAD_ID = 'upl_01J8ZC6Q4M2V9Y3K7T5B1N0X00';
export const ACCOUNT_ID = 'acc_01J8YV4T1B2C3D5F6G7H8J9K00';
export const TENANT_ID = 'ten_01J8YV0D3S6H8P2Q4R5T7W9XZA';
export const OBJECT_KEY = 'in/one.mp4';

/** What the upload says. */
export const TITLE = 'Grüße 🎬 from the harbour';
export const DESCRIPTION = 'All of it & more: 100% #harbour';

/** Stores a linked account and an upload to it, whose file is there and inspected. */
export async function createRecords(
  { store, cipher, clock }: Ports,
  { platform, linked, size, changes }: { platform: Platform; linked: LinkedAccount; size: number; changes: Partial<Upload> },
): Promise<void> {
  const at = timestamp(clock.now());
  const { network } = platform;
  const ref = { tenantId: TENANT_ID, accountId: ACCOUNT_ID };
  const { externalId, name, accessToken, refreshToken, expiresAt, scopes } = linked;
  await store.ensureTenant({ tenantId: TENANT_ID, at });
  const tokens = await sealTokens(cipher, ref, { accessToken, refreshToken, expiresAt, scopes });
  await store.putAccount({ ...ref, network, externalId, name, health: 'active', limits: {}, tokens, tokenVersion: 1, lease: null, createdAt: at });
  const upload: Upload = {
    uploadId: UPLOAD_ID,
    tenantId: TENANT_ID,
    kind: 'video',
    title: TITLE,
    description: DESCRIPTION,
    options: {},
    scheduledOn: null,
    createdAt: at,
    updatedAt: at,
    revision: 1,
    media: [
      { mediaId: 'med_1', objectKey: OBJECT_KEY, fileName: 'one.mp4', size, contentType: 'video/mp4', sha256: null, facts: null, inspectedAt: at },
    ],
    assembly: null,
    partsDigest: null,
    claim: null,
    closedRevision: 0,
    wake: null,
    watchAt: null,
    ...changes,
  };
  const { title, description } = upload;
  const metadata = { title, description, accounts: [ACCOUNT_ID], scheduledOn: null, sha256: null, options: {}, onViolation: 'reject' } as const;
  const session = { tokenHash: 'hash', tenantId: TENANT_ID, uploadId: UPLOAD_ID, fileId: 'file_1', state: 'open', metadata } as const;
  const file = { fileName: 'one.mp4', fileSize: size, contentType: 'video/mp4' };
  await store.putSession({ ...session, file, objectKey: OBJECT_KEY, multipartId: 'm', partSize: size, partCount: 1, createdAt: at, expiresAt: at });
  const delivery = newDelivery(upload, { ...ref, network });
  const created = await store.createUpload({ upload, deliveries: [delivery], sessionTokenHash: 'hash', month: at.slice(0, 7), limit: null });
  if (created !== 'created') throw new Error(`The upload was not created: ${JSON.stringify(created)}`);
}
