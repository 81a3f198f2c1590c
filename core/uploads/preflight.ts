import { FanfareError, invalidField } from '../errors.ts';
import { limits } from '../limits.ts';
import { isCaptionType } from '../media/type.ts';
import type { Account, DeclaredFile, DeliveryError, Kind, Media, UploadMetadata } from '../model.ts';
import type { Violation } from '../ports/index.ts';
import { findAttachments, type Attachments } from './attachments.ts';
import { optionsFor } from './options.ts';
import type { UploadPorts } from './ports.ts';

type PreflightPorts = Pick<UploadPorts, 'store' | 'media' | 'clock' | 'networks'>;

/** What is known of an upload's accounts before anything is published. */
export interface Preflight {
  /** In the order in which the client named them. */
  readonly accounts: readonly Account[];
  /** Accounts whose network's rules are broken, where the client wants the others to go on: why they fail. */
  readonly rejected: ReadonlyMap<string, DeliveryError>;
  /** The files that the options name. */
  readonly attachments: readonly Media[];
}

/** A file as far as it is known: `facts` and `image` null where it was not looked at, or cannot be looked into. */
export type PreflightFile = Pick<Media, 'size' | 'contentType' | 'facts' | 'image'>;

/** What is to be published, beside what is said of it. */
export interface Content {
  readonly kind: Kind;
  readonly files: readonly PreflightFile[];
  /** Files that the options of the upload named before; left out: there is no upload yet. */
  readonly attachments?: readonly Media[];
}

/** What the rules say of an upload before it is created. */
export interface Examined {
  /** Linked here, in the order in which the client named them. */
  readonly accounts: readonly { readonly account: Account; readonly violations: readonly Violation[] }[];
  /** Not linked here, or another tenant's: these are alike. */
  readonly unknown: readonly { readonly accountId: string; readonly violation: Violation }[];
  /** What is wrong with the files that the options name, by network: among the violations of its accounts too. */
  readonly attachments: Attachments;
}

/**
 * Checks an upload's metadata against the accounts of the tenant and the rules of their networks. Throws `validation_failed` with
 * every reason at once.
 */
export async function preflight(ports: PreflightPorts, tenantId: string, metadata: UploadMetadata, content: Content): Promise<Preflight> {
  return settle(metadata, content, await examine(ports, tenantId, metadata, content));
}

/**
 * The same for an upload whose file was sent under metadata that passed: the file must not be lost because a cover or captions were
 * not kept meanwhile, so an account whose options name one fails by itself, and can be retried with other options.
 */
export async function preflightAgain(ports: PreflightPorts, tenantId: string, metadata: UploadMetadata, content: Content): Promise<Preflight> {
  const examined = await examine(ports, tenantId, metadata, content);
  const lost = new Set([...examined.attachments.violations.values()].flat());
  return settle(metadata, content, examined, (violation) => lost.has(violation));
}

/** `forgiven`: what is no reason to refuse the whole. */
function settle(
  metadata: UploadMetadata,
  { files }: Content,
  { accounts: examined, unknown, attachments }: Examined,
  forgiven: (violation: Violation) => boolean = () => false,
): Preflight {
  if (unknown.length > 0) throw refusal(unknown.map(({ violation }) => violation));
  const broken = examined.filter(({ violations }) => violations.length > 0);
  const reasons = broken.flatMap(({ violations }) => violations).filter((violation) => !forgiven(violation));
  if (reasons.length > 0 && metadata.onViolation === 'reject') throw refusal(reasons);
  if (attachments.files.length > 0 && examined.length + files.length + attachments.files.length > limits.accountsAndMedia) {
    const message = `Accounts, files and what options name are ${limits.accountsAndMedia} together at most: name fewer accounts, or make two uploads.`;
    throw invalidField('accounts', 'too_many', message);
  }
  return {
    accounts: examined.map(({ account }) => account),
    rejected: new Map(broken.map(({ account, violations }) => [account.accountId, rejection(violations)])),
    attachments: attachments.files,
  };
}

/** Applies the rules that an upload meets at its creation, and says of each account what it breaks. */
export async function examine(ports: PreflightPorts, tenantId: string, metadata: UploadMetadata, content: Content): Promise<Examined> {
  const accounts = await ports.store.getAccounts(tenantId, metadata.accounts);
  const linked = new Set(accounts.map(({ accountId }) => accountId));
  const networks = accounts.map(({ network }) => network);
  const attachments = await findAttachments(ports, tenantId, { options: metadata.options, networks, held: content.attachments ?? [] });
  return {
    attachments,
    accounts: accounts.map((account) => ({
      account,
      violations: [...(attachments.violations.get(account.network) ?? []), ...violationsOf(ports, account, metadata, content, attachments.files)],
    })),
    unknown: metadata.accounts
      .filter((accountId) => !linked.has(accountId))
      .map((accountId) => ({ accountId, violation: unknownAccount(accountId) })),
  };
}

export function declared({ fileSize, contentType }: Pick<DeclaredFile, 'fileSize' | 'contentType'>): PreflightFile {
  return { size: fileSize, contentType, facts: null, image: null };
}

/** What a file of too many bytes breaks; null: it may be staged. */
export function sizeViolation({ fileSize, contentType }: DeclaredFile): Violation | null {
  const [what, limit] = isCaptionType(contentType) ? ['A file of captions', limits.captionsSize] : ['A file', limits.fileSize];
  if (fileSize <= limit) return null;
  const message = `${what} may have at most ${limit} bytes${limit === limits.fileSize ? ' (2 GiB)' : ''}, this one has ${fileSize}.`;
  return { field: 'fileSize', code: 'too_large', message, value: fileSize, limit, unit: 'bytes', remedy: 'Send a smaller one.' };
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
  attachments: readonly Media[],
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
    attachments,
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
