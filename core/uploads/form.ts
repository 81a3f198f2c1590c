import { FanfareError } from '../errors.ts';
import { beginSession } from '../sessions.ts';
import type { DeclaredFile, UploadMetadata } from '../model.ts';
import { completeUpload } from './complete.ts';
import type { CommitFor, CompletedUpload } from './complete.ts';
import type { UploadPorts } from './ports.ts';

export interface UploadForm {
  readonly metadata: UploadMetadata;
  readonly file: DeclaredFile;
  readonly bytes: Uint8Array;
}

/**
 * A whole upload in one request: a session of one part that we fill ourselves, completed at once. If it breaks off in
 * between, the session ends unseen as any other, since nobody has its token. Throws `validation_failed`, or `busy` if
 * storage lost the part.
 */
export async function uploadForm(ports: UploadPorts, tenantId: string, form: UploadForm, commitFor: CommitFor = () => null): Promise<CompletedUpload> {
  const { sessionToken, session } = await beginSession(ports, tenantId, { metadata: form.metadata, file: form.file, parts: 'single' });
  const part = await ports.media.putPart({
    objectKey: session.objectKey,
    multipartId: session.multipartId,
    partNumber: 1,
    bytes: form.bytes,
  });
  try {
    return await completeUpload(ports, tenantId, { sessionToken, parts: [part] }, commitFor);
  } catch (error) {
    if (!(error instanceof FanfareError) || error.code !== 'part_mismatch') throw error;
    // What a client of the staged flows would put right by sending a part again is ours to put right here.
    throw new FanfareError('busy', 'Storage lost the file: send the form again. Nothing was published.', { cause: error, retryAfter: 1 });
  }
}
