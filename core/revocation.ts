import type { Revoked } from './linking/check.ts';
import type { Vault } from './linking/vault.ts';
import type { Ports } from './ports/index.ts';

/**
 * Ends the tokens of an account that was unlinked at its network, and forgets them for good. Null: they were forgotten before. If the
 * process dies, or the network does not answer (`later`), they are still there, for the reconcile job. Repeatable.
 */
export async function endTokens(
  { store, vault }: Pick<Ports, 'store'> & { readonly vault: Pick<Vault, 'revoke'> },
  { tenantId, accountId }: { readonly tenantId: string; readonly accountId: string },
): Promise<Revoked | null> {
  const revocation = await store.getRevocation(tenantId, accountId);
  if (revocation === null) return null;
  const { network, externalId, tokens } = revocation;
  const revoked = await vault.revoke({ tenantId, accountId, network, externalId, tokens });
  if (revoked !== 'later') await store.dropRevocation(tenantId, accountId);
  return revoked;
}
