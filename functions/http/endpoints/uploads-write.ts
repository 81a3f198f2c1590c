import { completeUpload } from '../native/complete-upload.ts';
import { uploadForm } from '../native/upload-form.ts';

/** What the group `uploads-write` serves. */
export const uploadsWriteEndpoints = [completeUpload, uploadForm];
