import { getDocsAsset, getOpenApi, showDocs } from '../native/docs.ts';

/** What the group `docs` serves. */
export const docsEndpoints = [getOpenApi, showDocs, getDocsAsset];
