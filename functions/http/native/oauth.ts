import { bareId } from '../../../core/ids.ts';
import { limits } from '../../../core/limits.ts';
import type { BrowserAnswer } from '../../../core/linking/browser.ts';
import { readState } from '../../../core/linking/secrets.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import type { LinkingPorts } from './linking.ts';
import { linkPageFor, PAGE_HEADERS } from './link-page.ts';
import { finishLinkRoute, startLinkRoute } from './routes/linking.ts';

/** The two addresses that people's browsers open while an account is linked. */

export const startLink = endpoint(startLinkRoute, {
  handle: async (ports: LinkingPorts, { params: { network }, query: { link: linkId } }) => {
    const visited = await ports.vault.visit({ network, linkId });
    if (visited.kind !== 'go') return browserAnswer(ports, visited);
    return { ...answer(303, ''), headers: { ...PAGE_HEADERS, Location: visited.url, 'Set-Cookie': cookieFor(ports, linkId, visited.browser) } };
  },
});

export const finishLink = endpoint(finishLinkRoute, {
  handle: async (ports: LinkingPorts, { params: { network }, query, cookie }) => {
    const linkId = readState(query.state ?? null)?.linkId;
    const browser = linkId === undefined ? null : cookie(cookieName(ports, linkId));
    return browserAnswer(ports, await ports.vault.finish({ network, query: new URLSearchParams(query).toString(), browser }));
  },
});

function browserAnswer({ linkable }: LinkingPorts, given: BrowserAnswer) {
  if (given.kind === 'back') return { ...answer(303, ''), headers: { ...PAGE_HEADERS, Location: given.url } };
  const { reason, network, message } = given;
  return { ...answer(200, linkPageFor({ reason, title: linkable(network)?.title ?? null, message })), headers: PAGE_HEADERS };
}

/**
 * Ties a link to the browser that went to the network for it. `Lax`: it comes along when the network sends the browser back, and
 * with nothing that another site sends by itself. It stays until the link is over, since the address of the callback may be loaded again.
 */
function cookieFor(ports: LinkingPorts, linkId: string, secret: string): string {
  const secure = isSecure(ports) ? '; Secure' : '';
  return `${cookieName(ports, linkId)}=${secret}; Path=/; Max-Age=${limits.linkLife}; HttpOnly; SameSite=Lax${secure}`;
}

/** With the prefix, browsers take it from this very host alone, and only by https. One for each link: a person may link several at once. */
function cookieName(ports: LinkingPorts, linkId: string): string {
  return `${isSecure(ports) ? '__Host-' : ''}fanfare-link-${bareId(linkId)}`;
}

function isSecure({ publicUrl }: LinkingPorts): boolean {
  return publicUrl.startsWith('https:');
}
