import type { HttpRequest, HttpResult, NetworkTools } from '../../core/ports/index.ts';
import { asBearer } from '../oauth.ts';
import { readBinding } from './oauth/binding.ts';
import { proved, sendProved, type Credentials } from './oauth/proof.ts';

/** An account's token in a request: as a session of an app password has it, or with a proof, where a consent bound it to a key. */

type Tools = Pick<NetworkTools, 'accessToken' | 'binding' | 'now'>;

async function credentialsOf(tools: Tools): Promise<Credentials & { readonly token: string } | { readonly key: null; readonly token: string }> {
  const token = await tools.accessToken();
  const binding = await tools.binding();
  return { token, key: binding === null ? null : readBinding(binding).key };
}

/** A request that goes out once, as the visible call does. */
export async function authorisedBy(tools: Tools, request: HttpRequest): Promise<HttpRequest> {
  const { key, token } = await credentialsOf(tools);
  return key === null ? asBearer(request, token) : proved(request, { key, token }, tools.now());
}

/** Sends a request with the account's token. */
export async function sendAs(tools: Tools & Pick<NetworkTools, 'send'>, request: HttpRequest): Promise<HttpResult> {
  const { key, token } = await credentialsOf(tools);
  return key === null ? tools.send(asBearer(request, token)) : sendProved(tools, request, { key, token });
}
