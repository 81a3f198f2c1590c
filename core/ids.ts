import { ulid } from 'ulid';
import type { Clock } from './clock.ts';

/** The prefixes of ids; each is followed by a ULID, whose time part is the time of creation. */
export type IdPrefix = 'ten' | 'upl' | 'acc' | 'key' | 'med' | 'file' | 'lnk' | 'req';

/** Makes ids. In memory and in simulations it is replaced by a predictable one. */
export interface Ids {
  next(prefix: IdPrefix): string;
}

/** Ids from the system's random source, ordered by the clock's milliseconds. */
export function ulidIds(clock: Clock): Ids {
  return { next: (prefix) => `${prefix}_${ulid(clock.now().getTime())}` };
}

/** The ULID of an id without its prefix. */
export function bareId(id: string): string {
  return id.slice(id.indexOf('_') + 1);
}

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/u;

/** Whether a text has the form of an id with this prefix: nothing else is looked up. */
export function isIdOf(prefix: IdPrefix, text: string): boolean {
  return text.startsWith(`${prefix}_`) && ULID.test(bareId(text));
}
