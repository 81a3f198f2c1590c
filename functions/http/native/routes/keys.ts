import type { Route } from '../../route.ts';
import { generatedKey, generateKeyBody } from '../schemas/keys.ts';

export const generateApiKeyRoute = {
  operationId: 'generateApiKey',
  method: 'POST',
  path: '/api-keys/generate',
  group: 'keys',
  auth: 'jwt',
  body: { type: 'json', schema: generateKeyBody },
  params: null,
  query: null,
  answers: { 201: generatedKey },
  errors: ['validation_failed', 'unauthenticated', 'api_key_not_allowed', 'body_too_large', 'unsupported_media_type', 'internal', 'busy'],
} as const satisfies Route;
