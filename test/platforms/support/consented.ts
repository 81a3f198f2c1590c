import { createHash, randomBytes } from 'node:crypto';
import type { LinkTools, Transport } from '../../../core/ports/index.ts';
import { linkings } from '../../../platforms/linkings.ts';
import { networkSettings } from '../../../sandbox/networks.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { LinkedAccount } from '../../../sandbox/stand-in.ts';
import type { Clock } from '../../../core/clock.ts';

/** Where consents come back to. */
export const REDIRECT = 'https://fanfare.example/oauth/callback';

/** An account whose tokens come of a consent, with what they are bound to. */
export type ConsentedAccount = LinkedAccount & { readonly binding?: string };

/** Somebody new consents at the stand-in of a network, under these options of a link; their first account. */
export async function consented(network: string, options: Readonly<Record<string, unknown>>, { sandbox, transport, clock }: { readonly sandbox: Sandbox; readonly transport: Transport; readonly clock: Clock }): Promise<ConsentedAccount> {
  const linking = linkings[network];
  if (linking === undefined) throw new Error(`Accounts of ${network} cannot be linked.`);
  const login = sandbox.login(network);
  login.registerRedirect(REDIRECT);
  const [account] = login.addPerson({ name: 'Ada' }).accounts;
  const tools: LinkTools = { send: (request) => transport.send(request), now: () => clock.now(), ...networkSettings(network, sandbox.baseUrl) };
  const verifier = linking.pkce === 'none' ? null : randomBytes(32).toString('base64url');
  const challenge = verifier === null ? null : createHash('sha256').update(verifier).digest(linking.pkce === 'hex' ? 'hex' : 'base64url');
  const scopes = linking.scopes.map(({ scope }) => scope);
  const state = 'a-state';
  const asked = await linking.authorize({ scopes, redirectUri: REDIRECT, state, challenge, options }, tools);
  if (asked.kind !== 'authorize') throw new Error(JSON.stringify(asked));
  const page = new URL(asked.url);
  page.searchParams.set('_consent', 'allow');
  const decided = await transport.send({ method: 'GET', url: page.href, headers: {} });
  if (decided.kind !== 'answered') throw new Error(decided.reason);
  const callback = new URL(decided.answer.headers['location'] ?? '').searchParams;
  const granted = await linking.exchange({ callback, state, redirectUri: REDIRECT, verifier, memory: asked.memory ?? null, scopes }, tools);
  if (granted.kind === 'trouble' || account === undefined) throw new Error(JSON.stringify(granted));
  const found = await linking.targets(granted.tokens, tools);
  const tokens = found.kind === 'targets' ? (found.targets[0]?.tokens ?? granted.tokens) : granted.tokens;
  return { ...tokens, scopes: [...tokens.scopes], externalId: account.externalId, name: account.name, defaults: {} };
}
