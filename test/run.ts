import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { localDirectory, root } from '../local/paths.ts';
import { startProcess, type SupervisedProcess } from '../local/process.ts';

/**
 * Runs the checks and prints `N passed, N failed` over all of them; the type check and the linters count as one each.
 *
 *   node test/run.ts [part] [argument of vitest...]     part: typecheck, lint, openapi, unit, template, emulator, e2e; all of these if left out.
 *
 * `fidelity` and `browser` are parts of their own: they download some 500 MB and perhaps a browser, which nobody needs who only
 * changes a line.
 */

interface Count {
  readonly passed: number;
  readonly failed: number;
}

const projects = ['unit', 'template', 'emulator', 'e2e', 'fidelity', 'browser'] as const;

/** Parts that run only by their name. */
const APART: readonly string[] = ['fidelity', 'browser'];

/** The linter of OpenAPI documents asks nobody for news, and tells nobody about itself. */
const QUIET = { REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', REDOCLY_TELEMETRY: 'off' } as const;

const parts: Readonly<Record<string, (parameters: readonly string[]) => Promise<Count>>> = {
  typecheck: () => tool('typescript/bin/tsc', ['--noEmit']),
  lint: () => tool('oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']),
  openapi: () => tool('@redocly/cli/bin/cli.js', ['lint', 'docs/openapi.json', '--format=stylish'], QUIET),
  ...Object.fromEntries(projects.map((project) => [project, (parameters: readonly string[]) => vitest(project, parameters)])),
};

/** What vitest's JSON reporter writes, as far as it is read here. */
const reportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

/** Seconds that a part gets to end in order: the stack of the end-to-end tests may have to be destroyed. */
const GRACE = 60;
let running: SupervisedProcess | null = null;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    const stopped = running?.stop() ?? Promise.resolve();
    void stopped.finally(() => process.exit(130));
  });
}
process.exitCode = await main(process.argv.slice(2));

async function main([part, ...parameters]: readonly string[]): Promise<number> {
  const chosen = Object.entries(parts).filter(([name]) => (part === undefined ? !APART.includes(name) : name === part));
  if (chosen.length === 0) {
    console.error(`There is no part ${part}: ${Object.keys(parts).join(', ')}.`);
    return 2;
  }
  let passed = 0;
  let failed = 0;
  for (const [name, run] of chosen) {
    console.log(`\n# ${name}`);
    const began = Date.now();
    const count = await run(parameters);
    console.log(`# ${name}: ${count.passed} passed, ${count.failed} failed, ${((Date.now() - began) / 1000).toFixed(1)} s`);
    passed += count.passed;
    failed += count.failed;
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

async function tool(script: string, parameters: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Count> {
  const code = await run(join('node_modules', script), parameters, environment);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function vitest(project: string, parameters: readonly string[]): Promise<Count> {
  const report = join(localDirectory, 'reports', `${project}.json`);
  mkdirSync(join(localDirectory, 'reports'), { recursive: true });
  rmSync(report, { force: true });
  const code = await run('node_modules/vitest/vitest.mjs', [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...parameters,
  ]);
  const { passed, failed } = existsSync(report) ? readReport(report) : { passed: 0, failed: 0 };
  // Vitest also fails for what is no test: an error outside of all tests, a set-up that does not work, no tests at all.
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

/** A file that could not be loaded has no tests and counts as one that failed. */
function readReport(file: string): Count {
  const report = reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const unloaded = report.testResults.filter((result) => result.status === 'failed' && result.assertionResults.length === 0);
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length };
}

/** Runs a script of a package on this Node.js; gives its exit code. */
async function run(script: string, parameters: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<number> {
  running = startProcess({
    command: process.execPath,
    parameters: [join(root, script), ...parameters],
    environment: { ...process.env, ...environment },
    directory: root,
    output: 'inherit',
    grace: GRACE,
  });
  return running.exited;
}
