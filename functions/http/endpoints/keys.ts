import { generateApiKey } from '../native/generate-api-key.ts';
import { listApiKeys } from '../native/list-api-keys.ts';
import { renameApiKey } from '../native/rename-api-key.ts';
import { revokeApiKey } from '../native/revoke-api-key.ts';
import { rotateApiKey } from '../native/rotate-api-key.ts';

/** What the group `keys` serves. */
export const keysEndpoints = [generateApiKey, listApiKeys, renameApiKey, revokeApiKey, rotateApiKey];
