import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { buildFunctions } from '../bin/build.ts';
import { functionNames, type FunctionName } from '../lib/names.ts';
import { median, type Figure } from './figure.ts';

const run = promisify(execFile);

const RUNS = 5;
const KB = 1000;

/** Bytes of JavaScript that a function may have, in kB: reading a status is the most frequent call; two functions hold all networks. */
function sizeGoal(name: FunctionName): number {
  switch (name) {
    case 'http-uploads-read':
      return 400;
    case 'workflow-transfer':
    case 'workflow-publish':
      return 700;
    default:
      return 500;
  }
}

const IMPORT_GOAL_MS = 150;

/** The environment that every function finds when it is imported; no call leaves the process. */
const environment = {
  PATH: process.env['PATH'],
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  TABLE_NAME: 'table',
  BUCKET_NAME: 'bucket',
  TOKEN_KEY_ARN: 'arn:aws:kms:us-east-1:000000000000:key/0',
  EVENT_BUS_NAME: 'default',
  PACE: 'standard',
  IDENTITY: JSON.stringify({ issuer: 'https://issuer.example', audience: 'fanfare', jwksUri: null }),
  NETWORKS: '{}',
  CONFIGURED_NETWORKS: '[]',
  METRICS_NAMESPACE: 'Fanfare/test',
  ERROR_DOCS_URL: 'https://docs.example/errors',
  ORIGINS: '["*"]',
  PLAN: JSON.stringify({ deliveriesPerMonth: 10_000, requestsPerSecond: 20, burst: 100 }),
  UPLOAD_MACHINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:upload',
  ACCOUNT_MACHINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:account',
  VAULT_NAME: 'vault',
  MEDIA_DOMAIN: 'null',
  LINKING: '{"publicUrl":"https://api.example.com","loopbackRedirects":false}',
};

/** Size of each function's JavaScript, and the time that a fresh Node.js takes to import it (median of five processes). */
export async function bundleFigures(outDir: string): Promise<readonly Figure[]> {
  await buildFunctions({ outDir });
  const figures: Figure[] = [];
  for (const name of functionNames) {
    const file = join(outDir, name, 'index.mjs');
    figures.push({ name: `${name}: JavaScript`, value: (await stat(file)).size / KB, unit: 'kB', goal: { max: sizeGoal(name) } });
    const durations = [];
    for (let i = 0; i < RUNS; i += 1) durations.push(await importTime(file));
    figures.push({ name: `${name}: import`, value: median(durations), unit: 'ms', goal: { max: IMPORT_GOAL_MS } });
  }
  return figures;
}

async function importTime(file: string): Promise<number> {
  const script = `const start = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(performance.now() - start); process.exit(0);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { env: environment, timeout: 30_000 });
  const duration = Number(stdout.trim().split('\n').at(-1));
  if (!Number.isFinite(duration)) throw new Error(`The import of ${file} gave no time: ${stdout}`);
  return duration;
}
