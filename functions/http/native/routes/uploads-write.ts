import type { Route } from '../../route.ts';
import { uploadForm } from '../schemas/form.ts';
import { storedMedia } from '../schemas/media.ts';
import { completeBody } from '../schemas/sessions.ts';
import { createdUpload } from '../schemas/uploads.ts';
import { validateBody, validation } from '../schemas/validate.ts';

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
  errors: ['not_found', 'session_state', 'session_expired', 'part_mismatch', 'quota_exceeded'],
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
  errors: ['file_too_large', 'quota_exceeded'],
} as const satisfies Route;

/** In this group because it needs what creation needs. A read: a key that may only look may ask what would be refused. */
export const validateUploadRoute = {
  operationId: 'validateUpload',
  summary: 'Check what a creation would refuse, without creating anything',
  description: `The rules that run at creation, with every objection at once. Name the file by \`fileName\`, \`fileSize\` and \`contentType\`, or by
\`sessionToken\`, \`uploadId\` or \`mediaId\`. What is stored is looked into (\`probed: true\`); the bytes of a session that is not completed are
invisible, so such a file counts as declared. \`onViolation\` makes no difference here.`,
  method: 'POST',
  path: '/api/upload/validate',
  group: 'uploads-write',
  auth: 'key_or_jwt',
  scope: 'upload:read',
  effect: 'read',
  body: { type: 'json', schema: validateBody },
  params: null,
  query: null,
  answers: { 200: validation },
  errors: ['not_found'],
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
