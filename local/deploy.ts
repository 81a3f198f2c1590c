import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DescribeTimeToLiveCommand, DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DeleteParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stackNames } from '../lib/names.ts';
import { tableSchema } from '../store/schema.ts';
import { awsEnvironment, clientSettings, type LocalAws } from './aws.ts';
import { bootstrap } from './bootstrap.ts';
import type { Stage } from './configuration.ts';
import { emptyBucket } from './empty-bucket.ts';
import { writeWhole } from './files.ts';
import { deployedBucket, readOutputs, type Outputs } from './outputs.ts';
import { root } from './paths.ts';
import { runProcess } from './process.ts';
import { cdkScript, synthesize } from './synthesis.ts';

export interface Deployment {
  /** Null: AWS itself, with the caller's credentials. */
  readonly aws: LocalAws | null;
  readonly stage: Stage;
  /** A folder of the stage: configuration, cloud assembly and logs. */
  readonly directory: string;
  readonly onWork: (what: string) => void;
}

/** Deploys a stage with the plain CDK command line, and gives what its stacks say about themselves. */
export async function deploy(deployment: Deployment): Promise<Outputs> {
  const { aws, stage, directory } = deployment;
  const log = join(directory, 'deploy.log');
  rmSync(log, { force: true });
  const configurationFile = join(directory, 'configuration.json');
  writeWhole(configurationFile, JSON.stringify(stage.configuration, null, 2));
  const assembly = await synthesize({ configurationFile, directory, environment: awsEnvironment(aws), onWork: deployment.onWork });
  deployment.onWork(`Deploying to ${aws?.endpoint ?? 'AWS'}`);
  await bootstrap(aws, log);
  await putSecrets(aws, stage.secrets);
  await cdk(aws, log, 'The deployment', ['deploy', '--all', '--app', assembly, '--require-approval', 'never', '--method', 'direct']);
  const outputs = await readOutputs(new CloudFormationClient(clientSettings(aws)), stackNames(stage.configuration));
  if (aws?.ministack === true) await turnOnExpiry(aws, outputs.TableName);
  return outputs;
}

/** Takes everything away again that `deploy` made, files included, but for what all stages of the endpoint share. */
export async function destroy({ aws, stage, directory }: Deployment): Promise<void> {
  const assembly = join(directory, 'cdk.out');
  // Nothing was synthesized, so nothing was deployed.
  if (!existsSync(join(assembly, 'manifest.json'))) return;
  const bucket = await deployedBucket(new CloudFormationClient(clientSettings(aws)), stackNames(stage.configuration));
  if (bucket !== null) await emptyBucket(new S3Client(clientSettings(aws)), bucket);
  await cdk(aws, join(directory, 'destroy.log'), 'The removal of the stacks', ['destroy', '--all', '--app', assembly, '--force']);
  const names = Object.keys(stage.secrets);
  if (names.length > 0) await new SSMClient(clientSettings(aws)).send(new DeleteParametersCommand({ Names: names }));
}

function cdk(aws: LocalAws | null, log: string, what: string, parameters: readonly string[]): Promise<void> {
  return runProcess({
    what,
    command: process.execPath,
    parameters: [cdkScript, ...parameters, '--no-notices'],
    environment: awsEnvironment(aws),
    directory: root,
    output: { file: log },
  });
}

async function putSecrets(aws: LocalAws | null, secrets: Readonly<Record<string, string>>): Promise<void> {
  const client = new SSMClient(clientSettings(aws));
  for (const [Name, Value] of Object.entries(secrets)) {
    await client.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }));
  }
}

/** MiniStack takes the table's time to live from a template without a word and does not turn it on. */
async function turnOnExpiry(aws: LocalAws, TableName: string): Promise<void> {
  const client = new DynamoDBClient(clientSettings(aws));
  const { TimeToLiveDescription: found } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  if (found?.TimeToLiveStatus === 'ENABLED') return;
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName: tableSchema.timeToLive, Enabled: true } }));
}
