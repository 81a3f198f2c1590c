import { createHash } from 'node:crypto';
import { FanfareError } from './errors.ts';
import type { FieldError } from './errors.ts';
import { limits } from './limits.ts';
import type { Part, UploadSession } from './model.ts';

/** How a file is cut: all parts but the last have `partSize` bytes. */
export interface PartPlan {
  readonly partSize: number;
  readonly partCount: number;
}

const MiB = 1024 * 1024;

/**
 * Cuts a file of `fileSize` bytes. The wished part size (default 16 MiB) is raised to whole MiB where it would give more
 * parts than S3 takes.
 */
export function planParts(fileSize: number, wished: number | null): PartPlan {
  const least = Math.ceil(fileSize / limits.partCount / MiB) * MiB;
  const size = wished ?? limits.partSizeDefault;
  const partSize = Math.ceil(fileSize / size) > limits.partCount ? least : size;
  return { partSize, partCount: Math.ceil(fileSize / partSize) };
}

type Cut = Pick<UploadSession, 'partSize' | 'partCount' | 'file'>;

/** Bytes that part `partNumber` (from 1) has to have. */
export function partLength(session: Cut, partNumber: number): number {
  if (partNumber < session.partCount) return session.partSize;
  return session.file.fileSize - session.partSize * (session.partCount - 1);
}

/** A part as a client names it. */
export interface NamedPart {
  readonly partNumber: number;
  readonly eTag: string;
}

/** The parts in order, ETags without their quotes, a part that is named twice alike counted once. */
export function normaliseParts(parts: readonly NamedPart[]): readonly NamedPart[] {
  const plain = parts.map(({ partNumber, eTag }) => ({ partNumber, eTag: unquoted(eTag) }));
  const distinct = new Map(plain.map((part) => [`${part.partNumber} ${part.eTag}`, part]));
  return [...distinct.values()].toSorted((a, b) => a.partNumber - b.partNumber);
}

/** SHA-256 over a list of parts, the same however it was written. */
export function partsDigest(parts: readonly NamedPart[]): string {
  const lines = normaliseParts(parts).map((part) => `${part.partNumber} ${part.eTag}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/**
 * Compares the parts that a client names with the cut of its session and with what storage has (null: storage has no such
 * transfer any more), and returns the stored parts in order. Since each part has exactly its planned size, the sum is the
 * declared size, and no part but the last is below S3's 5 MiB. A session of one part need not name it.
 * Throws `part_mismatch` with a reason for each part (at most 20 of them).
 */
export function checkParts(session: Cut, named: readonly NamedPart[], stored: readonly Part[] | null): readonly Part[] {
  if (stored === null) throw mismatch([{ code: 'gone', message: 'Storage has no parts of this session any more: open a new one.' }]);
  const given = normaliseParts(named);
  const wrong: Wrong[] = [];
  const checked: Part[] = [];
  for (let partNumber = 1; partNumber <= session.partCount; partNumber += 1) {
    const part = stored.find((each) => each.partNumber === partNumber);
    const names = given.filter((each) => each.partNumber === partNumber);
    const unnamed = given.length === 0 && session.partCount === 1;
    const length = partLength(session, partNumber);
    if (part === undefined) {
      wrong.push({ code: 'not_stored', message: `Part ${partNumber} has not arrived.` });
    } else if (part.size !== length) {
      wrong.push({ code: 'wrong_size', message: `Part ${partNumber} has ${part.size} bytes, it must have ${length}.` });
    } else if (names.length === 0 && !unnamed) {
      wrong.push({ code: 'not_named', message: `Part ${partNumber} is missing from the list.` });
    } else if (names.some((name) => name.eTag !== unquoted(part.eTag))) {
      wrong.push({ code: 'wrong_etag', message: `The ETag of part ${partNumber} is not that of the stored part.` });
    } else {
      checked.push(part);
    }
  }
  for (const { partNumber } of given.filter((each) => each.partNumber > session.partCount)) {
    wrong.push({ code: 'unknown_part', message: `There is no part ${partNumber}: this session has ${session.partCount}.` });
  }
  if (wrong.length > 0) throw mismatch(wrong);
  return checked;
}

type Wrong = Omit<FieldError, 'field'>;

function mismatch(wrong: readonly Wrong[]): FanfareError {
  const errors = wrong.slice(0, 20).map((each) => ({ field: 'parts', ...each }));
  const more = wrong.length > errors.length ? ` And ${wrong.length - errors.length} more.` : '';
  return new FanfareError('part_mismatch', errors.map((error) => error.message).join(' ') + more, { errors });
}

function unquoted(eTag: string): string {
  return eTag.replace(/^"(.*)"$/u, '$1');
}
