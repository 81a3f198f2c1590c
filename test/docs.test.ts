import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { findings } from '../core/reconcile/ports.ts';
import { MAX_ENTRIES } from '../core/reconcile/reconcile.ts';
import { times } from '../core/times.ts';
import { measures } from '../functions/common/metrics.ts';
import { functionNames, outputNames } from '../lib/names.ts';

/** What the pages say exists: other pages, commands, files, functions, outputs, lines of the log, metrics. */

const root = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const list = (pattern: string): readonly string[] => globSync(pattern, { cwd: root });
const pages = ['README.md', ...list('docs/**/*.md')];
const operations = read('docs/operations.md');

/** Pages with each match of a pattern's first group in them. */
function mentions(pattern: RegExp, among: readonly string[] = pages): readonly (readonly [string, string])[] {
  return among.flatMap((page) => [...read(page).matchAll(pattern)].map(([, name = '']) => [page, name] as const));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): readonly string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gmu)].map(([, heading = '']) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').trim().replaceAll(/\s/gu, '-'),
  );
}

describe('a page', () => {
  it('links to pages and headings that are there', () => {
    const links = mentions(/\]\((?!https?:)([^)\s]+)\)/gu);
    expect(links.length).toBeGreaterThan(50);
    const broken = links.filter(([page, link]) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : relative(root, resolve(root, dirname(page), path));
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names files of the project that are there', () => {
    const named = mentions(/`((?:bench|bin|core|docs|functions|lib|local|media|platforms|sandbox|store|test)\/[\w./-]*)`/gu);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(([, path]) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names commands that package.json has', () => {
    const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')));
    const named = mentions(/\bnpm run (?:-s )?([a-z][a-z0-9:]*)/gu);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(([, script]) => !Object.hasOwn(scripts, script))).toEqual([]);
  });
});

describe('a page for operators', () => {
  const own = ['docs/operations.md', ...list('docs/runbooks/*.md')];

  it('asks for outputs and functions that the stacks have', () => {
    const outputs = mentions(/\bout ([A-Z]\w+)/gu, own);
    expect(outputs.length).toBeGreaterThan(5);
    const known: readonly string[] = [...outputNames.app, ...outputNames.data];
    expect(outputs.filter(([, name]) => !known.includes(name))).toEqual([]);
    const functions = mentions(/\b(?:lines|log_group|function_name) ((?:http|workflow|scheduled)-[a-z-]+)/gu, own);
    expect(functions.length).toBeGreaterThan(15);
    expect(functions.filter(([, name]) => !functionNames.some((each) => each === name))).toEqual([]);
  });

  it('looks for lines that are written', () => {
    const source = list('{core,functions}/**/*.ts').map(read).join('\n');
    const messages = mentions(/\$\.message = "([a-z_]+)"/gu, own);
    expect(messages.length).toBeGreaterThan(10);
    expect(messages.filter(([, message]) => !source.includes(`'${message}'`))).toEqual([]);
  });

  it('that is a runbook is listed, and says where its commands stand', () => {
    for (const runbook of list('docs/runbooks/*.md')) {
      expect(operations).toContain(`(${relative('docs', runbook)})`);
      expect([runbook, read(runbook)]).toEqual([runbook, expect.stringContaining('(../operations.md#finding-things)')]);
    }
  });
});

/** The first column of the tables under a heading. */
function rowsUnder(heading: string): readonly string[] {
  const [, section = ''] = operations.split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  return [...text.matchAll(/^\| ([^|]+) \|/gmu)].flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/gu)].map(([, name = '']) => name));
}

describe('the page on operations', () => {
  it('explains every output, every metric and everything that the reconcile job finds', () => {
    expect(rowsUnder('Finding things').toSorted()).toEqual([...outputNames.app, ...outputNames.data].toSorted());
    for (const name of outputNames.mediaDomain) expect(operations).toContain(`\`${name}\``);
    const metrics = Object.values(measures).flat().flatMap((measure) => Object.keys(measure.metrics));
    expect(rowsUnder('Metrics').toSorted()).toEqual([...new Set(metrics)].toSorted());
    expect(rowsUnder('What mends itself').filter((name) => name !== 'found').toSorted()).toEqual([...findings].toSorted());
  });

  it('tells the limits as they are', () => {
    const { standard } = times;
    const [, mends = ''] = operations.split('\n## What mends itself\n');
    const told = [
      `at most ${MAX_ENTRIES} entries a run`,
      `After ${standard.assemblyEnds / 3600} hours the upload fails`,
      `pauses from ${standard.lookUpPause / 60} minutes, for ${standard.lookUpEnds / 3600} hours`,
      `open for ${standard.stuckEnds / 3600} hours beyond`,
      `${standard.watchAhead / 60} minutes ahead and once a day, late ones in pauses that grow from ${standard.watchPause / 60} minutes to ${standard.watchPauseMax / 3600} hours`,
    ];
    for (const words of told) expect(mends).toContain(words);
    expect([standard.watchNew, standard.wakeGrace, standard.watchIdle]).toEqual([120, 60, 86_400]);
  });
});
