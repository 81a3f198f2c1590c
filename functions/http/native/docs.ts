import { errorAt } from '../../../core/errors.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { getDocsAssetRoute, getOpenApiRoute, showDocsRoute } from './routes/docs.ts';
import { openApiAnswer } from './schemas/docs.ts';

/** The files of the documentation by name. */
export interface DocsPorts {
  readonly files: ReadonlyMap<string, string>;
}

/** Seconds for which a copy of what may change with the next deployment is good. */
const MINUTES_5 = 'public, max-age=300';
/** The name of an asset has the digest of its content. */
const FOREVER = 'public, max-age=31536000, immutable';

/** The page gets everything from its own host, and can be framed by nobody. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // The viewer writes style attributes into the pictures that it draws.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const NO_SNIFFING = { 'X-Content-Type-Options': 'nosniff' } as const;

export const getOpenApi = endpoint(getOpenApiRoute, {
  handle: async ({ files }: DocsPorts) => {
    const document = openApiAnswer.parse(JSON.parse(fileOf(files, 'openapi.json')));
    return { ...answer(200, document), headers: { 'Cache-Control': MINUTES_5, ...NO_SNIFFING } };
  },
});

export const showDocs = endpoint(showDocsRoute, {
  handle: async ({ files }: DocsPorts) => ({
    ...answer(200, fileOf(files, 'page.html')),
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': MINUTES_5, 'Content-Security-Policy': POLICY, 'Referrer-Policy': 'no-referrer', ...NO_SNIFFING },
  }),
});

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css', txt: 'text/plain' };

export const getDocsAsset = endpoint(getDocsAssetRoute, {
  handle: async ({ files }: DocsPorts, { params }) => {
    const type = TYPES[/\.(\w+)$/u.exec(params.asset)?.[1] ?? ''];
    const text = files.get(params.asset);
    if (type === undefined || text === undefined) throw errorAt('not_found', 'asset', 'not_found', 'The documentation has no such file: load its page again.');
    return { ...answer(200, text), headers: { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': FOREVER, ...NO_SNIFFING } };
  },
});

function fileOf(files: DocsPorts['files'], name: string): string {
  const text = files.get(name);
  if (text === undefined) throw new Error(`The bundle lacks ${name}.`);
  return text;
}
