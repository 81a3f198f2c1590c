import { dueKey, type Key } from '../keys.ts';
import { remove, set, type Change } from './expression.ts';

/** Puts an item into the index of what is due, at the time that its field `field` then has; null takes it out. */
export function dueAt(field: 'watchAt' | 'lookUpAt' | 'renewAt' | 'revokeAt', key: Key, at: string | null): readonly Change[] {
  return [at === null ? remove(field) : set(field, at), ...listedAt(key, at)];
}

/** The keys of the index alone, for an item that has no such field. */
export function listedAt(key: Key, at: string | null): readonly Change[] {
  if (at === null) return [remove('gsi2pk'), remove('gsi2sk')];
  const { gsi2pk, gsi2sk } = dueKey(at, key);
  return [set('gsi2pk', gsi2pk), set('gsi2sk', gsi2sk)];
}
