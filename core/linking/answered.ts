import { timestamp, timestampAfter } from '../clock.ts';
import type { Network } from '../model.ts';
import type { GrantOutcome, Trouble } from '../ports/index.ts';
import { persistently } from '../tokens.ts';
import { backTo, linkableNetwork, page, type BrowserAnswer } from './browser.ts';
import { statusOfLink, type Link, type LinkFailure, type LinkStage, type Visit } from './model.ts';
import type { VaultPorts } from './ports.ts';
import { hashOf, readState, sealGrant } from './secrets.ts';
import { settle } from './settle.ts';

/** What a browser comes with: back from the network, or with a form of ours. */
export interface Answered {
  readonly network: Network;
  readonly state: string | null;
  /** What the answer is told from others by: the network's code or error, or the code of the form. */
  readonly code: string;
  /** The secret of the browser's cookie for this link; null: it has none. */
  readonly browser: string | null;
}

/** An answer that is being worked on. */
export interface Come {
  readonly visit: Visit;
  readonly codeHash: string;
}

/** What is done with an answer of its kind. */
export interface Way {
  /** Whether the browser was sent away for an answer of this kind. */
  fits(visit: Visit): boolean;
  /** What needs no tokens, before the link is claimed; null: nothing. */
  first(link: Link, come: Come): Promise<BrowserAnswer | null>;
  /** What asks for tokens; it may be asked several times. */
  asking(visit: Visit, link: Link): Promise<() => Promise<GrantOutcome>>;
  /** What becomes of the claim. Null: the link has moved. */
  refused(link: Link, come: Come, trouble: Trouble): Promise<BrowserAnswer | null>;
}

/** Of the life of the vault, in which one waits for another request with the same answer. */
const PATIENCE = 0.75;
/** Tries for tokens while the browser waits: codes live for as little as 30 seconds. */
const TRIES = 3;

/**
 * Takes an answer once: the link is claimed, tokens are got and stored, and accounts made of what is behind them. The same answer
 * again, also at the same time, gets the same outcome. What a process that dies leaves behind:
 *
 * - before the link is claimed: nothing has happened, the browser sends the same again.
 * - from the claim until the tokens are stored: a claim that ends by itself, after which the same answer is taken once more.
 * - once the tokens are stored: a link that is gone on with from there, by the same answer sent again.
 * - while accounts are made: some of them are; gone on with, they are found and renewed, and the others made.
 */
export async function takeAnswer(ports: VaultPorts, { network, state: given, code, browser }: Answered, way: Way): Promise<BrowserAnswer> {
  const state = readState(given);
  if (state === null) return page('unknown', network);
  const codeHash = hashOf(code);
  const patienceEnds = ports.clock.now().getTime() + PATIENCE * ports.times.vaultFunction * 1000;
  do {
    const link = await ports.store.getLink(state.linkId);
    if (link === null || link.network !== network || link.stage.at === 'open' || link.stage.visit.stateHash !== hashOf(state.secret)) return page('unknown', network);
    if (browser === null || link.stage.visit.browserHash !== hashOf(browser)) return page('other_browser', network);
    if (!way.fits(link.stage.visit)) return page('unknown', network);
    const answer = await goOn(ports, link, link.stage, codeHash, way);
    if (answer !== null) return answer;
  } while (ports.clock.now().getTime() < patienceEnds);
  return page('try_again', network);
}

/** Null: the link has moved, or is being worked on: look at it again. */
async function goOn(ports: VaultPorts, link: Link, stage: Exclude<LinkStage, { at: 'open' }>, codeHash: string, way: Way): Promise<BrowserAnswer | null> {
  const now = ports.clock.now();
  const status = statusOfLink(link, timestamp(now));
  if (stage.at !== 'visited' && stage.codeHash !== codeHash) return page('used', link.network);
  if (status === 'expired') return backTo(link, status);
  switch (stage.at) {
    case 'exchanging':
      if (stage.until > timestamp(now)) {
        await ports.sleep(ports.times.refreshBusy);
        return null;
      }
      break;
    case 'visited':
      break;
    case 'granted':
      return settle(ports, link, stage);
    case 'choosing':
    case 'linked':
    case 'failed':
      return backTo(link, status);
  }
  const come = { visit: stage.visit, codeHash };
  const first = await way.first(link, come);
  if (first !== null) return first;
  const until = timestampAfter(now, ports.times.vaultFunction + ports.times.requestMargin);
  const claimed = await ports.store.moveLink(link, { at: 'exchanging', ...come, until });
  return claimed === null ? null : exchange(ports, claimed, come, way);
}

async function exchange(ports: VaultPorts, link: Link, come: Come, way: Way): Promise<BrowserAnswer | null> {
  const outcome = await askForTokens(ports, await way.asking(come.visit, link));
  if (outcome.kind === 'trouble') {
    ports.log.warn('link_not_exchanged', { linkId: link.linkId, tenantId: link.tenantId, trouble: outcome.trouble });
    return way.refused(link, come, outcome.trouble);
  }
  const { tokens } = outcome;
  const { linking, title } = linkableNetwork(ports, link.network);
  const missing = linking.scopes.filter(({ scope, needed }) => needed === 'publishing' && !tokens.scopes.includes(scope));
  if (missing.length > 0) {
    const words = missing.map(({ means }) => means).join(', ');
    return fail(ports, link, come, { code: 'scope_missing', message: `Publishing on ${title} needs permissions that were not given: ${words}. Link the account again, and leave all boxes ticked.` });
  }
  const sealed = await persistently(ports, () => sealGrant(ports.cipher, link, tokens));
  const granted = await persistently(ports, () => ports.store.moveLink(link, { at: 'granted', ...come, tokens: sealed }));
  return granted?.stage.at === 'granted' ? settle(ports, granted, granted.stage) : null;
}

/** A passing trouble is tried again in the first half of the vault's life: what follows takes time as well. */
async function askForTokens(ports: VaultPorts, ask: () => Promise<GrantOutcome>): Promise<GrantOutcome> {
  const lastTry = ports.clock.now().getTime() + (ports.times.vaultFunction / 2) * 1000;
  for (let tries = 1; ; tries += 1) {
    const outcome = await ask();
    if (outcome.kind === 'granted' || outcome.trouble.class !== 'retryable' || tries === TRIES || ports.clock.now().getTime() >= lastTry) return outcome;
    await ports.sleep(ports.times.refreshBusy * tries * ports.random());
  }
}

/** Null: the link has moved. */
export async function fail({ store }: Pick<VaultPorts, 'store'>, link: Link, come: Come, failure: LinkFailure): Promise<BrowserAnswer | null> {
  const failed = await store.moveLink(link, { at: 'failed', ...come, failure });
  return failed === null ? null : backTo(failed, 'failed');
}
