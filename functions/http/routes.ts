import { getDocsAssetRoute, getOpenApiRoute, showDocsRoute } from './native/routes/docs.ts';
import { listAccountsRoute, setDefaultsRoute, unlinkAccountRoute } from './native/routes/accounts.ts';
import { checkAccountRoute, chooseTargetsRoute, finishLinkRoute, getClientMetadataRoute, getLinkRoute, getRedirectOriginsRoute, linkAccountRoute, sendLinkFormRoute, setRedirectOriginsRoute, startLinkRoute } from './native/routes/linking.ts';
import { generateApiKeyRoute, listApiKeysRoute, renameApiKeyRoute, revokeApiKeyRoute, rotateApiKeyRoute } from './native/routes/keys.ts';
import { listNetworksRoute } from './native/routes/networks.ts';
import { abortUploadRoute, openMediaRoute, openMultipartRoute, presignPutRoute, resumeSessionRoute } from './native/routes/sessions.ts';
import { cancelUploadRoute, createUploadRoute, editUploadRoute, publishNowRoute, retryUploadRoute } from './native/routes/uploads-change.ts';
import { getMediaRoute, getUploadRoute, getUploadStatusRoute, listApiUploadsRoute, listUploadsRoute } from './native/routes/uploads-read.ts';
import { completeMediaRoute, completeUploadRoute, uploadFormRoute, validateUploadRoute } from './native/routes/uploads-write.ts';
import type { Route } from './route.ts';

/** The route table. A group's function imports only the routes it serves, so that its bundle holds no other schema. */
export const routes: readonly Route[] = [
  generateApiKeyRoute,
  listApiKeysRoute,
  renameApiKeyRoute,
  revokeApiKeyRoute,
  rotateApiKeyRoute,
  listNetworksRoute,
  listAccountsRoute,
  linkAccountRoute,
  getLinkRoute,
  chooseTargetsRoute,
  checkAccountRoute,
  setDefaultsRoute,
  unlinkAccountRoute,
  getRedirectOriginsRoute,
  setRedirectOriginsRoute,
  startLinkRoute,
  finishLinkRoute,
  sendLinkFormRoute,
  getClientMetadataRoute,
  presignPutRoute,
  openMultipartRoute,
  resumeSessionRoute,
  completeUploadRoute,
  abortUploadRoute,
  openMediaRoute,
  completeMediaRoute,
  getMediaRoute,
  createUploadRoute,
  getUploadRoute,
  editUploadRoute,
  cancelUploadRoute,
  retryUploadRoute,
  publishNowRoute,
  getUploadStatusRoute,
  uploadFormRoute,
  validateUploadRoute,
  listUploadsRoute,
  listApiUploadsRoute,
  getOpenApiRoute,
  showDocsRoute,
  getDocsAssetRoute,
];
