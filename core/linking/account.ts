import { timestamp } from '../clock.ts';
import { FanfareError } from '../errors.ts';
import type { Account, Network, TokenSet } from '../model.ts';
import type { LinkTarget } from '../ports/index.ts';
import { accessEndsOf, renewAtOf } from '../renewal.ts';
import { openTokens, persistently, sealTokens } from '../tokens.ts';
import type { Link } from './model.ts';
import type { VaultPorts } from './ports.ts';

type AccountPorts = Pick<VaultPorts, 'networks' | 'store' | 'cipher' | 'clock' | 'ids' | 'times' | 'log' | 'sleep'>;

/** Each further round is the account having been linked, renewed or unlinked in between. */
const ROUNDS = 10;

/**
 * The tenant's account of a target: made, or renewed if there is one already. Gives its id. Of two that come at once, one makes the
 * account, and the other one finds it. Repeating it gives no second account.
 */
export async function linkTarget(ports: AccountPorts, link: Link, target: LinkTarget, consent: TokenSet): Promise<string> {
  const { tenantId, network } = link;
  const tokens = target.tokens ?? consent;
  for (let round = 0; round < ROUNDS; round += 1) {
    const known = await ports.store.findLinkedAccount({ tenantId, network, externalId: target.externalId });
    const accountId = known === null ? await make(ports, link, target, tokens) : await renew(ports, link, known, target, tokens);
    if (accountId !== null) return accountId;
  }
  throw new FanfareError('busy', 'Others are linking the same account: try again.', { retryAfter: 1 });
}

/** Null: somebody else has made it. */
async function make(ports: AccountPorts, { tenantId, network, profile }: Link, target: LinkTarget, tokens: TokenSet): Promise<string | null> {
  const accountId = ports.ids.next('acc');
  const at = timestamp(ports.clock.now());
  const sealed = await persistently(ports, () => sealTokens(ports.cipher, { tenantId, accountId }, tokens));
  const account: Account = {
    accountId,
    tenantId,
    network,
    externalId: target.externalId,
    name: target.accountName ?? target.name,
    health: 'active',
    healthSince: at,
    healthReason: null,
    profile,
    scopes: tokens.scopes,
    limits: {},
    defaults: target.defaults ?? {},
    tokens: sealed,
    tokenVersion: 1,
    tokenEnds: tokens.expiresAt,
    ...endsOf(ports, network, tokens, null),
    lease: null,
    createdAt: at,
  };
  return (await persistently(ports, () => ports.store.putAccount(account))) ? accountId : null;
}

/** Null: it was renewed or unlinked in between. */
async function renew(ports: AccountPorts, link: Link, known: Account, target: LinkTarget, tokens: TokenSet): Promise<string | null> {
  const { tenantId, accountId, tokenVersion } = known;
  const at = timestamp(ports.clock.now());
  // A network that named a refresh token once may leave it out the next time: the old one stays good, as long as its own consent is.
  const isOver = known.accessEnds !== null && known.accessEnds <= at;
  const refreshToken = tokens.refreshToken ?? (isOver ? null : await refreshTokenOf(ports, known, tokens));
  const sealed = await persistently(ports, () => sealTokens(ports.cipher, known, { ...tokens, refreshToken }));
  const relink = {
    tenantId,
    accountId,
    tokenVersion,
    tokens: sealed,
    tokenEnds: tokens.expiresAt,
    ...endsOf(ports, known.network, { ...tokens, refreshToken }, tokens.refreshToken === null && refreshToken !== null ? known.accessEnds : null),
    scopes: tokens.scopes,
    name: target.accountName ?? target.name,
    profile: link.profile ?? known.profile,
    healthSince: known.health === 'active' ? known.healthSince : at,
  };
  if (!(await persistently(ports, () => ports.store.relinkAccount(relink)))) return null;
  const defaults = { ...target.defaults, ...known.defaults };
  // Should somebody change them at this moment, theirs count.
  if (Object.keys(defaults).length > Object.keys(known.defaults).length) await ports.store.setAccountDefaults({ tenantId, accountId, from: known.defaults, defaults });
  return accountId;
}

/** `kept`: `accessEnds` of the refresh token that is kept, since the network named no new one. */
function endsOf({ networks, clock }: AccountPorts, network: Network, tokens: TokenSet, kept: string | null): Pick<Account, 'accessEnds' | 'renewAt'> {
  const connector = networks.connector(network);
  if (connector === undefined) return { accessEnds: null, renewAt: null };
  const now = clock.now();
  const ends = [accessEndsOf(connector, tokens, now), kept].filter((end) => end !== null);
  const accessEnds = ends.toSorted()[0] ?? null;
  return { accessEnds, renewAt: renewAtOf(connector, tokens, now, accessEnds) };
}

/** Null: there is none of tokens that came in this way, or what is stored cannot be read any more, which linking again makes good. */
async function refreshTokenOf({ cipher, log }: AccountPorts, account: Account, { binding }: TokenSet): Promise<string | null> {
  try {
    const old = await openTokens(cipher, account);
    return old.binding === binding ? old.refreshToken : null;
  } catch (error) {
    log.warn('old_tokens_unreadable', { accountId: account.accountId, error });
    return null;
  }
}
