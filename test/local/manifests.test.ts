import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/paths.ts';

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const requirements = ['local', 'test/fidelity/python'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.startsWith('requirements'))
    .map((name) => `${folder}/${name}`),
);

describe('what is installed', () => {
  it.each(['package-lock.json', 'test/fidelity/npm/package-lock.json', 'test/browser/npm/package-lock.json'])('comes from the registry that whoever installs it has set: %s', (file) => {
    expect(read(file)).not.toMatch(/"resolved": "https?:/u);
    expect(read(file)).toContain('"integrity": "sha512-');
  });

  it.each(requirements)('is pinned: %s', (file) => {
    const lines = read(file).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !/^[A-Za-z0-9_.-]+==[^\s*]+(?: ; .+)?$/u.test(line))).toEqual([]);
  });

  it('leaves the clients of other people in exact versions', () => {
    const { dependencies, overrides } = JSON.parse(read('test/fidelity/npm/package.json'));
    expect(Object.values({ ...dependencies, ...overrides }).filter((version) => !/^\d+\.\d+\.\d+$/u.test(String(version)))).toEqual([]);
  });
});
