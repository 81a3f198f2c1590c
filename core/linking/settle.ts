import { timestamp } from '../clock.ts';
import { limits } from '../limits.ts';
import type { TokenSet } from '../model.ts';
import type { LinkTarget, TargetsOutcome, Trouble } from '../ports/index.ts';
import { theseTokens } from '../tokens.ts';
import { linkTarget } from './account.ts';
import { backTo, linkableNetwork, page, type BrowserAnswer } from './browser.ts';
import { learnLimitsOf } from './limits.ts';
import { statusOfLink, type Link, type LinkFailure, type LinkStage, type ShownTarget } from './model.ts';
import { toolsFor, type VaultPorts } from './ports.ts';
import { openGrant } from './secrets.ts';

type Granted = Extract<LinkStage, { at: 'granted' }>;

/** What stands behind a consent becomes an account, if it is one thing; several are shown for a choice. Null: the link has moved. */
export async function settle(ports: VaultPorts, link: Link, stage: Granted): Promise<BrowserAnswer | null> {
  const { visit, codeHash } = stage;
  const { linking } = linkableNetwork(ports, link.network);
  const tokens = await openGrant(ports.cipher, link, stage.tokens);
  const outcome = await targetsOf(ports, link, tokens);
  if (outcome.kind === 'trouble') {
    ports.log.warn('link_targets_not_read', { linkId: link.linkId, tenantId: link.tenantId, trouble: outcome.trouble });
    if (isPassing(outcome)) return page('try_again', link.network);
    return end(ports, link, { at: 'failed', visit, codeHash, failure: { code: 'network_refused', message: outcome.trouble.message } });
  }
  const { targets } = outcome;
  const [only] = targets;
  if (only === undefined) return end(ports, link, { at: 'failed', visit, codeHash, failure: nothingBehind(linking.nothingBehind) });
  if (targets.length > 1) return end(ports, link, { ...stage, at: 'choosing', targets: targets.slice(0, limits.linkTargets).map(shown) });
  if (only.obstacle !== undefined) return end(ports, link, { at: 'failed', visit, codeHash, failure: nothingBehind(only.obstacle) });
  const accountId = await linkTarget(ports, link, only, tokens);
  const ended = await end(ports, link, { at: 'linked', visit, codeHash, targets: [only.id], accounts: [accountId] });
  if (ended !== null) await learnLimitsOf(ports, link, [{ accountId, tokens: theseTokens(only.tokens ?? tokens) }]);
  return ended;
}

async function end(ports: VaultPorts, link: Link, stage: LinkStage): Promise<BrowserAnswer | null> {
  const moved = await ports.store.moveLink(link, stage);
  return moved === null ? null : backTo(moved, statusOfLink(moved, timestamp(ports.clock.now())));
}

/** What the network says is behind the consent. */
export async function targetsOf(ports: VaultPorts, link: Link, tokens: TokenSet): Promise<TargetsOutcome> {
  const { linking } = linkableNetwork(ports, link.network);
  return linking.targets(tokens, await toolsFor(ports, link.network));
}

export function isPassing({ trouble }: { readonly trouble: Trouble }): boolean {
  return trouble.class === 'retryable' || trouble.class === 'rate_limited' || trouble.class === 'quota';
}

/** Without tokens. Names are cut, so that the record of a link stays small. */
function shown({ id, type, name, obstacle }: LinkTarget): ShownTarget {
  return { id, type, name: name.slice(0, limits.targetName), obstacle: obstacle ?? null };
}

function nothingBehind(message: string): LinkFailure {
  return { code: 'nothing_behind', message };
}
