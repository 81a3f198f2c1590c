import { timestamp, timestampAfter } from '../clock.ts';
import type { Network } from '../model.ts';
import type { GrantOutcome } from '../ports/index.ts';
import { persistently } from '../tokens.ts';
import { backTo, linkableNetwork, page, type BrowserAnswer } from './browser.ts';
import { statusOfLink, type Link, type LinkFailure, type LinkStage, type Visit } from './model.ts';
import { callbackUrl, toolsFor, type VaultPorts } from './ports.ts';
import { hashOf, openMemory, readState, sealGrant } from './secrets.ts';
import { settle } from './settle.ts';

export interface Callback {
  readonly network: Network;
  /** The query with which the network sent the browser back. */
  readonly query: URLSearchParams;
  /** The secret of the browser's cookie for this link; null: it has none. */
  readonly browser: string | null;
}

/** Each further round is the link having been moved by another request with the same answer of the network. */
const ROUNDS = 20;
/** Tries of an exchange while the browser waits: codes live for as little as 30 seconds. */
const TRIES = 3;

/**
 * A browser comes back from the network. The answer is taken once; the same one again, also at the same time, gets the same
 * outcome. What a process that dies leaves behind:
 *
 * - before the link is claimed: nothing has happened, the browser loads the address again.
 * - from the claim until the tokens are stored: a claim that ends by itself. The address loaded again then exchanges the same code
 *   once more. If the network had taken it, it refuses it now, and the link fails: the person begins again, and what was lost are
 *   tokens that nobody has.
 * - once the tokens are stored: a link that is gone on with from there, by the same address loaded again.
 * - while accounts are made: some of them are; gone on with, they are found and renewed, and the others made.
 */
export async function finishLink(ports: VaultPorts, { network, query, browser }: Callback): Promise<BrowserAnswer> {
  const state = readState(query.get('state'));
  const answer = query.get('code') ?? query.get('error');
  if (state === null || answer === null) return page('unknown', network);
  const codeHash = hashOf(answer);
  for (let round = 0; round < ROUNDS; round += 1) {
    const link = await ports.store.getLink(state.linkId);
    if (link === null || link.network !== network || link.stage.at === 'open' || link.stage.visit.stateHash !== hashOf(state.secret)) return page('unknown', network);
    if (browser === null || link.stage.visit.browserHash !== hashOf(browser)) return page('other_browser', network);
    const given = await goOn(ports, link, link.stage, { query, codeHash });
    if (given !== null) return given;
  }
  return page('try_again', network);
}

/** Null: the link has moved, or is being worked on: look at it again. */
async function goOn(
  ports: VaultPorts,
  link: Link,
  stage: Exclude<LinkStage, { at: 'open' }>,
  { query, codeHash }: { readonly query: URLSearchParams; readonly codeHash: string },
): Promise<BrowserAnswer | null> {
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
      if (query.get('code') === null) return fail(ports, link, { visit: stage.visit, codeHash }, deniedBy(query));
      break;
    case 'granted':
      return settle(ports, link, stage);
    case 'choosing':
    case 'linked':
    case 'failed':
      return backTo(link, status);
  }
  const { visit } = stage;
  const until = timestampAfter(now, ports.times.vaultFunction + ports.times.requestMargin);
  const claimed = await ports.store.moveLink(link, { at: 'exchanging', visit, codeHash, until });
  return claimed === null ? null : exchange(ports, claimed, { visit, codeHash }, query);
}

async function exchange(ports: VaultPorts, link: Link, come: { readonly visit: Visit; readonly codeHash: string }, query: URLSearchParams): Promise<BrowserAnswer | null> {
  const outcome = await askForTokens(ports, link, come.visit, query);
  if (outcome.kind === 'trouble') {
    const { trouble } = outcome;
    ports.log.warn('link_not_exchanged', { linkId: link.linkId, tenantId: link.tenantId, trouble });
    switch (trouble.class) {
      case 'retryable':
      case 'rate_limited':
      case 'quota':
        // The claim ends at once, so that the address loaded again goes on.
        await ports.store.moveLink(link, { at: 'exchanging', ...come, until: timestamp(ports.clock.now()) });
        return page('try_again', link.network);
      case 'auth_revoked':
      case 'auth_expired':
        return fail(ports, link, come, CODE_REJECTED);
      default:
        return fail(ports, link, come, { code: 'network_refused', message: trouble.message });
    }
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

/** The network's answer to the code. A passing trouble is tried again in the first half of the vault's life: what follows takes time as well. */
async function askForTokens(ports: VaultPorts, link: Link, visit: Visit, callback: URLSearchParams): Promise<GrantOutcome> {
  const { linking } = linkableNetwork(ports, link.network);
  const { verifier, memory } = await openMemory(ports.cipher, link, visit.memory);
  const tools = await toolsFor(ports, link.network);
  const redirectUri = callbackUrl(ports.publicUrl, link.network);
  const scopes = linking.scopes.map(({ scope }) => scope);
  const lastTry = ports.clock.now().getTime() + (ports.times.vaultFunction / 2) * 1000;
  for (let tries = 1; ; tries += 1) {
    const outcome = await linking.exchange({ callback, state: callback.get('state') ?? '', redirectUri, verifier, memory, scopes }, tools);
    if (outcome.kind === 'granted' || outcome.trouble.class !== 'retryable' || tries === TRIES || ports.clock.now().getTime() >= lastTry) return outcome;
    await ports.sleep(ports.times.refreshBusy * tries * ports.random());
  }
}

async function fail(ports: VaultPorts, link: Link, come: { readonly visit: Visit; readonly codeHash: string }, failure: LinkFailure): Promise<BrowserAnswer | null> {
  const failed = await ports.store.moveLink(link, { at: 'failed', ...come, failure });
  return failed === null ? null : backTo(failed, 'failed');
}

const CODE_REJECTED: LinkFailure = {
  code: 'code_rejected',
  message: 'The network did not accept its own answer any more: it took too long, or the answer was lost on the way. Nothing was linked. Begin again.',
};

/** What came in place of a code (RFC 6749, section 4.1.2.1). */
function deniedBy(query: URLSearchParams): LinkFailure {
  const error = query.get('error') ?? '';
  if (/denied|cancel/iu.test(`${error} ${query.get('error_reason') ?? ''}`)) {
    return { code: 'consent_denied', message: 'The person did not consent. Nothing was linked.' };
  }
  const name = /^[\w.-]{1,60}$/u.test(error) ? ` (${error})` : '';
  return { code: 'network_refused', message: `The network did not let the person consent${name}. Nothing was linked. Begin again; if it stays so, tell the operator.` };
}
