import type { Part } from '../core/model.ts';

/** Bytes that are read in one go at most. */
const MAX_RANGE = 64 * 1024 * 1024;

/** Seconds: Signature Version 4 takes no longer life of a URL, though the credentials of a role may end it sooner. */
export const LONGEST_EXPIRY = 7 * 24 * 3600;

/** Throws `RangeError` for what no caller may ask for. */
export function checkRange(start: number, end: number): void {
  checkEnds(start, end);
  if (end - start >= MAX_RANGE) throw new RangeError(`Not a range of 1 to ${MAX_RANGE} bytes: ${start} to ${end}`);
}

/** Throws `RangeError` unless there is at least one byte between them, both inclusive. */
export function checkEnds(start: number, end: number): void {
  const right = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end >= start;
  if (!right) throw new RangeError(`Not a range of bytes: ${start} to ${end}`);
}

/** Throws `RangeError` unless a URL may live that long. */
export function checkExpiry(expiresIn: number, longest: number): void {
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > longest) {
    throw new RangeError(`A URL lives for 1 to ${longest} seconds, not ${expiresIn}`);
  }
}

/** Throws `RangeError` unless the parts make up an object of that size. */
export function checkSum(parts: readonly Part[], size: number): void {
  const sum = parts.reduce((total, part) => total + part.size, 0);
  if (sum !== size) throw new RangeError(`Parts of ${sum} bytes do not make an object of ${size}`);
}
