import { errorAt, type FanfareError } from '../errors.ts';
import type { Assembly, UploadSession } from '../model.ts';
import { partsDigest, type NamedPart } from '../parts.ts';
import type { Ports } from '../ports/index.ts';

/** A file whose parts storage is to put together. */
export interface Unassembled {
  readonly objectKey: string;
  /** Bytes. */
  readonly size: number;
  readonly assembly: Assembly;
}

/** Has storage put a file together, as `MediaStore.completeMultipart` says; goes on where an earlier call stopped. */
export function assemble({ media, times }: Pick<Ports, 'media' | 'times'>, { objectKey, size, assembly: { multipartId, parts } }: Unassembled) {
  return media.completeMultipart({ objectKey, multipartId, parts, size, timeout: times.assembly });
}

export function partsRefused(): FanfareError {
  const message = 'Storage refused the parts: one was replaced after it was checked. Send it again, then complete with its new ETag.';
  return errorAt('part_mismatch', 'parts', 'refused', message);
}

/** Throws `session_state` if the session was completed with other parts than these; a single part need not be named. */
export function checkSameParts(session: UploadSession, named: readonly NamedPart[], completedWith: string | null): void {
  const same = (named.length === 0 && session.partCount === 1) || partsDigest(named) === completedWith;
  if (same) return;
  throw errorAt('session_state', 'parts', 'completed', 'This session was already completed with other parts.');
}
