import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ERRORS_BY_CLASS } from '../../bin/lean-sdk.ts';

const root = join(import.meta.dirname, '../..');

/** Names that a source imports from a client of the AWS SDK and asks for by `instanceof`, as `client-sfn ExecutionDoesNotExist`. */
function askedFor(text: string): readonly string[] {
  const imports = [...text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/(client-[a-z0-9-]+)'/gu)];
  return imports.flatMap(([, names = '', client]) => {
    const classes = names.split(',').map((name) => name.trim()).filter((name) => name !== '');
    return classes.filter((name) => text.includes(`instanceof ${name}`)).map((name) => `${client} ${name}`);
  });
}

it('keeps every error of a client that functions tell apart by its class, and no other', () => {
  const sources = globSync('{core,functions,media,platforms,store}/**/*.ts', { cwd: root }).map((path) => readFileSync(join(root, path), 'utf8'));
  const asked = new Set(sources.flatMap(askedFor));
  // The common error of a client needs no registration.
  const kept = [...asked].filter((name) => !name.endsWith('ServiceException'));
  const listed = Object.entries(ERRORS_BY_CLASS).flatMap(([client, names]) => names.map((name) => `${client} ${name}`));
  expect(kept.toSorted()).toEqual(listed.toSorted());
});
