import { FanfareError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Account, DeclaredFile, DeliveryError, Kind, Media, UploadMetadata } from '../model.ts';
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

/** A file as far as it is known: `facts` and `image` null where it was not looked at, or cannot be looked into. */
export type PreflightFile = Pick<Media, 'size' | 'contentType' | 'facts' | 'image'>;

/** What is to be published, beside what is said of it. */
export interface Content {
  readonly kind: Kind;
  readonly files: readonly PreflightFile[];
}

/** What the rules say of an upload before it is created. */
export interface Examined {
  /** Linked here, in the order in which the client named them. */
  readonly accounts: readonly { readonly account: Account; readonly violations: readonly Violation[] }[];
  /** Not linked here, or another tenant's: these are alike. */
  readonly unknown: readonly { readonly accountId: string; readonly violation: Violation }[];
}

/**
 * Checks an upload's metadata against the accounts of the tenant and the rules of their networks. Throws `validation_failed` with
 * every reason at once.
 */
export async function preflight(
  ports: Pick<UploadPorts, 'store' | 'networks'>,
  tenantId: string,
  metadata: UploadMetadata,
  content: Content,
): Promise<Preflight> {
  const { accounts: examined, unknown } = await examine(ports, tenantId, metadata, content);
  if (unknown.length > 0) throw refusal(unknown.map(({ violation }) => violation));
  const broken = examined.filter(({ violations }) => violations.length > 0);
  if (broken.length > 0 && metadata.onViolation === 'reject') throw refusal(broken.flatMap(({ violations }) => violations));
  return {
    accounts: examined.map(({ account }) => account),
    rejected: new Map(broken.map(({ account, violations }) => [account.accountId, rejection(violations)])),
  };
}

/** Applies the rules that an upload meets at its creation, and says of each account what it breaks. */
export async function examine(
  ports: Pick<UploadPorts, 'store' | 'networks'>,
  tenantId: string,
  metadata: UploadMetadata,
  content: Content,
): Promise<Examined> {
  const accounts = await ports.store.getAccounts(tenantId, metadata.accounts);
  const linked = new Set(accounts.map(({ accountId }) => accountId));
  return {
    accounts: accounts.map((account) => ({ account, violations: violationsOf(ports, account, metadata, content) })),
    unknown: metadata.accounts
      .filter((accountId) => !linked.has(accountId))
      .map((accountId) => ({ accountId, violation: unknownAccount(accountId) })),
  };
}

export function declared({ fileSize, contentType }: Pick<DeclaredFile, 'fileSize' | 'contentType'>): PreflightFile {
  return { size: fileSize, contentType, facts: null, image: null };
}

/** What a file of too many bytes breaks; null: it may be staged. */
export function sizeViolation({ fileSize }: DeclaredFile): Violation | null {
  if (fileSize <= limits.fileSize) return null;
  const message = `A file may have at most ${limits.fileSize} bytes (2 GiB), this one has ${fileSize}.`;
  return { field: 'fileSize', code: 'too_large', message, value: fileSize, limit: limits.fileSize, unit: 'bytes', remedy: 'Send a smaller one.' };
}

function unknownAccount(accountId: string): Violation {
  const message = `The account ${accountId} is not linked here: link it first, or leave it out.`;
  return { field: 'accounts', code: 'account_unknown', message, value: accountId, limit: null, unit: null, remedy: 'Link it first, or leave it out.' };
}

function violationsOf(
  ports: Pick<UploadPorts, 'networks'>,
  account: Account,
  metadata: UploadMetadata,
  { kind, files }: Content,
): readonly Violation[] {
  const connector = ports.networks.connector(account.network);
  if (connector === undefined) {
    const message = `The account ${account.accountId} is on ${account.network}, which is not available here: leave it out.`;
    return [{ field: 'accounts', code: 'network_unavailable', message, value: account.network, limit: null, unit: null, remedy: 'Leave it out.' }];
  }
  return connector.violations({
    kind,
    title: metadata.title,
    description: metadata.description,
    options: optionsFor(metadata.options, account, connector),
    files,
    facts: files[0]?.facts ?? null,
    limits: account.limits,
  });
}

/** A request that breaks rules, in their order; the same rule broken by several accounts is said once. */
export function refusal(violations: readonly Violation[]): FanfareError {
  const said = violations.map(({ field, code, message }) => ({ field, code, message }));
  const errors = [...new Map(said.map((error) => [JSON.stringify(error), error])).values()];
  return new FanfareError('validation_failed', errors.map((error) => error.message).join(' '), { errors });
}

function rejection(violations: readonly Violation[]): DeliveryError {
  const message = violations
    .map((violation) => `${violation.message} (${violation.code})`)
    .join(' ')
    .slice(0, 2000);
  return { code: 'metadata_rejected', message, platformCode: null, platformMessage: null };
}
