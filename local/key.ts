import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { parseArgs } from 'node:util';
import { systemClock } from '../core/clock.ts';
import { ulidIds } from '../core/ids.ts';
import { generateApiKey } from '../core/keys.ts';
import { tenantOf } from '../core/tenants.ts';
import { stackNames } from '../lib/names.ts';
import { dynamoStore } from '../store/dynamodb.ts';
import { clientSettings, outsideAws } from './aws.ts';
import { readOutputs } from './outputs.ts';

/**
 * `npm run key -- --stage S --name N [--user SUBJECT] [--app NAME]`: makes an API key in a deployed stage with the operator's
 * credentials, and prints it, this once. Its tenant is that of the user whom the stage's identity issuer knows as SUBJECT; if
 * none is named, one of the operator's own, the same for every key that is made this way.
 */

/** No issuer of OIDC tokens: so nobody can sign in as this user. */
const OPERATOR_ISSUER = 'fanfare:operator';

const { values } = parseArgs({
  options: { stage: { type: 'string' }, name: { type: 'string' }, user: { type: 'string' }, app: { type: 'string', default: 'fanfare' } },
});

try {
  console.log(await makeKey(values));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function makeKey(options: { stage?: string; name?: string; user?: string; app: string }): Promise<string> {
  if (options.stage === undefined) throw new Error('Say for which stage: npm run key -- --stage S --name N');
  const settings = clientSettings(await outsideAws());
  const outputs = await readOutputs(new CloudFormationClient(settings), stackNames({ name: options.app, stage: options.stage }));
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(settings));
  const ports = { store: dynamoStore({ client, tableName: outputs.TableName }), clock: systemClock, ids: ulidIds(systemClock) };
  const tenantId = options.user === undefined ? tenantOf(OPERATOR_ISSUER, options.stage) : tenantOf(outputs.Issuer, options.user);
  const { key } = await generateApiKey(ports, { tenantId, name: options.name ?? null });
  return key;
}
