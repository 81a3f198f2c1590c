import { cancelUpload } from '../native/cancel-upload.ts';
import { createUpload } from '../native/create-upload.ts';
import { editUpload } from '../native/edit-upload.ts';
import { publishNow } from '../native/publish-now.ts';
import { retryUpload } from '../native/retry-upload.ts';

/** What the group `uploads-change` serves. */
export const uploadsChangeEndpoints = [createUpload, editUpload, cancelUpload, retryUpload, publishNow];
