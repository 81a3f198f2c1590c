import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { buildFunctions } from '../../bin/build.ts';
import { environmentSchema } from '../../functions/environment.ts';
import { constructId, functionNames, type FunctionName } from '../../lib/names.ts';
import { standard, synthesize } from './synthesis.ts';
import { resourcesOf } from './template.ts';

const run = promisify(execFile);
let outDir: string;

beforeAll(async () => {
  outDir = join(mkdtempSync(join(tmpdir(), 'fanfare-bundles-')), 'functions');
  await buildFunctions({ outDir });
});

afterAll(() => {
  rmSync(join(outDir, '..'), { recursive: true, force: true });
});

/** Where the template refers to another resource, something in its form. */
const IN_PLACE_OF_REFERENCES: Readonly<Record<string, string>> = {
  TABLE_NAME: 'table',
  BUCKET_NAME: 'bucket',
  TOKEN_KEY_ARN: 'arn:aws:kms:us-east-1:000000000000:key/0',
  EVENT_BUS_NAME: 'bus',
  UPLOAD_MACHINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:upload',
  VAULT_NAME: 'vault',
  LINKING: '{"publicUrl":"https://api.example.com","loopbackRedirects":false}',
  ACCOUNT_MACHINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:account',
  IDENTITY: '{"issuer":"https://login.example.com","audience":"fanfare","jwksUri":null}',
};

const variables = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });

/** The environment that the stack gives a function. */
function environmentOf(name: FunctionName): Record<string, string> {
  const functions = [...resourcesOf(synthesize(standard).app, 'AWS::Lambda::Function')];
  const [, found] = functions.find(([id]) => id.slice(0, -8) === constructId(name)) ?? [];
  const entries = Object.entries(variables.parse(found?.Properties).Environment.Variables);
  return Object.fromEntries(entries.map(([entry, value]) => [entry, typeof value === 'string' ? value : (IN_PLACE_OF_REFERENCES[entry] ?? '')]));
}

const started = z.object({ handler: z.literal('function'), read: z.array(z.string()) });

/** Imports a function's bundle in a process of its own, and gives the entries of the environment that it reads. */
async function start(name: FunctionName, environment: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const file = pathToFileURL(join(outDir, name, 'index.mjs')).href;
  const script = `
    const read = new Set();
    process.env = new Proxy(process.env, { get: (all, entry) => (read.add(entry), all[entry]) });
    const { handler } = await import(${JSON.stringify(file)});
    console.log(JSON.stringify({ handler: typeof handler, read: [...read].map(String) }));`;
  const credentials = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' };
  const options = { env: { ...credentials, ...environment }, timeout: 30_000 };
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], options);
  return started.parse(JSON.parse(stdout)).read;
}

describe('every bundle', () => {
  it('is a file and its source map, in a folder of its own, with what it hands out', () => {
    expect(readdirSync(outDir).toSorted()).toEqual([...functionNames].toSorted());
    const handsOut: Partial<Record<FunctionName, readonly string[]>> = { 'http-docs': ['files'], 'http-accounts': ['options.json'] };
    for (const name of functionNames) {
      const files = ['index.mjs', 'index.mjs.map', ...(handsOut[name] ?? [])];
      expect(readdirSync(join(outDir, name)).toSorted()).toEqual(files.toSorted());
    }
    expect(existsSync(`${outDir}.meta.json`)).toBe(true);
  });

  it.each(functionNames)('starts with what the stack gives it, and is given nothing else: %s', async (name) => {
    const environment = environmentOf(name);
    const read = await start(name, environment);
    const ours = Object.keys(environmentSchema);
    expect(read.filter((entry) => ours.includes(entry)).toSorted()).toEqual(Object.keys(environment).filter((entry) => ours.includes(entry)).toSorted());
  });
});
