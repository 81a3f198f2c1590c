import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { networksPage } from '../../bin/networks-page.ts';
import { operatorText, registrationOf } from '../../bin/operator-text.ts';
import { platforms } from '../../platforms/registry.ts';
import { selfDescribed } from '../../platforms/self-described.ts';

const page = networksPage(platforms);

describe('docs/networks.md', () => {
  it('is what is made from the connectors today', () => {
    const committed = readFileSync(join(import.meta.dirname, '../../docs/networks.md'), 'utf8');
    expect(committed === page, 'docs/networks.md is stale: npm run networks (what people write stands in platforms/<network>/operator.md)').toBe(true);
  });

  it.each(platforms.map((platform) => [platform.network, platform] as const))('says of %s what to register, what a lost answer means, its kinds, every limit and every option', (network, { title, kinds, limits, optionsSchema }) => {
    expect(operatorText(network)).toMatch(/^\| to be registered \| \S/mu);
    expect(operatorText(network)).toMatch(/^\*\*A lost answer/mu);
    if (selfDescribed.has(network)) expect(operatorText(network)).toMatch(/^\| to be registered \| nothing/mu);
    else {
      const { what, where } = registrationOf(network);
      expect(operatorText(network)).toContain(`| to be registered | ${what.slice(0, 5)}`);
      expect([URL.canParse(where), where]).toEqual([true, expect.stringMatching(/^https:/u)]);
    }
    const [, section = ''] = page.split(`\n## ${title}\n`);
    const [text = ''] = section.split('\n## ');
    expect(text).toContain(`Takes ${kinds.join(', ')}.`);
    for (const { check } of limits) expect(text).toContain(`| \`${check}\` |`);
    for (const option of Object.keys(optionsSchema.shape)) expect(text).toContain(`| \`${option}\` |`);
  });

  it('has tables whose rows all have their cells', () => {
    const tables = page.split('\n\n').filter((block) => /^\|/mu.test(block));
    expect(tables.length).toBeGreaterThan(2 * platforms.length);
    for (const table of tables) {
      const rows = table.split('\n').filter((line) => line.startsWith('|'));
      const cells = rows.map((row) => row.split('|').length);
      expect([...new Set(cells)], rows[0]).toHaveLength(1);
    }
  });
});
