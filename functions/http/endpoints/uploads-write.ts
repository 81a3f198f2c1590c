import { completeMedia } from '../native/complete-media.ts';
import { completeUpload } from '../native/complete-upload.ts';
import { uploadForm } from '../native/upload-form.ts';
import { validateUpload } from '../native/validate-upload.ts';

/** What the group `uploads-write` serves. */
export const uploadsWriteEndpoints = [completeUpload, completeMedia, uploadForm, validateUpload];
