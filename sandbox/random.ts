import { randomBytes, randomInt } from 'node:crypto';

/** Random characters of the URL-safe base64 alphabet, as in the ids and tokens of several networks. */
export function randomText(length: number): string {
  return randomBytes(length).toString('base64url').slice(0, length);
}

/** A random decimal number of so many digits, as a string: the ids of some networks do not fit a double. */
export function randomDigits(length: number): string {
  let digits = String(randomInt(1, 10));
  while (digits.length < length) digits += String(randomInt(0, 10));
  return digits;
}
