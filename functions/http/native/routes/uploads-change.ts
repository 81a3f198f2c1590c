import type { Route } from '../../route.ts';
import { cancelBody, editBody, publishNowBody, retryBody } from '../schemas/changes.ts';
import { createBody } from '../schemas/create.ts';
import { uploadDetail } from '../schemas/detail.ts';
import { createdUpload, uploadIdParams } from '../schemas/uploads.ts';

/** What all moves of people on an upload share. */
const change = {
  group: 'uploads-change',
  auth: 'key_or_jwt',
  scope: 'upload:write',
  effect: 'write',
  conditional: true,
  params: uploadIdParams,
  query: null,
  answers: { 200: uploadDetail },
} as const;

/** In this group because it starts an execution, as a change may. */
export const createUploadRoute = {
  operationId: 'createUpload',
  summary: 'Make an upload of stored files, or of a text',
  description:
    'A video, one or more photos, or a text, to any of the accounts. The files are looked into at once, so that whatever a network does not take is refused here, with the ids of its rules. ' +
    'A file can be used again until its `usableUntil`.',
  method: 'POST',
  path: '/api/uploads',
  group: 'uploads-change',
  auth: 'key_or_jwt',
  scope: 'upload:write',
  effect: 'write',
  body: { type: 'json', schema: createBody },
  params: null,
  query: null,
  answers: { 201: createdUpload },
  errors: ['media_gone', 'quota_exceeded'],
} as const satisfies Route;

export const editUploadRoute = {
  ...change,
  operationId: 'editUpload',
  summary: 'Change what an upload says, or its time',
  description:
    'Possible while nothing of the upload is being published or was. A field that is left out stays; `null` takes `description` or `scheduledOn` away, and an upload without a time ' +
    'is published at once. Each network named under `options` gets its new options whole, `null` takes them away, and the others keep theirs. The rules of creation hold.',
  method: 'PATCH',
  path: '/api/upload/{uploadId}',
  body: { type: 'json', schema: editBody },
  errors: ['not_found', 'upload_state', 'precondition_failed'],
} as const satisfies Route;

export const cancelUploadRoute = {
  ...change,
  operationId: 'cancelUpload',
  summary: 'Cancel an upload',
  description:
    'On all accounts, or on those named. 200 means that nothing was and nothing will be published on them; otherwise nothing is cancelled, and the answer says how each account stands ' +
    'and on which it is possible still. What had failed stays failed. Cancelling what is cancelled changes nothing.',
  method: 'POST',
  path: '/api/upload/{uploadId}/cancel',
  body: { type: 'json', schema: cancelBody },
  errors: ['not_found', 'upload_state', 'precondition_failed'],
} as const satisfies Route;

export const retryUploadRoute = {
  ...change,
  operationId: 'retryUpload',
  summary: 'Publish again what failed',
  description:
    'On all accounts that failed, or on those named. An account whose outcome is unknown is repeated only with `force`: **the post may be there already, and then it is there twice.** ' +
    'Look at the account first. Files are kept for seven days after an upload has ended.',
  method: 'POST',
  path: '/api/upload/{uploadId}/retry',
  body: { type: 'json', schema: retryBody },
  errors: ['not_found', 'upload_state', 'media_gone', 'precondition_failed'],
} as const satisfies Route;

export const publishNowRoute = {
  ...change,
  operationId: 'publishNow',
  summary: 'Publish now what waits for its time',
  description: 'The same as an edit that sets `scheduledOn` to null.',
  method: 'POST',
  path: '/api/upload/{uploadId}/publish-now',
  body: { type: 'json', schema: publishNowBody },
  errors: ['not_found', 'upload_state', 'precondition_failed'],
} as const satisfies Route;
