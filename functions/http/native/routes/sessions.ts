import type { Route } from '../../route.ts';
import { abortBody, aborted, multipartBody, presignedParts, presignedPut, presignPutBody } from '../schemas/sessions.ts';

/** Opens a session of one part (201), or signs its URL anew (200). */
export const presignPutRoute = {
  operationId: 'presignPut',
  summary: 'Open a session for a file in one part, or sign its URL anew',
  method: 'POST',
  path: '/api/upload/presign-put',
  group: 'sessions',
  auth: 'key_or_jwt',
  scope: 'upload:write',
  effect: 'write',
  body: { type: 'json', schema: presignPutBody },
  params: null,
  query: null,
  answers: { 200: presignedPut, 201: presignedPut },
  errors: ['not_found', 'session_state', 'session_expired', 'file_too_large'],
} as const satisfies Route;

/** Opens a session of several parts (201), or signs URLs of parts anew (200). */
export const openMultipartRoute = {
  operationId: 'openMultipart',
  summary: 'Open a session for a file in parts, or sign URLs of parts anew',
  method: 'POST',
  path: '/api/upload/multipart',
  group: 'sessions',
  auth: 'key_or_jwt',
  scope: 'upload:write',
  effect: 'write',
  body: { type: 'json', schema: multipartBody },
  params: null,
  query: null,
  answers: { 200: presignedParts, 201: presignedParts },
  errors: presignPutRoute.errors,
} as const satisfies Route;

export const abortUploadRoute = {
  operationId: 'abortUpload',
  summary: 'Abort a session',
  method: 'POST',
  path: '/api/upload/abort',
  group: 'sessions',
  auth: 'key_or_jwt',
  scope: 'upload:write',
  effect: 'write',
  body: { type: 'json', schema: abortBody },
  params: null,
  query: null,
  answers: { 200: aborted },
  errors: ['not_found', 'session_state'],
} as const satisfies Route;
