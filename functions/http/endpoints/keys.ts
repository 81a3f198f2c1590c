import { generateApiKey } from '../native/generate-api-key.ts';

/** What the group `keys` serves. */
export const keysEndpoints = [generateApiKey];
