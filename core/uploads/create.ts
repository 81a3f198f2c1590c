import { invalidField } from '../errors.ts';
import { limits } from '../limits.ts';
import { kindViolation, lookAtFile } from '../media/look.ts';
import type { Kind, Media, StoredMedia, UploadMetadata, UploadWithDeliveries } from '../model.ts';
import type { Commit, Ports } from '../ports/index.ts';
import { startUpload } from '../workflow/start.ts';
import { findFiles, notReady } from './files.ts';
import type { UploadPorts } from './ports.ts';
import { preflight, refusal } from './preflight.ts';
import { newUpload, storeUpload } from './record.ts';
import { checkSchedule } from './schedule.ts';

/** What brings no new object has to be started by whoever creates it. */
export interface CreatePorts extends UploadPorts, Pick<Ports, 'executions'> {}

export interface CreateUpload {
  readonly kind: Kind;
  readonly metadata: UploadMetadata;
  /** Ids of stored files, in the order in which they are to be shown. */
  readonly media: readonly string[];
}

/**
 * Makes an upload of files that are stored, or of a text: checks everything at once, since the files can be looked at, writes it in
 * one transaction, then starts its execution. If the process dies between the two, the repeated request starts it, or the
 * reconcile job does. Throws `validation_failed`, `media_gone`, `quota_exceeded`.
 */
export async function createUpload(
  ports: CreatePorts,
  tenantId: string,
  { kind, metadata, media: ids }: CreateUpload,
  commitFor: (uploadId: string) => Commit | null = () => null,
): Promise<UploadWithDeliveries> {
  const now = ports.clock.now();
  checkSchedule(metadata.scheduledOn, now);
  if (metadata.accounts.length + ids.length > limits.accountsAndMedia) {
    const message = `Accounts and files of an upload are ${limits.accountsAndMedia} together at most: name fewer accounts, or make two uploads.`;
    throw invalidField('accounts', 'too_many', message);
  }
  const media = await lookAtAll(ports, kind, await findFiles(ports, { tenantId, media: ids }));
  const checked = await preflight(ports, tenantId, metadata, { kind, files: media });
  const uploadId = ports.ids.next('upl');
  const record = newUpload(ports, { uploadId, tenantId, kind, metadata, media, assembly: null, partsDigest: null, checked, now });
  await storeUpload(ports, record, { sessionTokenHash: null, commit: commitFor(uploadId) });
  await startCreated(ports, record);
  return record;
}

/** Starts the execution of a new upload; one that cannot be started now is started by the reconcile job. */
export async function startCreated(ports: Pick<CreatePorts, 'executions' | 'log'>, record: UploadWithDeliveries): Promise<void> {
  if (record.upload.claim !== null) return;
  try {
    await startUpload(ports, record);
  } catch (error) {
    ports.log.error('execution_not_started', { uploadId: record.upload.uploadId, error });
  }
}

/** The files as the upload's own, with what a look at each finds out. Throws `validation_failed` for one of another kind. */
async function lookAtAll(ports: CreatePorts, kind: Kind, files: readonly StoredMedia[]): Promise<readonly Media[]> {
  const sights = await Promise.all(files.map(async (stored) => ({ stored, ...(await lookAtFile(ports, kind, stored)) })));
  if (sights.some(({ probed }) => !probed)) throw notReady();
  const violations = sights.flatMap(({ wrong }, place) => (wrong === null ? [] : [kindViolation(kind, wrong, `media[${place}]`)]));
  if (violations.length > 0) throw refusal(violations);
  return sights.map(({ stored: { mediaId, objectKey, fileName, sha256 }, file }) => ({ mediaId, objectKey, fileName, sha256, ...file, inspectedAt: null }));
}
