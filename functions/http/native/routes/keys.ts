import type { Route } from '../../route.ts';
import { generatedKey, generateKeyBody } from '../schemas/keys.ts';

export const generateApiKeyRoute = {
  operationId: 'generateApiKey',
  summary: 'Make an API key',
  method: 'POST',
  path: '/api-keys/generate',
  group: 'keys',
  auth: 'jwt',
  scope: null,
  effect: 'write',
  body: { type: 'json', schema: generateKeyBody },
  params: null,
  query: null,
  answers: { 201: generatedKey },
  errors: [],
} as const satisfies Route;
