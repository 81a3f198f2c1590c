import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../core/clock.ts';
import { stackNames } from '../lib/names.ts';
import { dynamoStore } from '../store/dynamodb.ts';
import { clientSettings, outsideAws } from './aws.ts';
import { readOutputs } from './outputs.ts';
import { help, readTenantCommand, runTenantCommand, UsageError } from './tenant-command.ts';

/** `npm run -s tenant -- show|set-plan …`: the plan of a tenant in a deployed stage; `--help` tells how. Prints JSON. */

try {
  const command = readTenantCommand(process.argv.slice(2));
  if (command === 'help') {
    console.log(help);
  } else {
    const settings = clientSettings(await outsideAws());
    const outputs = await readOutputs(new CloudFormationClient(settings), stackNames({ name: command.app, stage: command.stage }));
    const client = DynamoDBDocumentClient.from(new DynamoDBClient(settings));
    const store = dynamoStore({ client, tableName: outputs.TableName });
    console.log(JSON.stringify(await runTenantCommand({ store, clock: systemClock, issuer: outputs.Issuer }, command), null, 2));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
