import { timestamp, timestampAfter } from './clock.ts';
import { errorAt, type FanfareError } from './errors.ts';
import { isIdOf } from './ids.ts';
import { inTurns } from './in-turns.ts';
import { limits } from './limits.ts';
import type { Vault } from './linking/vault.ts';
import { isTerminal, type Account, type Delivery, type Network, type UploadWithDeliveries } from './model.ts';
import type { Commit, Ports } from './ports/index.ts';
import { ACCOUNT_UNLINKED } from './publishing/troubles.ts';
import { endTokens } from './revocation.ts';
import { startUpload } from './workflow/start.ts';

export interface UnlinkPorts extends Pick<Ports, 'store' | 'clock' | 'executions' | 'times' | 'log'> {
  readonly vault: Pick<Vault, 'revoke'>;
}

/** The tenant's linked accounts by id, of one network or of all, of one profile or of all. */
export async function listAccounts(
  { store }: Pick<Ports, 'store'>,
  tenantId: string,
  only: { readonly network: Network | null; readonly profile: string | null },
): Promise<readonly Account[]> {
  const accounts = await store.listAccounts(tenantId);
  return accounts.filter(({ network, profile }) => (only.network ?? network) === network && (only.profile ?? profile) === profile);
}

/** The tenant's account of this id. Throws `not_found`. */
export async function findAccount({ store }: Pick<Ports, 'store'>, tenantId: string, accountId: string): Promise<Account> {
  const account = isIdOf('acc', accountId) ? await store.getAccount(tenantId, accountId) : null;
  if (account === null) throw noSuchAccount();
  return account;
}

/**
 * Removes an account, so that nothing is published on it any more, ends its tokens at the network, and fails what was waiting
 * for it. Gives how many uploads those were. Throws `not_found`, and `account_busy` while an upload is being published on it.
 *
 * If the process dies before the account is removed, nothing has happened. Afterwards it is gone, with the answer of the request; its
 * tokens are kept apart until the network has ended them, which the reconcile job sees to. What was not failed here fails when its
 * time comes, since a step finds no account; a repeated request goes on with it.
 */
export async function unlinkAccount(
  ports: UnlinkPorts,
  account: { readonly tenantId: string; readonly accountId: string },
  commitFor: (failedUploads: number) => Commit | null,
): Promise<number> {
  const { tenantId, accountId } = account;
  await findAccount(ports, tenantId, accountId);
  const { uploads, total } = await waitingFor(ports, account);
  const now = ports.clock.now();
  const revokeAt = timestampAfter(now, ports.times.watchNew);
  const unlinked = await ports.store.unlinkAccount({ tenantId, accountId, at: timestamp(now), revokeAt, commit: commitFor(total) });
  if (unlinked === 'unknown') throw noSuchAccount();
  if (unlinked !== 'unlinked') {
    const message = 'An upload is being published on this account at this moment: try again when it is done.';
    throw errorAt('account_busy', 'accountId', 'busy', message, { retryAfter: Math.ceil(ports.times.leaseBusy) });
  }
  await revoke(ports, account);
  await failAll(ports, uploads);
  return total;
}

/** The account is gone: whatever comes of this, the request has its answer. */
async function revoke(ports: UnlinkPorts, { tenantId, accountId }: { readonly tenantId: string; readonly accountId: string }): Promise<void> {
  try {
    await endTokens(ports, { tenantId, accountId });
  } catch (error) {
    ports.log.warn('tokens_not_revoked', { accountId, error });
  }
}

/** Goes on with what follows once the account is removed. */
export async function finishUnlinking(ports: UnlinkPorts, account: { readonly tenantId: string; readonly accountId: string }): Promise<void> {
  await failAll(ports, (await waitingFor(ports, account)).uploads);
}

interface WaitingUpload {
  readonly record: UploadWithDeliveries;
  readonly delivery: Delivery;
}

/**
 * Uploads that have not been published on the account and are not being: `limits.failedByUnlinking` at most, those due last
 * first, since the others fail by themselves the sooner; and how many there are.
 */
async function waitingFor(
  { store }: Pick<Ports, 'store'>,
  { tenantId, accountId }: { readonly tenantId: string; readonly accountId: string },
): Promise<{ readonly uploads: readonly WaitingUpload[]; readonly total: number }> {
  const { refs, total } = await store.listOpenDeliveries({ accountId, limit: limits.failedByUnlinking });
  const uploads: WaitingUpload[] = [];
  await inTurns(refs, limits.unlinkedAtOnce, async ({ uploadId }) => {
    const record = await store.getUpload(uploadId);
    const delivery = record?.deliveries.find((each) => each.accountId === accountId);
    if (record === null || delivery === undefined || record.upload.tenantId !== tenantId) return;
    // What is armed is left to its confirm: it may be published already.
    if (!isTerminal(delivery.status) && delivery.attempt.phase === 'idle') uploads.push({ record, delivery });
  });
  return { uploads, total: total - refs.length + uploads.length };
}

/** Fails the deliveries, for half of the time that a function has: the account is gone, and an answer is due. */
async function failAll(ports: UnlinkPorts, uploads: readonly WaitingUpload[]): Promise<void> {
  const endsAt = ports.clock.now().getTime() + (ports.times.apiFunction / 2) * 1000;
  await inTurns(uploads, limits.unlinkedAtOnce, async (waiting) => {
    if (ports.clock.now().getTime() >= endsAt) return;
    try {
      await fail(ports, waiting);
    } catch (error) {
      const { uploadId, accountId } = waiting.delivery;
      ports.log.warn('delivery_not_failed_yet', { uploadId, accountId, error });
    }
  });
}

/** As a step of its own, so that a person's edit in between wins. An upload of which nothing is left to do closes now. */
async function fail(ports: UnlinkPorts, { record, delivery }: WaitingUpload): Promise<void> {
  const { store, clock } = ports;
  const { uploadId, accountId, revision } = delivery;
  const at = timestamp(clock.now());
  const begun = await store.beginStep({ uploadId, accountId }, { revision, execution: `unlink-${accountId}`, at });
  if (!begun.moved) return;
  const failed = await store.fail({ uploadId, accountId }, { fence: begun.delivery.fence, error: ACCOUNT_UNLINKED, at });
  const othersEnded = record.deliveries.every((other) => other.accountId === accountId || isTerminal(other.status));
  // Before its first claim, the event about its file is still to come, and finds the same.
  if (failed.moved && othersEnded && record.upload.claim !== null) await startUpload(ports, record, 'unlinked');
}

function noSuchAccount(): FanfareError {
  return errorAt('not_found', 'accountId', 'not_found', 'There is no such account: it is unlinked, or the id is wrong.');
}
