import { limits } from '../../../../core/limits.ts';
import type { Route } from '../../route.ts';
import {
  abortBody,
  aborted,
  mediaBody,
  multipartBody,
  presignedParts,
  presignedPut,
  presignPutBody,
  resumeBody,
  resumedSession,
} from '../schemas/sessions.ts';

const DAY = 86_400;

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
  description: `An answer has URLs of at most ${limits.partWindow} parts. Where \`nextPartNumber\` is not null, the same route with
\`{"sessionToken": "…", "fromPart": nextPartNumber}\` gives the next ones. URLs live an hour: sign a window when its parts are about to be sent.`,
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

/** A read, but it hands out URLs to write to: so a key needs the scope of those who write. */
export const resumeSessionRoute = {
  operationId: 'resumeSession',
  summary: 'Show how a session stands, and sign URLs of the parts that are missing',
  description: `For a client that has nothing left but the token: what the file is, which parts have arrived, and URLs of at most
${limits.partWindow} missing ones. A part that arrived in a wrong size counts as missing. It changes nothing.`,
  method: 'POST',
  path: '/api/upload/session',
  group: 'sessions',
  auth: 'key_or_jwt',
  scope: 'upload:write',
  effect: 'read',
  body: { type: 'json', schema: resumeBody },
  params: null,
  query: null,
  answers: { 200: resumedSession },
  errors: ['not_found', 'session_expired'],
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
