import { timestamp } from '../clock.ts';
import type { Network } from '../model.ts';
import { fail, takeAnswer } from './answered.ts';
import { linkableNetwork, page, type BrowserAnswer } from './browser.ts';
import type { LinkFailure } from './model.ts';
import { callbackUrl, scopesOf, toolsFor, type VaultPorts } from './ports.ts';
import { openMemory } from './secrets.ts';
import { isPassing } from './settle.ts';

export interface Callback {
  readonly network: Network;
  /** The query with which the network sent the browser back. */
  readonly query: URLSearchParams;
  /** The secret of the browser's cookie for this link; null: it has none. */
  readonly browser: string | null;
}

/**
 * A browser comes back from the network, as `takeAnswer` has it. A code whose exchange nobody has the answer to is exchanged once
 * more: if the network had taken it, it refuses it now, and the link fails: the person begins again, and what was lost are tokens
 * that nobody has.
 */
export async function finishLink(ports: VaultPorts, { network, query, browser }: Callback): Promise<BrowserAnswer> {
  const state = query.get('state');
  const answer = query.get('code') ?? query.get('error');
  if (answer === null) return page('unknown', network);
  return takeAnswer(ports, { network, state, code: answer, browser }, {
    fits: ({ form }) => form === null,
    first: async (link, come) => (query.get('code') === null ? fail(ports, link, come, deniedBy(query)) : null),
    async asking(visit, link) {
      const { linking } = linkableNetwork(ports, network);
      const { verifier, memory } = await openMemory(ports.cipher, link, visit.memory);
      const scopes = scopesOf(linking);
      const request = { callback: query, state: state ?? '', redirectUri: callbackUrl(ports.publicUrl, network), verifier, memory, scopes };
      const tools = await toolsFor(ports, network);
      return () => linking.exchange(request, tools);
    },
    async refused(link, come, trouble) {
      if (isPassing({ trouble })) {
        // The claim ends at once, so that the address loaded again goes on.
        await ports.store.moveLink(link, { at: 'exchanging', ...come, until: timestamp(ports.clock.now()) });
        return page('try_again', network);
      }
      const isOver = trouble.class === 'auth_revoked' || trouble.class === 'auth_expired';
      return fail(ports, link, come, isOver ? CODE_REJECTED : { code: 'network_refused', message: trouble.message });
    },
  });
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
