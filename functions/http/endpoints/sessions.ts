import { abortUpload } from '../native/abort-upload.ts';
import { openMedia } from '../native/open-media.ts';
import { openMultipart } from '../native/open-multipart.ts';
import { presignPut } from '../native/presign-put.ts';
import { resumeSession } from '../native/resume-session.ts';

/** What the group `sessions` serves. */
export const sessionsEndpoints = [presignPut, openMultipart, resumeSession, abortUpload, openMedia];
