import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorKinds } from '../../core/errors.ts';
import { docsFiles } from '../../bin/docs-files.ts';
import { documentText, openApiDocument } from '../../functions/http/openapi/document.ts';
import { examples } from '../../functions/http/openapi/examples.ts';
import { words } from '../../functions/http/openapi/words.ts';
import { errorPages } from '../../functions/http/openapi/error-pages.ts';
import { routes } from '../../functions/http/routes.ts';
import { openDoor, type Door } from './support/door.ts';

const docs = join(import.meta.dirname, '../../docs');
const STALE = 'is stale: npm run openapi';

let door: Door;
beforeEach(async () => {
  door = await openDoor();
});
afterEach(() => door.close());

describe('what is made from the route table and committed', () => {
  it('is the OpenAPI document of today', () => {
    expect(readFileSync(join(docs, 'openapi.json'), 'utf8') === documentText(openApiDocument(routes)), `docs/openapi.json ${STALE}`).toBe(true);
  });

  it('is a page of today for every error', () => {
    const pages = errorPages(routes);
    expect(readdirSync(join(docs, 'errors')).toSorted()).toEqual([...pages.keys()].toSorted());
    for (const [file, text] of pages) expect(readFileSync(join(docs, 'errors', file), 'utf8') === text, `docs/errors/${file} ${STALE}`).toBe(true);
  });
});

const form = new Set(routes.filter(({ body }) => body?.type === 'form').map(({ operationId }) => operationId));

describe('every operation', () => {
  it.each(routes.filter(({ auth }) => auth !== 'none').map((route) => [route.operationId, route] as const))('has a complete example: %s', (operationId, route) => {
    const example = examples[operationId];
    if (route.body !== null && !form.has(operationId)) expect(route.body.schema.safeParse(example?.request).error).toBeUndefined();
    for (const schema of Object.values(route.answers)) expect(schema.safeParse(example?.answer).error).toBeUndefined();
  });

  it('says what each of its fields means, and no word is left over', () => {
    const document = openApiDocument(routes);
    expect(silentFields(document)).toEqual([]);
    const used = JSON.stringify(document);
    expect(Object.entries(words).filter(([, word]) => !used.includes(JSON.stringify(word)))).toEqual([]);
  });

  it('has closed answers', () => {
    const open = ['getOpenApi', 'showDocs', 'getDocsAsset'];
    for (const route of routes.filter(({ operationId }) => !open.includes(operationId))) {
      for (const schema of Object.values(route.answers)) expect(schema.safeParse({ ...Object(examples[route.operationId]?.answer), more: 1 }).success, route.operationId).toBe(false);
    }
  });
});

/** Paths of properties and parameters without a description. */
function silentFields(value: unknown, path: readonly string[] = []): readonly string[] {
  if (typeof value !== 'object' || value === null || path.at(-1) === 'example') return [];
  const isField = path.at(-2) === 'properties' && path.at(-3) !== 'properties' && !path.includes('responses');
  const silent = isField && !('description' in value) ? [path.join('.')] : [];
  return [...silent, ...Object.entries(value).flatMap(([name, inner]) => silentFields(inner, [...path, name]))];
}

describe('the type of an error', () => {
  it('leads to the page of its code', async () => {
    const { body } = await door.call({ to: 'POST /api/upload/abort', json: {} });
    const [, folder, page] = /^https:\/\/docs\.example\/(\w+)\/(\w+)$/u.exec(body.type) ?? [];
    expect(folder).toBe('errors');
    expect(page).toBe(body.code);
    const text = readFileSync(join(docs, 'errors', `${page}.md`), 'utf8');
    expect(text).toContain(errorKinds.unauthenticated.remedy);
  });
});

describe('GET /openapi.json', () => {
  it('gives the document to anybody', async () => {
    const { status, body, headers } = await door.call({ to: 'GET /openapi.json' });
    expect(status).toBe(200);
    expect(body).toEqual(JSON.parse(documentText(openApiDocument(routes))));
    expect(headers['Cache-Control']).toBe('public, max-age=300');
  });

  it('is not troubled by credentials that are not valid', async () => {
    expect((await door.call({ to: 'GET /openapi.json', key: 'fan_wrong', jwt: 'wrong' })).status).toBe(200);
  });
});

describe('GET /docs', () => {
  it('is a page whose links lead to its own stage', async () => {
    const page = await door.call({ to: 'GET /docs' });
    expect(page).toMatchObject({ status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' } });
    const links = linksOf(page.body);
    expect(links.length).toBeGreaterThan(3);
    const base = 'https://api.example.com/prod/docs';
    for (const link of links) expect(new URL(link, base).href, link).toMatch(/^https:\/\/api\.example\.com\/prod\/(?:openapi\.json|docs\/[\w.-]+)$/u);
  });

  it('loads files that are there, may be kept for ever, and are of the type that they say', async () => {
    const { body } = await door.call({ to: 'GET /docs' });
    const types = [];
    for (const link of linksOf(body).filter((each) => each.startsWith('docs/'))) {
      const file = await door.call({ to: `GET /${link}` });
      expect(file).toMatchObject({ status: 200, headers: { 'Cache-Control': 'public, max-age=31536000, immutable', 'X-Content-Type-Options': 'nosniff' } });
      types.push(file.headers['Content-Type']);
    }
    expect(new Set(types)).toEqual(new Set(['text/css; charset=utf-8', 'text/javascript; charset=utf-8', 'text/plain; charset=utf-8']));
  });

  it('forbids every request to another host', async () => {
    const { headers } = await door.call({ to: 'GET /docs' });
    const policy = new Map(headers['Content-Security-Policy']?.split('; ').map((each) => [each.split(' ')[0], each.split(' ').slice(1)]));
    expect(policy.get('default-src')).toEqual(["'none'"]);
    expect(policy.get('script-src')).toEqual(["'self'"]);
    expect(policy.get('connect-src')).toEqual(["'self'"]);
    const allowed = [...policy.values()].flat();
    expect(allowed.filter((source) => !["'none'", "'self'", "'unsafe-inline'", 'data:'].includes(source))).toEqual([]);
  });

  it('asks no other host for anything: its style sheet loads nothing, its script is told the address of the document', () => {
    const files = [...docsFiles()];
    const style = files.find(([name]) => name.endsWith('.css'))?.[1] ?? '';
    const loaded = [...style.matchAll(/url\(\s*["']?([^"')]+)|@import\s+["']?([^"';]+)/gu)].map(([, url, sheet]) => url ?? sheet);
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.filter((url) => url?.startsWith('data:') === false)).toEqual([]);
    const script = files.find(([name]) => name.endsWith('.js'))?.[1] ?? '';
    expect(script).toContain("url: 'openapi.json'");
    expect(script).toContain('validatorUrl: null');
  });

  it('fits into what Lambda answers, each file', () => {
    for (const [name, text] of docsFiles()) expect(JSON.stringify(text).length, name).toBeLessThan(6_000_000);
  });

  it('has no file of another name', async () => {
    for (const asset of ['openapi.json', 'page.html', 'nothing.js', '..%2Fpackage.json']) {
      expect((await door.call({ to: `GET /docs/${asset}` })).status, asset).toBe(404);
    }
  });
});

function linksOf(page: string): readonly string[] {
  return [...page.matchAll(/(?:href|src)="([^"]*)"/gu)].map(([, link = '']) => link).filter((link) => link !== 'data:,');
}
