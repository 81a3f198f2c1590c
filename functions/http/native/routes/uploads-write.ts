import type { Route } from '../../route.ts';
import { uploadForm } from '../schemas/form.ts';
import { completeBody } from '../schemas/sessions.ts';
import { createdUpload } from '../schemas/uploads.ts';

/** Turns a staged transfer into an upload. 202: storage is still assembling the file. */
export const completeUploadRoute = {
  operationId: 'completeUpload',
  summary: 'Make an upload of a session',
  method: 'POST',
  path: '/api/upload/complete',
  group: 'uploads-write',
  auth: 'key_or_jwt',
  scope: 'upload:write',
  effect: 'write',
  body: { type: 'json', schema: completeBody },
  params: null,
  query: null,
  answers: { 200: createdUpload, 202: createdUpload },
  errors: ['not_found', 'session_state', 'session_expired', 'part_mismatch'],
} as const satisfies Route;

/** File and metadata in one form, up to what Lambda carries. */
export const uploadFormRoute = {
  operationId: 'uploadForm',
  summary: 'Upload a small file in one form',
  method: 'POST',
  path: '/api/upload',
  group: 'uploads-write',
  auth: 'key_or_jwt',
  scope: 'upload:write',
  effect: 'write',
  body: { type: 'form', schema: uploadForm },
  params: null,
  query: null,
  answers: { 202: createdUpload },
  errors: ['file_too_large'],
} as const satisfies Route;
