import { FanfareError, invalidField } from '../errors.ts';
import { bareId } from '../ids.ts';
import type { DeclaredFile, Media, Network, UploadMetadata, UploadWithDeliveries } from '../model.ts';
import { MediaGone, type Violation } from '../ports/index.ts';
import { findSession } from '../sessions.ts';
import type { UploadPorts } from './ports.ts';
import { declared, examine, sizeViolation, type PreflightFile } from './preflight.ts';
import { findUpload } from './read.ts';
import { scheduleViolation } from './schedule.ts';

/** The file of an upload that may be made: as it would be declared, or one that is stored or being sent. */
export type ValidatedFile =
  | { readonly file: DeclaredFile }
  | { readonly sessionToken: string }
  | { readonly uploadId: string }
  | { readonly mediaId: string };

/** Why an upload would be refused, or one of its accounts; `accountId` null: all of them. */
export interface Objection {
  readonly accountId: string | null;
  readonly network: Network | null;
  readonly violation: Violation;
}

export interface Validation {
  readonly objections: readonly Objection[];
  /** Whether the file itself was looked at; false: its size and type are as declared, and the rules on its inside are still to come. */
  readonly probed: boolean;
}

/**
 * The dry run of a creation: the same rules, all at once, and nothing is written. Throws `not_found` for a session, upload or
 * media that the tenant does not have.
 */
export async function validateUpload(
  ports: UploadPorts,
  tenantId: string,
  { metadata, source }: { readonly metadata: UploadMetadata; readonly source: ValidatedFile },
): Promise<Validation> {
  const { file, probed, wrong } = await lookAt(ports, tenantId, source);
  const { accounts, unknown } = await examine(ports, tenantId, metadata, file);
  const general = [scheduleViolation(metadata.scheduledOn, ports.clock.now()), wrong].filter((violation) => violation !== null);
  return {
    probed,
    objections: [
      ...general.map((violation) => ({ accountId: null, network: null, violation })),
      ...unknown.map(({ accountId, violation }) => ({ accountId, network: null, violation })),
      ...accounts.flatMap(({ account: { accountId, network }, violations }) => violations.map((violation) => ({ accountId, network, violation }))),
    ],
  };
}

interface Seen {
  readonly file: PreflightFile;
  readonly probed: boolean;
  /** What every network would object to. */
  readonly wrong: Violation | null;
}

async function lookAt(ports: UploadPorts, tenantId: string, source: ValidatedFile): Promise<Seen> {
  if ('file' in source) return unseen(source.file);
  if ('sessionToken' in source) {
    const session = await findSession(ports, tenantId, source.sessionToken);
    // The object of a session is invisible until the session is completed.
    const record = session.state === 'completed' ? await ports.store.getUpload(session.uploadId) : null;
    const media = record?.upload.media[0];
    return record === null || media === undefined ? unseen(session.file) : probe(ports, record, media);
  }
  if ('uploadId' in source) {
    const record = await findUpload(ports, tenantId, source.uploadId);
    const [media] = record.upload.media;
    if (media === undefined) throw invalidField('uploadId', 'no_media', 'This upload has no file: name one that has.');
    return probe(ports, record, media);
  }
  const { record, media } = await findMedia(ports, tenantId, source.mediaId);
  return probe(ports, record, media);
}

/** A media id has the ULID of the upload that brought the file. */
async function findMedia(ports: UploadPorts, tenantId: string, mediaId: string): Promise<{ record: UploadWithDeliveries; media: Media }> {
  const record = await ports.store.getUpload(`upl_${bareId(mediaId)}`);
  const media = record?.upload.media.find((each) => each.mediaId === mediaId);
  if (record === null || media === undefined || record.upload.tenantId !== tenantId) {
    throw new FanfareError('not_found', 'There is no such media.', {
      errors: [{ field: 'mediaId', code: 'not_found', message: 'is not the id of a stored file' }],
    });
  }
  return { record, media };
}

function unseen(file: DeclaredFile): Seen {
  return { file: declared(file), probed: false, wrong: sizeViolation(file) };
}

/** What inspection has found out; before that, a look at the file now. */
async function probe(ports: UploadPorts, { upload }: UploadWithDeliveries, media: Media): Promise<Seen> {
  const { size, contentType, facts } = media;
  const known = { file: { size, contentType, facts }, wrong: null };
  if (media.inspectedAt !== null) return { ...known, probed: true };
  if (upload.assembly !== null) return { ...known, probed: false };
  try {
    const found = await ports.media.probe(media.objectKey);
    if (found.kind === 'video') return { file: { size, contentType: found.contentType, facts: found.facts }, probed: true, wrong: null };
    const reason = found.kind === 'image' ? `The file is an image (${found.contentType}), not a video.` : found.reason;
    return { ...known, probed: true, wrong: noVideo(reason, found.contentType) };
  } catch (error) {
    if (error instanceof MediaGone) return { ...known, probed: false };
    throw error;
  }
}

function noVideo(reason: string, value: string | null): Violation {
  const remedy = 'Send a video, such as MP4 with H.264 and AAC.';
  return { field: 'file', code: 'not_a_video', message: `${reason} ${remedy}`, value, limit: null, unit: null, remedy };
}
