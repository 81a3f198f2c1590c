import type { Route } from '../../route.ts';
import { listUploadsQuery, uploadIdParams, uploadList, uploadStatusAnswer } from '../schemas/uploads.ts';

export const getUploadStatusRoute = {
  operationId: 'getUploadStatus',
  method: 'GET',
  path: '/api/upload/{uploadId}/status',
  group: 'uploads-read',
  auth: 'key_or_jwt',
  body: null,
  params: uploadIdParams,
  query: null,
  answers: { 200: uploadStatusAnswer },
  errors: ['unauthenticated', 'not_found', 'internal', 'busy'],
} as const satisfies Route;

/** The tenant's uploads, newest first. */
export const listUploadsRoute = {
  operationId: 'listUploads',
  method: 'GET',
  path: '/uploads',
  group: 'uploads-read',
  auth: 'jwt',
  body: null,
  params: null,
  query: listUploadsQuery,
  answers: { 200: uploadList },
  errors: ['validation_failed', 'unauthenticated', 'api_key_not_allowed', 'internal', 'busy'],
} as const satisfies Route;
