import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stackNames } from '../lib/names.ts';
import { platforms } from '../platforms/registry.ts';
import { clientSettings, outsideAws } from './aws.ts';
import { createCleanup } from './cleanup.ts';
import { smokeStage } from './configuration.ts';
import { runDemo } from './demo.ts';
import { deploy, destroy } from './deploy.ts';
import { collectFunctionLogs } from './function-logs.ts';
import { makeKey } from './make-key.ts';
import { apiUrlOf } from './outputs.ts';
import { localDirectory, root } from './paths.ts';
import { linkSandboxAccount, type SandboxAccount } from './sandbox-account.ts';
import { createTerminal } from './terminal.ts';

/**
 * `npm run smoke -- --stage S --sandbox-url URL [--keep]`: deploys a stage of its own to the AWS account of the caller's
 * credentials, publishes the demo clip through it to the networks of a sandbox, asks the sandbox for what it shows, and takes
 * the stage away again. The sandbox has to be reachable from AWS at that URL:
 *
 *   node local/run.mjs sandbox/main.ts --port 8787 --public-url URL       and a tunnel of your choice from URL to that port
 */

const terminal = createTerminal();
const cleanup = createCleanup();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void cleanup.run().finally(() => process.exit(130)));
}
try {
  process.exitCode = await main();
} catch (error) {
  terminal.line(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await cleanup.run();
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { stage: { type: 'string' }, 'sandbox-url': { type: 'string' }, keep: { type: 'boolean', default: false } } });
  const { stage: name, 'sandbox-url': url } = values;
  if (name === undefined || url === undefined) throw new Error('Say both: npm run smoke -- --stage S --sandbox-url URL');
  const sandboxUrl = url.replace(/\/$/u, '');
  await expectSandbox(sandboxUrl);

  const aws = await outsideAws();
  const stage = smokeStage({ stage: name, awsEndpoint: aws?.endpoint ?? null, sandboxUrl });
  const directory = join(localDirectory, `smoke-${name}`);
  const outputs = await terminal.step('Deploying the stack', async (say) => {
    const deployment = { aws, stage, directory, onWork: say };
    if (!values.keep) cleanup.add(() => terminal.step('Removing the stack', () => destroy(deployment)));
    return deploy(deployment);
  });
  const { key, tenantId } = await makeKey({ aws, app: stage.configuration.name, stage: name, user: null, name: 'Smoke test' });
  const target = { awsEndpoint: aws?.endpoint ?? null, sandboxUrl, tenantId, tableName: outputs.TableName, tokenKeyArn: outputs.TokenKeyArn };
  const accounts: [string, SandboxAccount][] = [];
  for (const { network, title } of platforms) accounts.push([network, await linkSandboxAccount(target, network, { name: `Fanfare smoke test on ${title}` })]);

  const stack = {
    apiUrl: apiUrlOf(aws, outputs),
    apiKey: key,
    sandboxUrl,
    accounts: Object.fromEntries(accounts.map(([network, { accountId }]) => [network, accountId])),
    externalIds: Object.fromEntries(accounts.map(([network, { externalId }]) => [network, externalId])),
  };
  let correct = false;
  try {
    const { faults } = await runDemo(stack, join(root, 'local', 'demo.mp4'), terminal);
    for (const fault of faults) terminal.line(`Not as it should be: ${fault}`);
    correct = faults.length === 0;
  } finally {
    if (correct) terminal.line('Each network shows the clip once, byte for byte.');
    else {
      const log = join(directory, 'functions.log');
      await collectFunctionLogs(new CloudWatchLogsClient(clientSettings(aws)), stackNames(stage.configuration).app, log);
      terminal.line(`What the functions logged: ${log}`);
    }
  }
  return correct ? 0 : 1;
}

async function expectSandbox(url: string): Promise<void> {
  try {
    const answer = await fetch(`${url}/_sandbox/health`, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  } catch (cause) {
    throw new Error(`No sandbox answers at ${url}: start it with node local/run.mjs sandbox/main.ts, and give the URL at which AWS reaches it.`, { cause });
  }
}
