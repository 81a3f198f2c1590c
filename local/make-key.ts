import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../core/clock.ts';
import { ulidIds } from '../core/ids.ts';
import { scopes } from '../core/model.ts';
import { generateApiKey } from '../core/keys.ts';
import { isTenantId, tenantOf } from '../core/tenants.ts';
import { stackNames } from '../lib/names.ts';
import { dynamoStore } from '../store/dynamodb.ts';
import { clientSettings, type LocalAws } from './aws.ts';
import { readOutputs, type Outputs } from './outputs.ts';

/** No issuer of OIDC tokens, so nobody can sign in as this user. */
const OPERATOR_ISSUER = 'fanfare:operator';

export interface MadeKey {
  readonly key: string;
  readonly tenantId: string;
  readonly outputs: Outputs;
}

/**
 * Makes an API key in a deployed stage with the operator's credentials. Its tenant is `tenant`, or that of the
 * user whom the stage's identity issuer knows as `user`; both null: one of the operator's own, the same for every key made in
 * this way. Throws if there is no such id.
 */
export async function makeKey(options: {
  readonly aws: LocalAws | null;
  /** As in the configuration. */
  readonly app: string;
  readonly stage: string;
  readonly user: string | null;
  readonly tenant?: string | null;
  readonly name: string | null;
}): Promise<MadeKey> {
  const settings = clientSettings(options.aws);
  const outputs = await readOutputs(new CloudFormationClient(settings), stackNames({ name: options.app, stage: options.stage }));
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(settings));
  const ports = { store: dynamoStore({ client, tableName: outputs.TableName }), clock: systemClock, ids: ulidIds(systemClock) };
  const tenantId = options.tenant ?? (options.user === null ? tenantOf(OPERATOR_ISSUER, options.stage) : tenantOf(outputs.Issuer, options.user));
  if (!isTenantId(tenantId)) throw new Error(`${tenantId} is not the id of a tenant: npm run -s tenant -- show tells them.`);
  const { key } = await generateApiKey(ports, { tenantId, name: options.name, scopes, expiresAt: null });
  return { key, tenantId, outputs };
}
