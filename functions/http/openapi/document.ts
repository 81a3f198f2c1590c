import { limits } from '../../../core/limits.ts';
import { scopes } from '../../../core/model.ts';
import { problem } from '../native/schemas/common.ts';
import type { Route } from '../route.ts';
import { nameComponents } from './components.ts';
import { errorBook } from './errors.ts';
import { headers, parameters } from './headers.ts';
import type { OpenApiDocument, Operation } from './json.ts';
import { operationOf } from './operation.ts';
import { schemaBook } from './schemas.ts';
import { tags } from './tags.ts';

const GiB = 1024 ** 3;

const DESCRIPTION = `
Publishes one video to many social accounts, exactly once on each.

**How an upload is made.** A file of up to ${limits.fileSize / GiB} GiB: open a session (\`presignPut\` for one part, \`openMultipart\` for several), send the
bytes to the URLs that it hands out, and complete the session (\`completeUpload\`). A small file: one form (\`uploadForm\`). Then follow
the upload (\`getUploadStatus\`).

**Who calls.** An API key in \`X-Api-Key\`, or a dashboard session (JWT) in \`Authorization: Bearer\`. Each route names the scope that a
key needs. Everything belongs to one workspace: what belongs to another is answered like what does not exist.

**Errors** are \`application/problem+json\` (RFC 9457). \`code\` is stable, \`type\` is the address of a page that says what happened, who
can act and what to do, \`errors\` names each wrong field.

**Repeating.** Every write takes an \`Idempotency-Key\`: send the same request with the same key again whenever an answer was lost.

**Texts** are Unicode; lengths count code points. **Times** are RFC 3339 with an offset, and are answered in UTC. JSON with a name
twice in one object is refused, and so are fields that are not in this document.
`.trim();

/** The OpenAPI document of these routes. */
export function openApiDocument(routes: readonly Route[]): OpenApiDocument {
  nameComponents();
  const books = { schemas: schemaBook(), errors: errorBook() };
  books.schemas.of(problem, 'output');
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route, books);
  const responses = books.errors.components();
  const used = new Set(Object.values(paths).flatMap((methods) => Object.values(methods).flatMap((operation) => operation.tags)));
  return {
    openapi: '3.1.1',
    info: {
      title: 'Fanfare',
      version: '1.0.0',
      summary: 'One upload to many social accounts, once each.',
      description: DESCRIPTION,
    },
    // Relative to this document's own address: it is served next to the paths that it describes, whatever stands before them.
    servers: [{ url: '.', description: 'Where this document was read from.' }],
    tags: tags.filter(({ name }) => used.has(name)),
    paths,
    components: {
      schemas: books.schemas.components(),
      responses,
      headers: usedOf(headers, 'headers', { paths, responses }),
      parameters: usedOf(parameters, 'parameters', { paths }),
      securitySchemes: {
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Api-Key',
          description: `A key of a workspace, the key alone without a prefix. Scopes: ${scopes.map((scope) => `\`${scope}\``).join(', ')}.`,
        },
        session: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A dashboard session of the identity provider.' },
      },
    },
  };
}

/** Those components that something refers to. */
function usedOf<Component>(components: Readonly<Record<string, Component>>, kind: string, where: unknown): Readonly<Record<string, Component>> {
  const text = JSON.stringify(where);
  return Object.fromEntries(Object.entries(components).filter(([name]) => text.includes(`"#/components/${kind}/${name}"`)));
}

/** The document as it is committed and served. */
export function documentText(document: OpenApiDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
