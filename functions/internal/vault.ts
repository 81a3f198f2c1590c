import { systemClock } from '../../core/clock.ts';
import { FanfareError } from '../../core/errors.ts';
import type { VaultPorts } from '../../core/linking/ports.ts';
import { vaultOf, type Vault } from '../../core/linking/vault.ts';
import { platforms } from '../../platforms/registry.ts';
import { httpTransport } from '../../platforms/transport.ts';
import { kmsCipher } from '../../store/kms-cipher.ts';
import { kmsClient, ssmClient } from '../common/clients.ts';
import { linkableOf } from '../common/linkable.ts';
import { functionLog } from '../common/log.ts';
import { recordPorts } from '../common/record-ports.ts';
import { refusedWith, vaultRequest, type VaultAnswer, type VaultRequest } from '../common/vault-wire.ts';
import { readEnvironment } from '../environment.ts';
import { configuredNetworks } from '../workflow/networks.ts';
import { secretReader } from '../workflow/secrets.ts';

const { TOKEN_KEY_ARN, NETWORKS, LINKING } = readEnvironment(['TOKEN_KEY_ARN', 'NETWORKS', 'LINKING']);
const records = recordPorts();
const ports: Omit<VaultPorts, 'log'> = {
  ...records,
  cipher: kmsCipher({ client: kmsClient(), keyArn: TOKEN_KEY_ARN }),
  networks: configuredNetworks({ platforms, configured: NETWORKS, secret: secretReader({ ssm: ssmClient, clock: systemClock }) }),
  linkable: linkableOf(platforms),
  transport: httpTransport({ defaultTimeout: records.times.vaultCall }),
  publicUrl: LINKING.publicUrl,
  sleep: (seconds) => new Promise<void>((resolve) => void setTimeout(resolve, seconds * 1000)),
  random: Math.random,
};
const logOf = functionLog();

/** The one function beside the steps of the workflow that may decrypt tokens. Nobody but functions of the API and the reconcile job may call it. */
export async function handler(event: unknown, { awsRequestId }: { readonly awsRequestId: string }): Promise<VaultAnswer> {
  const startedAt = performance.now();
  const log = logOf({ requestId: awsRequestId });
  const parsed = vaultRequest.safeParse(event);
  if (!parsed.success) {
    log.error('input_not_understood', { outcome: 'died', issues: parsed.error.issues });
    throw new TypeError('The request to the vault is not as agreed.', { cause: parsed.error });
  }
  const { operation } = parsed.data;
  const asked = { operation, ...namesIn(parsed.data) };
  try {
    const result = await answer(vaultOf({ ...ports, log }), parsed.data);
    log.info('vault_answered', { ...asked, outcome: outcomeOf(result), durationMs: Math.round(performance.now() - startedAt) });
    return { kind: 'done', result };
  } catch (error) {
    const durationMs = Math.round(performance.now() - startedAt);
    if (!(error instanceof FanfareError)) {
      log.error('vault_died', { ...asked, outcome: 'died', durationMs, error });
      throw error;
    }
    log.info('vault_answered', { ...asked, outcome: error.code, durationMs });
    return refusedWith(error);
  }
}

async function answer(vault: Vault, { operation, request }: VaultRequest): Promise<unknown> {
  switch (operation) {
    case 'visit':
      return vault.visit(request);
    case 'finish':
      return vault.finish(request);
    case 'signIn':
      return vault.signIn(request);
    case 'choose':
      await vault.choose(request);
      return null;
    case 'check':
      return vault.check(request);
    case 'renew':
      return vault.renew(request);
    case 'describe':
      return vault.describe(request);
    case 'revoke':
      return vault.revoke(request);
  }
}

/** What a request is about; never its query, its fields or its secrets. */
function namesIn({ request }: VaultRequest): Readonly<Record<string, string>> {
  const names: readonly string[] = ['tenantId', 'accountId', 'linkId', 'network'];
  return Object.fromEntries(Object.entries(request).flatMap(([name, value]) => (names.includes(name) && typeof value === 'string' ? [[name, value]] : [])));
}

/** In a word: addresses hold secrets. */
function outcomeOf(result: unknown): string {
  if (typeof result === 'string') return result;
  if (typeof result === 'boolean') return result ? 'revoked' : 'not_revoked';
  if (typeof result !== 'object' || result === null) return 'done';
  const { kind, reason, outcome }: { kind?: unknown; reason?: unknown; outcome?: unknown } = result;
  return [reason, kind, outcome].find((each) => typeof each === 'string') ?? 'done';
}

