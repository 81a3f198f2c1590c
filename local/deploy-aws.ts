import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfiguration } from '../lib/configuration.ts';
import { awsEnvironment, outsideAws } from './aws.ts';
import { bootstrap } from './bootstrap.ts';
import { localDirectory, root } from './paths.ts';
import { build, cdkApp, cdkScript } from './synthesis.ts';

/**
 * `npm run deploy -- --stage S [--bootstrap] [-- argument of cdk deploy...]`: builds the functions and deploys the stacks of
 * `config/S.json` to the AWS account of the caller's credentials, or to `AWS_ENDPOINT_URL`. `--bootstrap`, once in an account
 * and region, lets the CDK make there what it needs.
 */

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { stage: { type: 'string' }, bootstrap: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const configurationFile = process.env['FANFARE_CONFIG'] ?? (values.stage === undefined ? null : join(root, 'config', `${values.stage}.json`));
  if (configurationFile === null) throw new Error('Say which stage: npm run deploy -- --stage S deploys what config/S.json describes.');
  if (!existsSync(configurationFile)) throw new Error(`There is no ${configurationFile}: copy config/example.json and fill it in.`);
  const { name, stage } = readConfiguration(configurationFile);
  if (values.stage !== undefined && stage !== values.stage) throw new Error(`${configurationFile} is of the stage ${stage}, not ${values.stage}.`);

  const aws = await outsideAws();
  console.log(`Deploying ${name}-${stage} ${aws === null ? 'with your AWS credentials' : `to ${aws.endpoint}`}`);
  await build();
  const environment = { ...awsEnvironment(aws), FANFARE_CONFIG: configurationFile, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}` };
  if (values.bootstrap) {
    const code = await cdk(['bootstrap', '--app', cdkApp], environment);
    if (code !== 0) return code;
  } else await bootstrap(aws, join(localDirectory, 'bootstrap.log'));
  const unasked = aws === null ? [] : ['--require-approval', 'never', '--method', 'direct'];
  return cdk(['deploy', '--all', '--app', cdkApp, ...unasked, ...positionals], environment);
}

/** Its questions are for the person at the terminal, so it gets the terminal. Gives its exit code. */
function cdk(parameters: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(process.execPath, [cdkScript, ...parameters], { cwd: root, env, stdio: 'inherit' });
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, forward);
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  }).finally(() => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, forward);
  });
}
