import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Which parts of the house may know which: folders, or single files of constants. Types count like everything else. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  store: ['core'],
  media: ['core'],
  platforms: ['core'],
  functions: ['core', 'store', 'media', 'platforms'],
  sandbox: ['core/clock.ts'],
  // Of everything that runs, only tables: what the stack is made from must not run in it.
  lib: [
    'core/errors.ts',
    'core/object-key.ts',
    'core/retention.ts',
    'core/times.ts',
    'core/workflow.ts',
    'functions/common/metrics.ts',
    'functions/environment.ts',
    'functions/http/cors.ts',
    'functions/http/route.ts',
    'functions/http/routes.ts',
    'media/public-key.ts', 'platforms/self-described.ts',
    'store/schema.ts',
  ],
  bin: ['lib', 'platforms', 'functions/http/openapi', 'functions/http/routes.ts'],
};

const root = join(import.meta.dirname, '..');

/** `import … from`, `export … from`, `import '…'`, `import('…')`. */
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/gu;

interface Import {
  readonly from: string;
  readonly specifier: string;
}

function importsOf(folder: string): readonly Import[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?ts$/u.test(entry.name))
    .flatMap((entry) => {
      const file = join(entry.parentPath, entry.name);
      const found = readFileSync(file, 'utf8').matchAll(SPECIFIER);
      return [...found].map(([, , specifier = '']) => ({ from: relative(root, file), specifier }));
    });
}

/** Where a relative import leads, from the project's root; null for a package. */
function target({ from, specifier }: Import): string | null {
  return specifier.startsWith('.') ? join(dirname(from), specifier) : null;
}

function isWithin(path: string, part: string): boolean {
  return path === part || path.startsWith(`${part}/`);
}

describe('imports point one way', () => {
  it.each(Object.entries(MAY_IMPORT))('%s knows only %j', (folder, allowed) => {
    const imports = importsOf(folder);
    expect(imports.length).toBeGreaterThan(0);
    const strange = imports.filter((each) => {
      const path = target(each);
      return path !== null && ![folder, ...allowed].some((part) => isWithin(path, part));
    });
    expect(strange).toEqual([]);
  });

  it('keeps AWS and HTTP out of the product', () => {
    const packages = importsOf('core').flatMap(({ specifier }) => (specifier.startsWith('.') ? [] : [specifier]));
    expect([...new Set(packages)].toSorted()).toEqual(['node:crypto', 'node:zlib', 'ulid', 'zod']);
  });

  it('keeps the handlers out of the route table, which the stack and the documentation read', () => {
    const seen = new Set<string>();
    const waiting = ['functions/http/routes.ts'];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      const folder = dirname(file);
      waiting.push(...importsOf(folder).filter(({ from }) => from === file).flatMap((each) => target(each) ?? []));
    }
    // The options of a network are described by its connector.
    const parts = ['functions/http', 'core', 'platforms'];
    expect([...seen].filter((file) => !parts.some((part) => isWithin(file, part)))).toEqual([]);
    expect([...seen].filter((file) => isWithin(file, 'functions/http/groups'))).toEqual([]);
  });
});
