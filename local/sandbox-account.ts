import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { systemClock, timestamp } from '../core/clock.ts';
import { ulidIds } from '../core/ids.ts';
import { accessEndsOf, renewAtOf } from '../core/renewal.ts';
import { sealTokens } from '../core/tokens.ts';
import { platforms } from '../platforms/registry.ts';
import { dynamoStore } from '../store/dynamodb.ts';
import { kmsCipher } from '../store/kms-cipher.ts';
import { clientSettings } from './aws.ts';
import { tellSandbox } from './sandbox-control.ts';

const linkedAccountSchema = z.object({
  externalId: z.string(),
  name: z.string(),
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  expiresAt: z.string().nullable(),
  scopes: z.array(z.string()),
  defaults: z.record(z.string(), z.unknown()),
});

/** Where accounts are linked: a tenant of a deployed stack, and the sandbox whose people own the accounts. */
export interface LinkTarget {
  /** Null: AWS itself, with the caller's credentials. */
  readonly awsEndpoint: string | null;
  readonly sandboxUrl: string;
  readonly tenantId: string;
  readonly tableName: string;
  readonly tokenKeyArn: string;
}

export interface SandboxAccount {
  readonly accountId: string;
  /** The network's own id of it. */
  readonly externalId: string;
}

/**
 * Links a new account of the sandbox to a tenant, past the API: its tokens are sealed as those of any account.
 * `accessTokenLife` in seconds; negative: the token has expired already.
 */
export async function linkSandboxAccount(
  target: LinkTarget,
  network: string,
  account: { readonly name: string; readonly accessTokenLife?: number },
): Promise<SandboxAccount> {
  const { tenantId } = target;
  const settings = clientSettings(target.awsEndpoint === null ? null : { endpoint: target.awsEndpoint });
  const store = dynamoStore({ client: DynamoDBDocumentClient.from(new DynamoDBClient(settings)), tableName: target.tableName });
  const cipher = kmsCipher({ client: new KMSClient(settings), keyArn: target.tokenKeyArn });
  const { externalId, name, defaults, ...tokens } = linkedAccountSchema.parse(await tellSandbox(target.sandboxUrl, `${network}/accounts`, account));
  const accountId = ulidIds(systemClock).next('acc');
  const connector = platforms.find((platform) => platform.network === network);
  const now = systemClock.now();
  const accessEnds = connector === undefined ? null : accessEndsOf(connector, tokens, now);
  await store.putAccount({
    accountId,
    tenantId,
    network,
    externalId,
    name,
    health: 'active',
    healthSince: timestamp(now),
    healthReason: null,
    profile: null,
    scopes: tokens.scopes,
    limits: {},
    defaults,
    tokens: await sealTokens(cipher, { tenantId, accountId }, tokens),
    tokenVersion: 1,
    tokenEnds: tokens.expiresAt,
    accessEnds,
    renewAt: connector === undefined ? null : renewAtOf(connector, tokens, now, accessEnds),
    lease: null,
    createdAt: timestamp(now),
  });
  return { accountId, externalId };
}
