import { timestamp } from '../clock.ts';
import { errorAt, FanfareError, invalidField } from '../errors.ts';
import { inTurns } from '../in-turns.ts';
import { theseTokens } from '../tokens.ts';
import { linkTarget } from './account.ts';
import { linkableNetwork } from './browser.ts';
import { learnLimitsOf, type Accepted } from './limits.ts';
import { statusOfLink, type Link, type LinkStage } from './model.ts';
import { findLink } from './open.ts';
import type { VaultPorts } from './ports.ts';
import { openGrant } from './secrets.ts';
import { isPassing, targetsOf } from './settle.ts';

type Choosing = Extract<LinkStage, { at: 'choosing' }>;

export interface Choice {
  readonly tenantId: string;
  readonly linkId: string;
  /** Ids of targets, in any order. */
  readonly targets: readonly string[];
}

/**
 * Makes accounts of the chosen targets. The same choice again, also at the same time, gives the same accounts; if the process dies in
 * between, it finds those that were made. Throws `not_found`, `link_state`, `validation_failed`, and `busy` where the network does
 * not answer.
 */
export async function chooseTargets(ports: VaultPorts, { tenantId, linkId, targets }: Choice): Promise<Link> {
  const chosen = [...new Set(targets)];
  const link = await findLink(ports, tenantId, linkId);
  const { stage } = link;
  if (stage.at === 'linked' && isSame(stage.targets, chosen)) return link;
  const status = statusOfLink(link, timestamp(ports.clock.now()));
  if (stage.at !== 'choosing' || status !== 'choose') throw errorAt('link_state', 'linkId', status, WORDS[status]);
  checkChoice(ports, link, stage, chosen);

  const tokens = await openGrant(ports.cipher, link, stage.tokens);
  const found = await targetsOf(ports, link, tokens);
  if (found.kind === 'trouble') {
    ports.log.warn('link_targets_not_read', { linkId, tenantId, trouble: found.trouble });
    if (isPassing(found)) throw new FanfareError('busy', `${found.trouble.message} Send the same choice again.`, { retryAfter: 2 });
    throw errorAt('link_state', 'linkId', 'network_refused', found.trouble.message);
  }
  const accounts = new Map<string, Accepted>();
  await inTurns(chosen, 1, async (id) => {
    const target = found.targets.find((each) => each.id === id);
    if (target === undefined || target.obstacle !== undefined) throw invalidField('targets', 'gone', `${id} cannot be linked any more: ${target?.obstacle ?? 'the network does not show it.'}`);
    accounts.set(target.externalId, { accountId: await linkTarget(ports, link, target, tokens), tokens: theseTokens(target.tokens ?? tokens) });
  });
  const made = [...accounts.values()];
  const { visit, codeHash } = stage;
  const linked = await ports.store.moveLink(link, { at: 'linked', visit, codeHash, targets: chosen, accounts: made.map(({ accountId }) => accountId) });
  if (linked !== null) {
    await learnLimitsOf(ports, link, made);
    return linked;
  }
  const now = await findLink(ports, tenantId, linkId);
  if (now.stage.at === 'linked' && isSame(now.stage.targets, chosen)) return now;
  throw errorAt('link_state', 'linkId', 'linked', WORDS.linked);
}

function checkChoice(ports: VaultPorts, { network }: Link, { targets }: Choosing, chosen: readonly string[]): void {
  const { linking, title } = linkableNetwork(ports, network);
  if (linking.choice === 'one' && chosen.length > 1) throw invalidField('targets', 'too_many', `Choose one: an account of ${title} takes no more.`);
  for (const id of chosen) {
    const target = targets.find((each) => each.id === id);
    if (target === undefined) throw invalidField('targets', 'unknown', `There is no target ${JSON.stringify(id)}: GET /api/accounts/link/{linkId} lists them.`);
    if (target.obstacle !== null) throw invalidField('targets', 'obstacle', `${target.name} cannot be linked: ${target.obstacle}`);
  }
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((id) => others.includes(id));
}

const WORDS = {
  waiting: 'The person has not consented yet.',
  processing: 'The network is still being asked: look at the link again in a moment.',
  choose: 'The choice is being made.',
  linked: 'The link is done already.',
  failed: 'The link has failed: begin a new one.',
  expired: 'The time to choose is over: begin a new link.',
} as const;
