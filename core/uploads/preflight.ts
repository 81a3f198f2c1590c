import { FanfareError } from '../errors.ts';
import type { FieldError } from '../errors.ts';
import type { Account, DeclaredFile, DeliveryError, UploadMetadata } from '../model.ts';
import type { Violation } from '../ports/index.ts';
import { optionsFor } from './options.ts';
import type { UploadPorts } from './ports.ts';

/** What is known of an upload's accounts before anything is published. */
export interface Preflight {
  /** In the order in which the client named them. */
  readonly accounts: readonly Account[];
  /** Accounts whose network's rules are broken, where the client wants the others to go on: why they fail. */
  readonly rejected: ReadonlyMap<string, DeliveryError>;
}

/**
 * Checks an upload's metadata against the accounts of the tenant and the rules of their networks. An account of another
 * tenant is as unknown as one that never was. Throws `validation_failed` with every reason at once.
 */
export async function preflight(
  ports: Pick<UploadPorts, 'store' | 'networks'>,
  tenantId: string,
  metadata: UploadMetadata,
  file: DeclaredFile,
): Promise<Preflight> {
  const accounts = await ports.store.getAccounts(tenantId, metadata.accounts);
  const linked = new Set(accounts.map((account) => account.accountId));
  const unknown = metadata.accounts.filter((id) => !linked.has(id));
  if (unknown.length > 0) throw refusal(unknown.map(unknownAccount));

  const broken = accounts.map((account) => ({ account, violations: violationsOf(ports, account, metadata, file) }));
  const violations = broken.flatMap((each) => each.violations);
  if (violations.length > 0 && metadata.onViolation === 'reject') throw refusal(distinct(violations));
  const rejected = broken
    .filter((each) => each.violations.length > 0)
    .map((each) => [each.account.accountId, rejection(each.violations)] as const);
  return { accounts, rejected: new Map(rejected) };
}

function unknownAccount(accountId: string): FieldError {
  return {
    field: 'accounts',
    code: 'account_unknown',
    message: `The account ${accountId} is not linked here: link it first, or leave it out.`,
  };
}

function violationsOf(
  ports: Pick<UploadPorts, 'networks'>,
  account: Account,
  metadata: UploadMetadata,
  file: DeclaredFile,
): readonly FieldError[] {
  const connector = ports.networks.connector(account.network);
  if (connector === undefined) {
    const message = `The account ${account.accountId} is on ${account.network}, which is not available here: leave it out.`;
    return [{ field: 'accounts', code: 'network_unavailable', message }];
  }
  const found: readonly Violation[] = connector.violations({
    kind: 'video',
    title: metadata.title,
    description: metadata.description,
    options: optionsFor(metadata.options, account),
    files: [{ size: file.fileSize, contentType: file.contentType }],
    facts: null,
    limits: account.limits,
  });
  return found.map(({ field, code, message }) => ({ field, code, message }));
}

/** Several accounts of a network break the same rule: it is said once. */
export function distinct(errors: readonly FieldError[]): readonly FieldError[] {
  return [...new Map(errors.map((error) => [JSON.stringify(error), error])).values()];
}

function refusal(errors: readonly FieldError[]): FanfareError {
  return new FanfareError('validation_failed', errors.map((error) => error.message).join(' '), { errors });
}

function rejection(violations: readonly FieldError[]): DeliveryError {
  const message = distinct(violations)
    .map((violation) => `${violation.message} (${violation.code})`)
    .join(' ')
    .slice(0, 2000);
  return { code: 'metadata_rejected', message, platformCode: null, platformMessage: null };
}
