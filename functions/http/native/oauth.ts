import { errorAt } from '../../../core/errors.ts';
import { bareId } from '../../../core/ids.ts';
import { limits } from '../../../core/limits.ts';
import type { BackAnswer, BrowserAnswer, FormAnswer, PageAnswer } from '../../../core/linking/browser.ts';
import { readState } from '../../../core/linking/secrets.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { urlencodedEndpoint } from '../../common/urlencoded-endpoint.ts';
import { formPageFor, type Sent } from './link-form.ts';
import type { LinkingPorts } from './linking.ts';
import { backPageFor, linkPageFor } from './link-page.ts';
import { pageHeaders } from './page.ts';
import { finishLinkRoute, getClientMetadataRoute, sendLinkFormRoute, startLinkRoute } from './routes/linking.ts';

/** The addresses that people's browsers and the networks' servers open while an account is linked. */

export const startLink = endpoint(startLinkRoute, {
  handle: async (ports: LinkingPorts, { params: { network }, query: { link: linkId } }) => {
    const visited = await ports.vault.visit({ network, linkId });
    if (visited.kind === 'go') return redirected(visited.url, { 'Set-Cookie': cookieFor(ports, linkId, visited.browser) });
    if (visited.kind !== 'form') return browserAnswer(ports, visited);
    const shown = formAnswer(ports, visited);
    return { ...shown, headers: { ...shown.headers, 'Set-Cookie': cookieFor(ports, linkId, visited.browser) } };
  },
});

export const finishLink = endpoint(finishLinkRoute, {
  handle: async (ports: LinkingPorts, { params: { network }, query, cookie }) => {
    const browser = browserOf(ports, query.state, cookie);
    return browserAnswer(ports, await ports.vault.finish({ network, query: new URLSearchParams(query).toString(), browser }));
  },
});

/** Seconds for which a copy is good. */
const MINUTES_5 = 'public, max-age=300';

export const getClientMetadata = endpoint(getClientMetadataRoute, {
  handle: async ({ vault, isConfigured }: LinkingPorts, { params: { network } }) => {
    if (!isConfigured(network)) throw errorAt('not_found', 'network', 'not_configured', 'The operator has no app at this network.');
    return { ...answer(200, await vault.describe({ network })), headers: { 'Cache-Control': MINUTES_5 } };
  },
});

export const sendLinkForm = urlencodedEndpoint(sendLinkFormRoute, {
  handle: async (ports: LinkingPorts, { params: { network }, body: { state = '', code = '', ...fields }, cookie }) => {
    const given = await ports.vault.signIn({ network, state, code, fields, browser: browserOf(ports, state, cookie) });
    if (given.kind === 'back') return { ...answer(200, backPageFor(given.url)), headers: pageHeaders() };
    return given.kind === 'form' ? formAnswer(ports, given) : pageAnswer(ports, given, { state, code });
  },
});

function browserAnswer(ports: LinkingPorts, given: BrowserAnswer) {
  if (given.kind === 'back') return redirected(given.url);
  return given.kind === 'form' ? formAnswer(ports, given) : pageAnswer(ports, given);
}

function redirected(url: BackAnswer['url'], headers: Readonly<Record<string, string>> = {}) {
  return { ...answer(303, ''), headers: { ...pageHeaders(), Location: url, ...headers } };
}

/** `sent`: the form after which the page comes. */
function pageAnswer({ linkable }: LinkingPorts, { reason, network, message }: PageAnswer, sent: Sent | null = null) {
  const body = linkPageFor({ reason, title: linkable(network)?.title ?? null, message, sent });
  return { ...answer(200, body), headers: pageHeaders({ forms: sent !== null }) };
}

function formAnswer({ linkable }: LinkingPorts, given: FormAnswer) {
  return { ...answer(200, formPageFor(given, linkable(given.network)?.title ?? null)), headers: pageHeaders({ forms: true }) };
}

/** The secret of the browser that sent a request with this state. */
function browserOf(ports: LinkingPorts, state: string | undefined, cookie: (name: string) => string | null): string | null {
  const linkId = readState(state ?? null)?.linkId;
  return linkId === undefined ? null : cookie(cookieName(ports, linkId));
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
