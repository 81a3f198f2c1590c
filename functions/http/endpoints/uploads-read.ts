import { getMedia } from '../native/get-media.ts';
import { getUpload } from '../native/get-upload.ts';
import { getUploadStatus } from '../native/get-upload-status.ts';
import { listApiUploads, listUploads } from '../native/list-uploads.ts';

/** What the group `uploads-read` serves. */
export const uploadsReadEndpoints = [getUpload, getUploadStatus, getMedia, listUploads, listApiUploads];
