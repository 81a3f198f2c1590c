import { kindOf, kindViolation, lookAtFile, type Sight } from '../media/look.ts';
import { mediaIdOf } from '../media/complete.ts';
import { findMedia } from '../media/read.ts';
import type { DeclaredFile, Kind, Media, Network, StoredMedia, UploadMetadata, UploadSession, UploadWithDeliveries } from '../model.ts';
import type { Violation } from '../ports/index.ts';
import { findSession } from '../sessions.ts';
import { findFiles } from './files.ts';
import type { UploadPorts } from './ports.ts';
import { declared, examine, sizeViolation, type Content } from './preflight.ts';
import { findUpload } from './read.ts';
import { scheduleViolation } from './schedule.ts';

/** What an upload may be made of: a file as it would be declared, what is stored or being sent, or nothing but text. */
export type ValidatedContent =
  | { readonly file: DeclaredFile }
  | { readonly sessionToken: string }
  | { readonly uploadId: string }
  | { readonly mediaId: string }
  | { readonly kind: Kind; readonly media: readonly string[] };

/** Why an upload would be refused, or one of its accounts; `accountId` null: all of them. */
export interface Objection {
  readonly accountId: string | null;
  readonly network: Network | null;
  readonly violation: Violation;
}

export interface Validation {
  readonly objections: readonly Objection[];
  /** Whether the files themselves were looked at; false: size and type are as declared, and the rules on the inside are still to come. */
  readonly probed: boolean;
}

/**
 * The dry run of a creation: the same rules, all at once, and nothing is written. Throws `not_found` for a session, upload or
 * media that the tenant does not have, and what the creation throws for a list of media.
 */
export async function validateUpload(
  ports: UploadPorts,
  tenantId: string,
  { metadata, source }: { readonly metadata: UploadMetadata; readonly source: ValidatedContent },
): Promise<Validation> {
  const { content, probed, wrong } = await lookAt(ports, tenantId, source);
  const { accounts, unknown } = await examine(ports, tenantId, metadata, content);
  const scheduled = scheduleViolation(metadata.scheduledOn, ports.clock.now());
  return {
    probed,
    objections: [
      ...[...(scheduled === null ? [] : [scheduled]), ...wrong].map((violation) => ({ accountId: null, network: null, violation })),
      ...unknown.map(({ accountId, violation }) => ({ accountId, network: null, violation })),
      ...accounts.flatMap(({ account: { accountId, network }, violations }) => violations.map((violation) => ({ accountId, network, violation }))),
    ],
  };
}

interface Seen {
  readonly content: Content;
  readonly probed: boolean;
  /** What every network would object to. */
  readonly wrong: readonly Violation[];
}

async function lookAt(ports: UploadPorts, tenantId: string, source: ValidatedContent): Promise<Seen> {
  if ('file' in source) return unseen('video', source.file);
  if ('sessionToken' in source) return ofSession(ports, await findSession(ports, tenantId, source.sessionToken));
  if ('uploadId' in source) return ofUpload(ports, await findUpload(ports, tenantId, source.uploadId));
  if ('mediaId' in source) {
    const media = await findMedia(ports, tenantId, source.mediaId);
    return seen(ports, kindOf(media.contentType), [media]);
  }
  return seen(ports, source.kind, await findFiles(ports, { tenantId, media: source.media }));
}

/** The object of a session is invisible until the session is completed. */
async function ofSession(ports: UploadPorts, session: UploadSession): Promise<Seen> {
  const { state, metadata, uploadId, file } = session;
  if (state === 'completed' && metadata !== null) {
    const record = await ports.store.getUpload(uploadId);
    if (record !== null) return ofUpload(ports, record);
  }
  if (state === 'completed' && metadata === null) {
    const media = await ports.store.getMedia(mediaIdOf(session));
    if (media !== null) return seen(ports, kindOf(media.contentType), [media]);
  }
  return unseen(kindOf(file.contentType), file);
}

/** As an edit of it would find it. */
async function ofUpload(ports: UploadPorts, { upload }: UploadWithDeliveries): Promise<Seen> {
  const { content, ...others } = await seen(ports, upload.kind, upload.media);
  return { ...others, content: { ...content, attachments: upload.attachments } };
}

function unseen(kind: Kind, file: DeclaredFile): Seen {
  const tooLarge = sizeViolation(file);
  return { content: { kind, files: [declared(file)] }, probed: false, wrong: tooLarge === null ? [] : [tooLarge] };
}

/** What inspection has found out; before that, a look at the files now. */
async function seen(ports: UploadPorts, kind: Kind, files: readonly (Media | StoredMedia)[]): Promise<Seen> {
  const sights = await Promise.all(
    files.map(async (file): Promise<Sight> => ('inspectedAt' in file && file.inspectedAt !== null ? { file, probed: true, wrong: null } : lookAtFile(ports, kind, file))),
  );
  return {
    content: { kind, files: sights.map(({ file }) => file) },
    probed: sights.every(({ probed }) => probed),
    wrong: sights.flatMap(({ wrong }) => (wrong === null ? [] : [kindViolation(kind, wrong, 'file')])),
  };
}
