import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { tenantOf } from '../core/tenants.ts';
import { stackNames } from '../lib/names.ts';
import { platforms } from '../platforms/registry.ts';
import { startSandbox } from '../sandbox/server.ts';
import { clientSettings, outsideAws, type LocalAws } from './aws.ts';
import type { Cleanup } from './cleanup.ts';
import { generateKey, listAccounts } from './client.ts';
import { localStage } from './configuration.ts';
import { deploy, destroy } from './deploy.ts';
import { startEmulator } from './emulator.ts';
import { writeWhole } from './files.ts';
import { collectFunctionLogs } from './function-logs.ts';
import { issueToken, startIssuer } from './issuer.ts';
import { linkByConsent } from './link.ts';
import { apiUrlOf } from './outputs.ts';
import { directoryOf, root, type LocalStageName } from './paths.ts';
import { freePort } from './ports.ts';
import { registerCallbacks } from './sandbox-callbacks.ts';
import type { Terminal } from './terminal.ts';

/** What tools need to know of a running stack; plain data. */
export interface RunningStack {
  /** As in its configuration: operators' commands take it. */
  readonly stage: string;
  readonly apiUrl: string;
  readonly awsEndpoint: string;
  readonly sandboxUrl: string;
  /** The tenant of `jwt` and `apiKey`, with one account on each network. */
  readonly tenantId: string;
  /** A dashboard session, good for 24 hours. */
  readonly jwt: string;
  readonly apiKey: string;
  /** Account ids by network. */
  readonly accounts: Readonly<Record<string, string>>;
  /** The networks' own ids of these accounts. */
  readonly externalIds: Readonly<Record<string, string>>;
  readonly tableName: string;
  readonly bucketName: string;
  readonly tokenKeyArn: string;
  readonly stateMachineArn: string;
  readonly accountStateMachineArn: string;
  /** Where finished uploads are announced. */
  readonly eventBusName: string;
  /** URLs of the dead-letter queues by our names of them. */
  readonly deadLetterQueues: Readonly<Record<string, string>>;
  /** Physical names of the functions by ours. */
  readonly functionNames: Readonly<Record<string, string>>;
  /** The stage's folder: logs, and the key file of the identity issuer (`issueToken`). */
  readonly directory: string;
}

export interface StartOptions {
  readonly stage: LocalStageName;
  readonly terminal: Terminal;
  /** Gets everything that has to be ended. */
  readonly cleanup: Cleanup;
  /** How long the sandbox's networks process a video, in seconds; their usual time if left out. */
  readonly processingSeconds?: number;
  /** Hears it when the emulator ends although nobody asked it to. */
  readonly onCrash: (error: Error) => void;
}

export interface Started {
  readonly stack: RunningStack;
  /** Collects what the functions have logged so far into a file, and gives its path. */
  readonly collectLogs: () => Promise<string>;
}

const DEMO_USER = 'demo';
const portsSchema = z.object({ issuer: z.int(), sandbox: z.int() });

