import { timestamp } from '../../../core/clock.ts';
import type { Kind, Media, Upload, VideoFacts } from '../../../core/model.ts';
import type { Ports, Store } from '../../../core/ports/index.ts';
import { sealTokens } from '../../../core/tokens.ts';
import { newDelivery } from '../../../core/uploads/delivery.ts';
import { probeFile } from '../../../media/probe.ts';
import type { Platform } from '../../../platforms/platform.ts';
import type { ConsentedAccount } from './consented.ts';

export const UPLOAD_ID = 'upl_01J8ZC6Q4M2V9Y3K7T5B1N0X00';
export const ACCOUNT_ID = 'acc_01J8YV4T1B2C3D5F6G7H8J9K00';
export const TENANT_ID = 'ten_01J8YV0D3S6H8P2Q4R5T7W9XZA';
export interface StoredFile {
  readonly objectKey: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** A stored file that options name. */
export interface AttachedFile extends StoredFile {
  readonly mediaId: string;
}

/** What the upload says. */
export const TITLE = 'Grüße 🎬 from the harbour';
export const DESCRIPTION = 'All of it & more: 100% #harbour';

/** Stores a linked account and an upload to it, whose files are there and inspected. */
export async function createRecords(
  { store, cipher, clock }: Ports,
  { platform, linked, kind, files, attached, changes }: { platform: Platform; linked: ConsentedAccount; kind: Kind; files: readonly StoredFile[]; attached: readonly AttachedFile[]; changes: Partial<Upload> },
): Promise<void> {
  const at = timestamp(clock.now());
  const { network } = platform;
  const ref = { tenantId: TENANT_ID, accountId: ACCOUNT_ID };
  const { externalId, name, accessToken, refreshToken, expiresAt, scopes, defaults, binding } = linked;
  await store.ensureTenant({ tenantId: TENANT_ID, at });
  const tokens = await sealTokens(cipher, ref, { accessToken, refreshToken, expiresAt, scopes, ...(binding !== undefined && { binding }) });
  await store.putAccount({ ...ref, network, externalId, name, health: 'active', healthSince: at, healthReason: null, profile: null, scopes: [], limits: {}, defaults, tokens, tokenVersion: 1, tokenEnds: null, accessEnds: null, renewAt: null, lease: null, createdAt: at });
  const facts = await Promise.all(files.map(factsOf));
  const upload: Upload = {
    uploadId: UPLOAD_ID,
    tenantId: TENANT_ID,
    kind,
    title: TITLE,
    description: DESCRIPTION,
    options: {},
    scheduledOn: null,
    createdAt: at,
    updatedAt: at,
    revision: 1,
    media: files.map(({ objectKey, contentType, bytes }, n) => ({
      mediaId: `med_${n + 1}`,
      objectKey,
      fileName: objectKey.slice('in/'.length),
      size: bytes.byteLength,
      contentType,
      sha256: null,
      facts: facts[n] ?? null,
      image: kind === 'photos' ? { format: 'jpeg', width: 720, height: 900, animated: false } : null,
      inspectedAt: at,
    })),
    attachments: await Promise.all(attached.map((each) => mediaOf(each, at))),
    assembly: null,
    partsDigest: null,
    claim: null,
    closedRevision: 0,
    wake: null,
    watchAt: null,
    releasedAt: null,
    ...changes,
  };
  for (const each of upload.attachments) await storeFile(store, each, at);
  const { title, description } = upload;
  const metadata = { title, description, accounts: [ACCOUNT_ID], scheduledOn: null, options: {}, onViolation: 'reject' } as const;
  const session = { tokenHash: 'hash', tenantId: TENANT_ID, uploadId: UPLOAD_ID, fileId: 'file_1', state: 'open', metadata } as const;
  const file = { fileName: 'one.mp4', fileSize: 1, contentType: 'video/mp4', sha256: null };
  await store.putSession({ ...session, file, objectKey: 'in/one.mp4', multipartId: 'm', partSize: 1, partCount: 1, createdAt: at, expiresAt: at });
  const delivery = newDelivery(upload, { ...ref, network });
  const created = await store.createUpload({ upload, deliveries: [delivery], sessionTokenHash: 'hash', month: at.slice(0, 7), limit: null });
  if (created !== 'created') throw new Error(`The upload was not created: ${JSON.stringify(created)}`);
}

async function mediaOf({ mediaId, objectKey, contentType, bytes }: AttachedFile, at: string): Promise<Media> {
  const found = await probeFile((start, end) => Promise.resolve(bytes.subarray(start, end + 1)), bytes.byteLength);
  const image = found.kind === 'image' ? found.facts : null;
  return { mediaId, objectKey, fileName: objectKey.slice('in/'.length), size: bytes.byteLength, contentType, sha256: null, facts: null, image, inspectedAt: at };
}

async function storeFile(store: Store, { mediaId, objectKey, fileName, size, contentType }: Media, at: string): Promise<void> {
  const file = { fileName, fileSize: size, contentType, sha256: null };
  const session = { tokenHash: `hash of ${mediaId}`, tenantId: TENANT_ID, uploadId: UPLOAD_ID, fileId: 'file_2', state: 'open', metadata: null, file } as const;
  await store.putSession({ ...session, objectKey, multipartId: 'm', partSize: 1, partCount: 1, createdAt: at, expiresAt: at });
  const times = { createdAt: at, usableUntil: at, keptUntil: at, watchAt: null, releasedAt: null };
  const media = { mediaId, tenantId: TENANT_ID, objectKey, fileName, size, contentType, sha256: null, uses: 0, assembly: null, partsDigest: null, ...times };
  await store.createMedia({ media, sessionTokenHash: session.tokenHash });
}

/** What an inspection finds in a file; null: it is no video, or cannot be read. */
async function factsOf({ bytes }: StoredFile): Promise<VideoFacts | null> {
  const found = await probeFile((start, end) => Promise.resolve(bytes.subarray(start, end + 1)), bytes.byteLength);
  return found.kind === 'video' ? found.facts : null;
}
