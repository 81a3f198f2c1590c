import type { ApiKey } from '../../core/model.ts';

/** Newest first; those of one second by id. */
export function byAge(keys: readonly ApiKey[]): readonly ApiKey[] {
  return keys.toSorted((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1));
}

function placeOf({ createdAt, keyId }: ApiKey): string {
  return `${createdAt}#${keyId}`;
}
