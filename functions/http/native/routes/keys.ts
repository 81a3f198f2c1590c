import { limits } from '../../../../core/limits.ts';
import type { Route } from '../../route.ts';
import { generatedKey, generateKeyBody, keyIdParams, keyList, renameKeyBody, rotatedKey, rotateKeyBody, shownKey } from '../schemas/keys.ts';

export const generateApiKeyRoute = {
  operationId: 'generateApiKey',
  summary: 'Make an API key',
  description: 'The answer shows the key, this once. Without `scopes` it may do everything that keys may do; without `expiresAt` it has no end.',
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
  errors: ['limit_reached'],
} as const satisfies Route;

export const listApiKeysRoute = {
  operationId: 'listApiKeys',
  summary: 'List API keys',
  description: `All keys of the workspace, newest first. Keys that have ended stay in the list for ${limits.endedKeysKept} days.`,
  method: 'GET',
  path: '/api-keys',
  group: 'keys',
  auth: 'jwt',
  scope: null,
  effect: 'read',
  body: null,
  params: null,
  query: null,
  answers: { 200: keyList },
  errors: [],
} as const satisfies Route;

export const renameApiKeyRoute = {
  operationId: 'renameApiKey',
  summary: 'Rename an API key',
  method: 'PATCH',
  path: '/api-keys/{keyId}',
  group: 'keys',
  auth: 'jwt',
  scope: null,
  effect: 'write',
  body: { type: 'json', schema: renameKeyBody },
  params: keyIdParams,
  query: null,
  answers: { 200: shownKey },
  errors: ['not_found'],
} as const satisfies Route;

export const revokeApiKeyRoute = {
  operationId: 'revokeApiKey',
  summary: 'Revoke an API key',
  description: 'The key opens nothing from now on. Repeating it changes nothing.',
  method: 'DELETE',
  path: '/api-keys/{keyId}',
  group: 'keys',
  auth: 'jwt',
  scope: null,
  effect: 'write',
  body: null,
  params: keyIdParams,
  query: null,
  answers: { 200: shownKey },
  errors: ['not_found'],
} as const satisfies Route;

export const rotateApiKeyRoute = {
  operationId: 'rotateApiKey',
  summary: 'Rotate an API key',
  description:
    'Makes a key with the same name and scopes, and as long a life, and shows it, this once. The old key goes on for `overlapSeconds` (a day unless told otherwise, 7 days at most), but never longer than it would have. A key is rotated once: `key_state` names its successor.',
  method: 'POST',
  path: '/api-keys/{keyId}/rotate',
  group: 'keys',
  auth: 'jwt',
  scope: null,
  effect: 'write',
  body: { type: 'json', schema: rotateKeyBody },
  params: keyIdParams,
  query: null,
  answers: { 201: rotatedKey },
  errors: ['not_found', 'key_state', 'limit_reached'],
} as const satisfies Route;
