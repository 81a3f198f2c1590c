import type { Route } from '../../route.ts';
import { asset, assetParams, openApiAnswer, page } from '../schemas/docs.ts';

const forAnybody = { method: 'GET', group: 'docs', auth: 'none', scope: null, effect: 'read', body: null, query: null } as const;

export const getOpenApiRoute = {
  ...forAnybody,
  operationId: 'getOpenApi',
  summary: 'Get this document',
  path: '/openapi.json',
  params: null,
  answers: { 200: openApiAnswer },
  errors: [],
} as const satisfies Route;

export const showDocsRoute = {
  ...forAnybody,
  operationId: 'showDocs',
  summary: 'Read this document as a page',
  path: '/docs',
  params: null,
  answers: { 200: page },
  produces: ['text/html'],
  errors: [],
} as const satisfies Route;

export const getDocsAssetRoute = {
  ...forAnybody,
  operationId: 'getDocsAsset',
  summary: 'Get a file that the page loads',
  path: '/docs/{asset}',
  params: assetParams,
  answers: { 200: asset },
  produces: ['text/javascript', 'text/css', 'text/plain'],
  errors: ['not_found'],
} as const satisfies Route;
