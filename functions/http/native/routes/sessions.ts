import type { Route } from '../../route.ts';
import { abortBody, aborted, multipartBody, presignedParts, presignedPut, presignPutBody } from '../schemas/sessions.ts';

/** Opens a session of one part (201), or signs its URL anew (200). */
export const presignPutRoute = {
  operationId: 'presignPut',
  method: 'POST',
  path: '/api/upload/presign-put',
  group: 'sessions',
  auth: 'key_or_jwt',
  body: { type: 'json', schema: presignPutBody },
  params: null,
  query: null,
  answers: { 200: presignedPut, 201: presignedPut },
  errors: [
    'validation_failed',
    'unauthenticated',
    'not_found',
    'session_state',
    'session_expired',
    'file_too_large',
    'body_too_large',
    'unsupported_media_type',
    'internal',
    'busy',
  ],
} as const satisfies Route;

/** Opens a session of several parts (201), or signs URLs of parts anew (200). */
export const openMultipartRoute = {
  operationId: 'openMultipart',
  method: 'POST',
  path: '/api/upload/multipart',
  group: 'sessions',
  auth: 'key_or_jwt',
  body: { type: 'json', schema: multipartBody },
  params: null,
  query: null,
  answers: { 200: presignedParts, 201: presignedParts },
  errors: presignPutRoute.errors,
} as const satisfies Route;

export const abortUploadRoute = {
  operationId: 'abortUpload',
  method: 'POST',
  path: '/api/upload/abort',
  group: 'sessions',
  auth: 'key_or_jwt',
  body: { type: 'json', schema: abortBody },
  params: null,
  query: null,
  answers: { 200: aborted },
  errors: ['validation_failed', 'unauthenticated', 'not_found', 'session_state', 'body_too_large', 'unsupported_media_type', 'internal', 'busy'],
} as const satisfies Route;
