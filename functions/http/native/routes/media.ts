import { limits } from '../../../../core/limits.ts';
import type { Route } from '../../route.ts';
import { mediaIdParams, storedMedia } from '../schemas/media.ts';
import { completeBody, mediaBody, presignedParts } from '../schemas/sessions.ts';
import { openMultipartRoute } from './sessions.ts';

const DAY = 86_400;

export const openMediaRoute = {
  operationId: 'openMedia',
  summary: 'Open a session for a file by itself',
  description: `For photos, and for a video of which several uploads are to be made. The session is as any other: send the parts, sign URLs anew
with \`POST ${openMultipartRoute.path}\`, resume or abort it; \`POST /api/media/complete\` completes it. Uploads can be made of the file
for ${limits.mediaUsable / DAY} days.`,
  method: 'POST',
  path: '/api/media',
  group: 'sessions',
  auth: 'key_or_jwt',
  scope: 'upload:write',
  effect: 'write',
  body: { type: 'json', schema: mediaBody },
  params: null,
  query: null,
  answers: { 201: presignedParts },
  errors: ['file_too_large'],
} as const satisfies Route;

/** 202: storage is still assembling the file. */
export const completeMediaRoute = {
  operationId: 'completeMedia',
  summary: 'Make media of a session',
  method: 'POST',
  path: '/api/media/complete',
  group: 'uploads-write',
  auth: 'key_or_jwt',
  scope: 'upload:write',
  effect: 'write',
  body: { type: 'json', schema: completeBody },
  params: null,
  query: null,
  answers: { 200: storedMedia, 202: storedMedia },
  errors: ['not_found', 'session_state', 'session_expired', 'part_mismatch'],
} as const satisfies Route;

export const getMediaRoute = {
  operationId: 'getMedia',
  summary: 'Show a stored file',
  description: 'Also the file of an upload, by the `mediaId` that the upload shows.',
  method: 'GET',
  path: '/api/media/{mediaId}',
  group: 'uploads-read',
  auth: 'key_or_jwt',
  scope: 'upload:read',
  effect: 'read',
  body: null,
  params: mediaIdParams,
  query: null,
  answers: { 200: storedMedia },
  errors: ['not_found'],
} as const satisfies Route;