/** Starts everything, deploys the stack and makes the demo tenant. What was started is in `cleanup` even if this throws. */
export async function startFanfare(options: StartOptions): Promise<Started> {
  const { terminal, cleanup } = options;
  const directory = directoryOf(options.stage);
  mkdirSync(directory, { recursive: true });
  // Functions in containers reach this machine by another name than 127.0.0.1.
  const publicHost = process.env['FANFARE_HOST'] ?? '127.0.0.1';
  const bindHost = publicHost === '127.0.0.1' ? publicHost : '0.0.0.0';

  const what = `Starting ${process.env['AWS_ENDPOINT_URL'] ? '' : 'the AWS emulator, '}the sandbox of networks and the identity issuer`;
  const { aws, embedded, issuer, sandbox } = await terminal.step(what, async (say) => {
    const ports = readPorts(directory);
    const issuer = await startIssuer({ directory, bindHost, publicHost, preferredPort: ports.issuer });
    cleanup.add(issuer.stop);
    const sandboxPort = await freePort(ports.sandbox);
    const sandbox = await startSandbox({
      host: bindHost,
      port: sandboxPort,
      publicUrl: `http://${publicHost}:${sandboxPort}`,
      ...(options.processingSeconds !== undefined && { processingSeconds: options.processingSeconds }),
    });
    cleanup.add(() => sandbox.stop());
    // The same ports as the last time, where they are free, leave the configuration as it is, and the synthesis up to date.
    writeWhole(join(directory, 'ports.json'), JSON.stringify({ issuer: issuer.port, sandbox: sandboxPort }));
    const outside = await outsideAws();
    const aws = outside ?? (await embeddedAws(options, directory, say));
    return { aws, embedded: outside === null, issuer, sandbox };
  });

  const stage = localStage({
    // On an endpoint that others may use as well, the stage bears the mark of this checkout.
    stage: embedded ? options.stage : `${options.stage}-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`,
    awsEndpoint: aws.endpoint,
    issuer,
    sandboxUrl: sandbox.url,
  });
  const outputs = await terminal.step('Deploying the stack', async (say) => {
    const deployment = { aws, stage, directory, onWork: say };
    if (!embedded) cleanup.add(() => terminal.step('Removing the stack', () => destroy(deployment)));
    return deploy(deployment);
  });
  const sandboxUrl = `http://127.0.0.1:${new URL(sandbox.url).port}`;
  const apiUrl = apiUrlOf(aws, outputs);
  await registerCallbacks({ sandboxUrl, apiUrl });

  const stack = await terminal.step('Making a tenant with a key and an account on each network', async () => {
    const jwt = await issueToken(directory, DEMO_USER);
    const tenantId = tenantOf(issuer.url, DEMO_USER);
    const apiKey = await generateKey(apiUrl, jwt, 'Demo');
    const target = {
      awsEndpoint: aws.endpoint,
      sandboxUrl,
      tenantId,
      tableName: outputs.TableName,
      tokenKeyArn: outputs.TokenKeyArn,
    };
    const api = { apiUrl, apiKey, sandboxUrl };
    const linked: Record<string, string> = {};
    for (const { network, title } of platforms) {
      linked[network] = (await linkByConsent(api, network, `Fanfare demo on ${title}`)).accountId;
    }
    const externalIds = new Map((await listAccounts(api)).map(({ id, externalId }) => [id, externalId]));
    return {
      ...target,
      stage: stage.configuration.stage,
      apiUrl,
      jwt,
      apiKey,
      accounts: linked,
      externalIds: mapValues(linked, (accountId) => externalIds.get(accountId) ?? ''),
      bucketName: outputs.BucketName,
      stateMachineArn: outputs.UploadStateMachineArn,
      accountStateMachineArn: outputs.AccountStateMachineArn,
      eventBusName: outputs.EventBusName,
      deadLetterQueues: outputs.DeadLetterQueues,
      functionNames: outputs.FunctionNames,
      directory,
    } satisfies RunningStack;
  });
  return {
    stack,
    collectLogs: async () => {
      const file = join(directory, 'functions.log');
      await collectFunctionLogs(new CloudWatchLogsClient(clientSettings(aws)), stackNames(stage.configuration).app, file);
      return file;
    },
  };
}

async function embeddedAws(options: StartOptions, directory: string, say: (what: string) => void): Promise<LocalAws> {
  const emulator = await startEmulator({ directory, onWork: say });
  let ending = false;
  options.cleanup.add(() => {
    ending = true;
    return emulator.stop();
  });
  const watch = async () => {
    const code = await emulator.exited;
    if (!ending) options.onCrash(new Error(`The AWS emulator has ended by itself (exit code ${code}). Its log: ${emulator.log}`));
  };
  void watch();
  return { endpoint: emulator.endpoint, ministack: true };
}

function readPorts(directory: string): { issuer: number; sandbox: number } {
  const file = join(directory, 'ports.json');
  return existsSync(file) ? portsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : { issuer: 0, sandbox: 0 };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
