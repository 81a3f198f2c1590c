import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfiguration } from '../lib/configuration.ts';
import { awsEnvironment, outsideAws } from './aws.ts';
import { bootstrap } from './bootstrap.ts';
import { directoryOf, root } from './paths.ts';
import { build, cdkApp, cdkScript } from './synthesis.ts';

/**
 * `npm run deploy -- --stage S [-- argument of cdk deploy...]`: builds the functions and deploys the stacks of
 * `config/S.json` to the AWS account of the caller's credentials, or to `AWS_ENDPOINT_URL`.
 */

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { stage: { type: 'string' } }, allowPositionals: true, strict: true });
  const configurationFile = process.env['FANFARE_CONFIG'] ?? (values.stage === undefined ? null : join(root, 'config', `${values.stage}.json`));
  if (configurationFile === null) throw new Error('Say which stage: npm run deploy -- --stage S deploys what config/S.json describes.');
  if (!existsSync(configurationFile)) throw new Error(`There is no ${configurationFile}: copy config/example.json and fill it in.`);
  const { name, stage } = readConfiguration(configurationFile);
  if (values.stage !== undefined && stage !== values.stage) throw new Error(`${configurationFile} is of the stage ${stage}, not ${values.stage}.`);

  const outside = await outsideAws();
  console.log(`Deploying ${name}-${stage} ${outside === null ? 'with your AWS credentials' : `to ${outside.endpoint}`}`);
  if (outside !== null) await bootstrap(outside, join(directoryOf('start'), 'bootstrap.log'));
  await build();
  const environment = outside === null ? process.env : awsEnvironment(outside);
  const approval = outside === null ? [] : ['--require-approval', 'never', '--method', 'direct'];
  // Its questions are for the person at the terminal, so it gets the terminal.
  const child = spawn(process.execPath, [cdkScript, 'deploy', '--all', '--app', cdkApp, ...approval, ...positionals], {
    cwd: root,
    env: { ...environment, FANFARE_CONFIG: configurationFile, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` },
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
