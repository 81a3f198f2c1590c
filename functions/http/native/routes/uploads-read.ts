import { limits } from '../../../../core/limits.ts';
import type { Route } from '../../route.ts';
import { uploadDetail } from '../schemas/detail.ts';
import { mediaIdParams, storedMedia } from '../schemas/media.ts';
import { listUploadsQuery, uploadIdParams, uploadList, uploadStatusAnswer } from '../schemas/uploads.ts';

export const getUploadRoute = {
  operationId: 'getUpload',
  summary: 'Show everything of an upload',
  description: 'The `ETag` of the answer can be sent as `If-Match` with whatever changes the upload.',
  method: 'GET',
  path: '/api/upload/{uploadId}',
  group: 'uploads-read',
  auth: 'key_or_jwt',
  scope: 'upload:read',
  effect: 'read',
  conditional: true,
  body: null,
  params: uploadIdParams,
  query: null,
  answers: { 200: uploadDetail },
  errors: ['not_found'],
} as const satisfies Route;

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

/** The tenant's uploads, newest first, for the dashboard. */
export const listUploadsRoute = {
  operationId: 'listUploads',
  summary: 'List uploads',
  description: `Newest first. Go on with \`cursor\` set to the \`nextCursor\` of the page before and the same filters, until it is null: so you get each
upload that was there when you began exactly once, whatever is created meanwhile. Page numbers reach the newest ${limits.pagedUploads} uploads.

\`from\` and \`to\` cost nothing. The other filters look into the uploads, at most ${limits.filteredUploads} a request: such a page may be short or
empty and still have a \`nextCursor\`.`,
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

/** The same list for API keys. */
export const listApiUploadsRoute = {
  ...listUploadsRoute,
  operationId: 'listApiUploads',
  path: '/api/uploads',
  auth: 'key_or_jwt',
  scope: 'upload:read',
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
