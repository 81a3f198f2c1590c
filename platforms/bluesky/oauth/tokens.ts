import type { TokenSet } from '../../../core/model.ts';
import type { HttpRequest, LinkTools, RefreshOutcome } from '../../../core/ports/index.ts';
import { refreshGrant } from '../../oauth.ts';
import { tokenTrouble } from '../errors.ts';
import { assertion } from './app.ts';
import type { Binding } from './binding.ts';
import { sendProved } from './proof.ts';
import { readServer } from './server.ts';

/**
 * A new pair of tokens for those of a consent. A refresh token serves once: one that comes again ends the whole link, the access
 * token too (measured). So it is sent a second time only if the server has said that it did not look at it, or if nobody knows
 * whether it came: then either it did not, and this renews the link, or it did, and the link is lost with the tokens that were.
 */
export async function refreshBound(tokens: TokenSet, { key, issuer, clientId }: Binding, tools: LinkTools): Promise<RefreshOutcome> {
  const server = await readServer(issuer, tools);
  // What cannot be asked says nothing of the link.
  if (server.kind === 'trouble') return { kind: 'trouble', trouble: { ...server.trouble, class: 'retryable', code: 'platform_unavailable' } };
  const shown = await assertion({ clientId, issuer, now: tools.now() }, tools.app);
  if (shown.kind === 'trouble') return shown;
  const send = (request: HttpRequest) => sendProved(tools, request, { key, token: null });
  return refreshGrant(tokens, { ...tools, send }, {
    title: 'Bluesky',
    url: server.value.tokenUrl,
    fields: shown.value,
    secrets: [shown.value.client_assertion],
    rotates: true,
    trouble: tokenTrouble,
  });
}
