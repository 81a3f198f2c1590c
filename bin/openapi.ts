import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentText, openApiDocument } from '../functions/http/openapi/document.ts';
import { errorPages } from '../functions/http/openapi/error-pages.ts';
import { routes } from '../functions/http/routes.ts';

/** `npm run openapi`: writes what is made from the route table and the list of errors, `docs/openapi.json` and `docs/errors/`. */

const docs = join(import.meta.dirname, '..', 'docs');
const errors = join(docs, 'errors');
const pages = errorPages(routes);

writeFileSync(join(docs, 'openapi.json'), documentText(openApiDocument(routes)));
mkdirSync(errors, { recursive: true });
for (const file of readdirSync(errors)) if (!pages.has(file)) rmSync(join(errors, file));
for (const [file, text] of pages) writeFileSync(join(errors, file), text);
console.log(`docs/openapi.json: ${routes.length} operations; docs/errors/: ${pages.size} pages`);
