import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { systemClock, timestamp } from '../core/clock.ts';
import { ulidIds } from '../core/ids.ts';
import { sealTokens } from '../core/tokens.ts';
import { platforms } from '../platforms/registry.ts';
import { dynamoStore } from '../store/dynamodb.ts';
import { kmsCipher } from '../store/kms-cipher.ts';
import { clientSettings, type LocalAws } from './aws.ts';
import type { Outputs } from './outputs.ts';

const linkedAccountSchema = z.object({
  externalId: z.string(),
  name: z.string(),
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  expiresAt: z.string().nullable(),
  scopes: z.array(z.string()),
});

export interface DemoAccount {
  readonly accountId: string;
  /** The network's own id of it. */
  readonly externalId: string;
  readonly name: string;
}

/** Links one account of the sandbox on each network to a tenant, past the API: its tokens are sealed as those of any account. */
export async function linkDemoAccounts(options: {
  readonly aws: LocalAws;
  readonly outputs: Outputs;
  readonly sandboxUrl: string;
  readonly tenantId: string;
}): Promise<Readonly<Record<string, DemoAccount>>> {
  const { aws, outputs, tenantId } = options;
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(clientSettings(aws)));
  const store = dynamoStore({ client, tableName: outputs.TableName });
  const cipher = kmsCipher({ client: new KMSClient(clientSettings(aws)), keyArn: outputs.TokenKeyArn });
  const ids = ulidIds(systemClock);
  const createdAt = timestamp(systemClock.now());
  const accounts: Record<string, DemoAccount> = {};
  await store.ensureTenant({ tenantId, createdAt });
  for (const { network, title } of platforms) {
    const { externalId, name, ...tokens } = await newSandboxAccount(options.sandboxUrl, network, `Fanfare demo on ${title}`);
    const accountId = ids.next('acc');
    await store.putAccount({
      accountId,
      tenantId,
      network,
      externalId,
      name,
      health: 'active',
      limits: {},
      tokens: await sealTokens(cipher, { tenantId, accountId }, tokens),
      tokenVersion: 1,
      lease: null,
      createdAt,
    });
    accounts[network] = { accountId, externalId, name };
  }
  return accounts;
}

async function newSandboxAccount(sandboxUrl: string, network: string, name: string) {
  const answer = await fetch(`${sandboxUrl}/_sandbox/${network}/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  if (!answer.ok) throw new Error(`The sandbox made no account on ${network}: ${answer.status} ${await answer.text()}`);
  return linkedAccountSchema.parse(await answer.json());
}
