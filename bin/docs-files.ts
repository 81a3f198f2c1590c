import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Tells the viewer where the document is, relative to the page, and to ask no other host anything. */
const START = `
SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  validatorUrl: null,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  showExtensions: true,
  persistAuthorization: false,
});
`;

/**
 * The files that the group `docs` serves, by name: the OpenAPI document, a page, and the viewer that the page loads (Swagger
 * UI). The names of what the page loads have the digest of the content, so that browsers may keep it.
 */
export function docsFiles(): ReadonlyMap<string, string> {
  const viewer = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const read = (...names: readonly string[]): string => names.map((name) => readFileSync(join(viewer, name), 'utf8').replace(SOURCE_MAP, '')).join('\n');
  const script = named('viewer', 'js', read('swagger-ui-bundle.js') + START);
  const style = named('viewer', 'css', read('swagger-ui.css'));
  const licenses = named('licenses', 'txt', read('NOTICE', 'LICENSE', 'swagger-ui-bundle.js.LICENSE.txt'));
  return new Map([
    ['openapi.json', readFileSync(join(root, 'docs', 'openapi.json'), 'utf8')],
    ['page.html', page({ script: script[0], style: style[0], licenses: licenses[0] })],
    script,
    style,
    licenses,
  ]);
}

/** The maps stay behind. */
const SOURCE_MAP = /\/[/*]# sourceMappingURL=\S+(?: ?\*\/)?/gu;

function named(name: string, extension: string, text: string): readonly [string, string] {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return [`${name}-${digest}.${extension}`, text];
}

/** All links are relative to the page's own address, whatever stage stands before it. */
function page({ script, style, licenses }: Readonly<Record<'script' | 'style' | 'licenses', string>>): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Fanfare API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/${style}">
    <script src="docs/${script}" defer></script>
  </head>
  <body>
    <noscript>This page needs JavaScript. The document itself: <a href="openapi.json">openapi.json</a></noscript>
    <main id="viewer"></main>
    <footer class="swagger-ui"><p class="wrapper"><a href="openapi.json">openapi.json</a> · <a href="docs/${licenses}">licenses of this page</a></p></footer>
  </body>
</html>
`;
}
