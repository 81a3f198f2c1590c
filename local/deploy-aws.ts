import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { awsEnvironment, outsideAws } from './aws.ts';
import { bootstrap } from './bootstrap.ts';
import { examine, report } from './doctor/examine.ts';
import { localDirectory, root } from './paths.ts';
import { configurationFileOf } from './stage-configuration.ts';
import { build, cdkApp, cdkScript } from './synthesis.ts';

/**
 * `npm run deploy -- --stage S [--bootstrap] [-- argument of cdk deploy...]`: builds the functions and deploys the stacks of
 * `config/S.json` to the AWS account of the caller's credentials, or to `AWS_ENDPOINT_URL`. `--bootstrap`, once in an account
 * and region, lets the CDK make there what it needs. What `npm run doctor` calls an error stops it.
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
  const configurationFile = configurationFileOf(values.stage);
  const aws = await outsideAws();
  const examination = await examine({ configurationFile, stage: values.stage ?? null, aws, bootstrapping: values.bootstrap });
  console.log(report(examination));
  if (examination.configuration === null || !examination.sound) throw new Error('Nothing was deployed: mend what is called an error first.');
  const { name, stage } = examination.configuration;
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
