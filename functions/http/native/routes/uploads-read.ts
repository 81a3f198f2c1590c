import type { Route } from '../../route.ts';
import { listUploadsQuery, uploadIdParams, uploadList, uploadStatusAnswer } from '../schemas/uploads.ts';

export const getUploadStatusRoute = {
  operationId: 'getUploadStatus',
  summary: 'Show how an upload stands',
  method: 'GET',
  path: '/api/upload/{uploadId}/status',
  group: 'uploads-read',
  auth: 'key_or_jwt',
  scope: 'upload:read',
  effect: 'read',
  body: null,
  params: uploadIdParams,
  query: null,
  answers: { 200: uploadStatusAnswer },
  errors: ['not_found'],
} as const satisfies Route;

/** The tenant's uploads, newest first. */
export const listUploadsRoute = {
  operationId: 'listUploads',
  summary: 'List uploads',
  method: 'GET',
  path: '/uploads',
  group: 'uploads-read',
  auth: 'jwt',
  scope: null,
  effect: 'read',
  body: null,
  params: null,
  query: listUploadsQuery,
  answers: { 200: uploadList },
  errors: [],
} as const satisfies Route;
