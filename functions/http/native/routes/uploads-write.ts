import type { Route } from '../../route.ts';
import { uploadForm } from '../schemas/form.ts';
import { completeBody } from '../schemas/sessions.ts';
import { createdUpload } from '../schemas/uploads.ts';

/** Turns a staged transfer into an upload. 202: storage is still assembling the file. */
export const completeUploadRoute = {
  operationId: 'completeUpload',
  method: 'POST',
  path: '/api/upload/complete',
  group: 'uploads-write',
  auth: 'key_or_jwt',
  body: { type: 'json', schema: completeBody },
  params: null,
  query: null,
  answers: { 200: createdUpload, 202: createdUpload },
  errors: [
    'validation_failed',
    'unauthenticated',
    'not_found',
    'session_state',
    'session_expired',
    'part_mismatch',
    'body_too_large',
    'unsupported_media_type',
    'internal',
    'busy',
  ],
} as const satisfies Route;

/** File and metadata in one form, up to what Lambda carries. */
export const uploadFormRoute = {
  operationId: 'uploadForm',
  method: 'POST',
  path: '/api/upload',
  group: 'uploads-write',
  auth: 'key_or_jwt',
  body: { type: 'form', schema: uploadForm },
  params: null,
  query: null,
  answers: { 202: createdUpload },
  errors: ['validation_failed', 'unauthenticated', 'file_too_large', 'body_too_large', 'unsupported_media_type', 'internal', 'busy'],
} as const satisfies Route;
