import { timestamp } from '../clock.ts';
import type { Network } from '../model.ts';
import { linkableNetwork, page, type BackAnswer, type FormAnswer, type PageAnswer } from './browser.ts';
import { statusOfLink } from './model.ts';
import { callbackUrl, scopesOf, toolsFor, type VaultPorts } from './ports.ts';
import { isPassing } from './settle.ts';
import { hashOf, newChallenge, newSecret, sealMemory, stateOf } from './secrets.ts';

/** Where the browser goes, or the form that it shows, and the secret that it keeps until it is back. */
export type Visited =
  | BackAnswer
  | PageAnswer
  | { readonly kind: 'go'; readonly url: string; readonly browser: string }
  | (FormAnswer & { readonly browser: string });

/**
 * A browser comes to consent: it is given a secret, and sent to the network or shown the network's form. From then on the link belongs to this browser, until
 * another one comes: so nobody can make a person finish what somebody else has begun with another account.
 *
 * If the process dies on the way, the browser comes again, and what was made before is replaced.
 */
export async function visitLink(ports: VaultPorts, { network, linkId }: { readonly network: Network; readonly linkId: string }): Promise<Visited> {
  const link = await ports.store.getLink(linkId);
  if (link === null || link.network !== network) return page('unknown', network);
  if (statusOfLink(link, timestamp(ports.clock.now())) !== 'waiting') return page(link.stage.at === 'open' || link.stage.at === 'visited' ? 'expired' : 'over', network);
  const { linking } = linkableNetwork(ports, network);
  const { verifier, challenge } = newChallenge(linking.pkce);
  const secret = newSecret();
  const browser = newSecret();
  const asked = {
    scopes: scopesOf(linking),
    redirectUri: callbackUrl(ports.publicUrl, network),
    state: stateOf(linkId, secret),
    challenge,
    options: link.options,
  };
  const outcome = await linking.authorize(asked, await toolsFor(ports, network));
  if (outcome.kind === 'trouble') {
    ports.log.warn('link_not_begun', { linkId, trouble: outcome.trouble });
    return page(isPassing(outcome) ? 'try_again' : 'refused', network, outcome.trouble.message);
  }
  const visit = {
    stateHash: hashOf(secret),
    browserHash: hashOf(browser),
    memory: await sealMemory(ports.cipher, link, { verifier, memory: outcome.memory ?? null }),
    form: outcome.kind === 'ask' ? outcome.form : null,
  };
  const moved = await ports.store.moveLink(link, { at: 'visited', visit });
  // Two browsers at once, or a person who pressed twice: the other one goes on.
  if (moved === null) return page('try_again', network);
  if (outcome.kind === 'authorize') return { kind: 'go', url: outcome.url, browser };
  return { kind: 'form', network, form: outcome.form, state: asked.state, code: newSecret(), message: null, browser };
}
