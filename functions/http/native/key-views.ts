import type * as z from 'zod';
import { statusOfKey, type MadeKey } from '../../../core/keys.ts';
import type { ApiKey } from '../../../core/model.ts';
import type { generatedKey, shownKey } from './schemas/keys.ts';

/** How keys look in the words of this surface. */

export function generatedKeyView({ apiKey, key }: MadeKey): z.input<typeof generatedKey> {
  return { ...commonView(apiKey), key };
}

/** `now` is a timestamp. */
export function keyView(apiKey: ApiKey, now: string): z.input<typeof shownKey> {
  const { lastUsedAt, revokedAt, replacedBy } = apiKey;
  return { ...commonView(apiKey), status: statusOfKey(apiKey, now), lastUsedAt, revokedAt, replacedBy };
}

function commonView({ keyId: id, name, prefix, scopes, createdAt, expiresAt }: ApiKey) {
  return { id, name, prefix, scopes: [...scopes], createdAt, expiresAt };
}
