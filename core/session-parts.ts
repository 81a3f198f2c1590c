import { timestamp } from './clock.ts';
import { invalidField } from './errors.ts';
import { limits } from './limits.ts';
import type { UploadSession } from './model.ts';
import { partLength } from './parts.ts';
import type { Ports } from './ports/index.ts';

/** URLs of a session's parts. One answer has at most 100: further ones are asked for from `nextPartNumber` on. */
export interface SignedParts {
  readonly parts: readonly { readonly partNumber: number; readonly url: string }[];
  /** The part with which the next window begins; null: none follows. */
  readonly nextPartNumber: number | null;
  /** When the URLs end. */
  readonly expiresAt: string;
}

/** The parts that a client wants URLs of: these, or 100 from one on. */
export type PartChoice = { readonly partNumbers: readonly number[] } | { readonly fromPart: number };

export interface PartWindow {
  readonly partNumbers: readonly number[];
  readonly nextPartNumber: number | null;
}

/** The first 100 parts from `fromPart` on, of all or of those that are wanted. Throws `validation_failed` beyond the last part. */
export function windowFrom(session: UploadSession, fromPart: number, wanted: (partNumber: number) => boolean = () => true): PartWindow {
  checkPart(session, 'fromPart', fromPart);
  const partNumbers: number[] = [];
  for (let partNumber = fromPart; partNumber <= session.partCount; partNumber += 1) {
    if (!wanted(partNumber)) continue;
    if (partNumbers.length === limits.partWindow) return { partNumbers, nextPartNumber: partNumber };
    partNumbers.push(partNumber);
  }
  return { partNumbers, nextPartNumber: null };
}

/** The parts of a choice, each once. Throws `validation_failed` for a part that the session does not have. */
export function windowOf(session: UploadSession, choice: PartChoice): PartWindow {
  if ('fromPart' in choice) return windowFrom(session, choice.fromPart);
  for (const partNumber of choice.partNumbers) checkPart(session, 'partNumbers', partNumber);
  return { partNumbers: [...new Set(choice.partNumbers)], nextPartNumber: null };
}

/** Signs URLs, each for the very size of its part. */
export async function signParts(
  ports: Pick<Ports, 'media' | 'clock'>,
  session: UploadSession,
  { partNumbers, nextPartNumber }: PartWindow,
): Promise<SignedParts> {
  const signedAt = ports.clock.now();
  const parts = await ports.media.signParts({
    objectKey: session.objectKey,
    multipartId: session.multipartId,
    parts: partNumbers.map((partNumber) => ({ partNumber, contentLength: partLength(session, partNumber) })),
    expiresIn: limits.partUrlLife,
  });
  return { parts, nextPartNumber, expiresAt: timestamp(new Date(signedAt.getTime() + limits.partUrlLife * 1000)) };
}

function checkPart({ partCount }: UploadSession, field: string, partNumber: number): void {
  if (partNumber > partCount) throw invalidField(field, 'unknown_part', `There is no part ${partNumber}: this session has ${partCount}.`);
}
