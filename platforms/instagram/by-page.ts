import * as z from 'zod';
import type { HttpRequest, NetworkTools, PublishTools, RefreshOutcome, RefreshTools } from '../../core/ports/index.ts';
import type { TokenSet } from '../../core/model.ts';
import { signed } from '../facebook/client.ts';
import { PAGE_TERMS, refreshToken } from '../facebook/tokens.ts';

/**
 * Accounts that were linked by Facebook Login: a professional account that belongs to a page is published on with the page's token, by the
 * same calls as any other, at another host. The binding of its tokens says so, and for which page they are.
 */

const bindingSchema = z.strictObject({
  /** Its id; null: they are the person's, who has not chosen yet. */
  page: z.string().min(1).nullable(),
  /** Whether pages of businesses may be listed with them. */
  businesses: z.boolean(),
});

export type PageBinding = z.output<typeof bindingSchema>;

export function writeBinding(binding: PageBinding): string {
  return JSON.stringify(binding);
}

/** Throws for what `writeBinding` did not write. */
export function readBinding(text: string): PageBinding {
  return bindingSchema.parse(JSON.parse(text));
}

type Settings = Pick<NetworkTools, 'endpoints' | 'app' | 'loginApp'>;

/** With Facebook's addresses and the app that is registered there; null: the operator has none. */
export async function atFacebook<Tools extends Settings>(tools: Tools): Promise<Tools | null> {
  const app = (await tools.loginApp?.()) ?? null;
  if (app === null) return null;
  const { facebook = '', dialog = '' } = tools.endpoints;
  return { ...tools, app, endpoints: { ...tools.endpoints, graph: facebook, www: dialog } };
}

/** The same of an account that was linked there. Throws if the operator has taken the app away. */
export async function surelyAtFacebook<Tools extends Settings>(tools: Tools): Promise<Tools> {
  const there = await atFacebook(tools);
  if (there === null) throw new Error('Accounts of Instagram were linked by Facebook Login, and Facebook is not configured: add it to the configuration under "networks" and deploy again.');
  return there;
}

type CallTools = Settings & Pick<NetworkTools, 'binding'> & Partial<Pick<NetworkTools, 'send'> & Pick<PublishTools, 'sendOnce'>>;

/** The tools of an account as its calls take them, in whichever way it was linked. */
export async function asLinked<Tools extends CallTools>(tools: Tools): Promise<Tools> {
  if ((await tools.binding()) === null) return tools;
  const there = await surelyAtFacebook(tools);
  const { send, sendOnce } = there;
  return {
    ...there,
    ...(send !== undefined && { send: (request: HttpRequest) => send(proved(request, there)) }),
    ...(sendOnce !== undefined && { sendOnce: (request: HttpRequest) => sendOnce(proved(request, there)) }),
  };
}

/** With the proof that it comes from the app's server, which an app can be set to demand. */
function proved(request: HttpRequest, tools: Pick<NetworkTools, 'app'>): HttpRequest {
  const [, token] = /^Bearer (.+)$/u.exec(request.headers['authorization'] ?? '') ?? [];
  return token === undefined ? request : signed(request, token, tools);
}

/** New tokens of a page, by the person's. */
export async function refreshByPage(tokens: TokenSet, binding: string, tools: RefreshTools): Promise<RefreshOutcome> {
  const { page } = readBinding(binding);
  if (page === null) throw new Error('These tokens are no account’s.');
  return refreshToken(tokens, { ...(await surelyAtFacebook(tools)), account: { externalId: page } });
}

/** What holds for an account in the way in which it was linked. */
export function termsOf({ binding }: Pick<TokenSet, 'binding'>): Partial<typeof PAGE_TERMS> {
  return binding === undefined ? {} : PAGE_TERMS;
}
