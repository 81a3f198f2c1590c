import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { bundlesDirectory } from '../../../bin/build.ts';
import { clientSettings } from '../../../local/aws.ts';
import { emulatorCredentials, localRegion } from '../../../local/emulator.ts';
import { proxyEvent, type TestRequest } from '../../functions/support/event.ts';
import type { AwsCall, AwsProxy } from './aws-proxy.ts';
import { stack } from './stack.ts';

const lambda = new LambdaClient(clientSettings({ endpoint: stack.awsEndpoint }));

/** The physical name of a function of the stack. */
export function physicalName(name: string): string {
  const physical = stack.functionNames[name];
  if (physical === undefined) throw new Error(`the stack has no function ${name}`);
  return physical;
}

/**
 * Runs the bundle of a deployed function for one request, in a process of its own that works on the deployed stack through the
 * proxy, and kills it as soon as `until` has come.
 */
export async function killDuring(name: string, request: TestRequest, proxy: AwsProxy, until: Promise<AwsCall>): Promise<void> {
  const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: physicalName(name) }));
  const bundle = pathToFileURL(join(bundlesDirectory, name, 'index.mjs')).href;
  const script = `
    const { handler } = await import(${JSON.stringify(bundle)});
    const answer = await handler(${JSON.stringify(proxyEvent(request))}, { awsRequestId: 'killed', getRemainingTimeInMillis: () => 29_000 });
    console.log(JSON.stringify(answer));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: {
      ...configuration.Environment?.Variables,
      AWS_ENDPOINT_URL: proxy.url,
      AWS_REGION: localRegion,
      AWS_ACCESS_KEY_ID: emulatorCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: emulatorCredentials.secretAccessKey,
    },
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void said.push(chunk.toString()));
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  try {
    const first = await Promise.race([until.then(() => 'there'), ended.then(() => 'ended'), after(20)]);
    if (first !== 'there') throw new Error(`the worker did not come to that call (${first}): ${said.join('')}`);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

function after(seconds: number): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000, `nothing within ${seconds} s`).unref();
  });
}
