import { expect } from 'vitest';
import type { Clock } from '../../../core/clock.ts';
import { scopesOf } from '../../../core/linking/ports.ts';
import { newChallenge } from '../../../core/linking/secrets.ts';
import type { ExchangeRequest, Linking, LinkTools, Transport } from '../../../core/ports/index.ts';
import { linkings } from '../../../platforms/linkings.ts';
import { networkSettings } from '../../../sandbox/networks.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { LinkedAccount } from '../../../sandbox/stand-in.ts';

/** Where consents come back to. */
export const REDIRECT = 'https://fanfare.example/oauth/callback';
const STATE = 'a-state';

/** An account whose tokens come of a consent, with what they are bound to. */
export type ConsentedAccount = LinkedAccount & { readonly binding?: string };

/** How somebody decides on the consent page of a stand-in, by its parameters, and what the link is asked with. */
export interface Decision {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Goes to the consent page of a stand-in, where somebody allows all if `parameters` say nothing else; what the browser brings back. */
export async function consent(linking: Linking, tools: LinkTools, { parameters = {}, options }: Decision): Promise<ExchangeRequest> {
  const { verifier, challenge } = newChallenge(linking.pkce);
  const scopes = scopesOf(linking);
  const asked = await linking.authorize({ scopes, redirectUri: REDIRECT, state: STATE, challenge, options }, tools);
  if (asked.kind !== 'authorize') throw new Error(asked.kind === 'trouble' ? asked.trouble.message : 'It asks for a form.');
  const url = new URL(asked.url);
  for (const [name, value] of Object.entries({ _consent: 'allow', ...parameters })) url.searchParams.set(name, value);
  const result = await tools.send({ method: 'GET', url: url.href, headers: {} });
  if (result.kind !== 'answered' || result.answer.status !== 303) throw new Error(`The page did not lead back: ${JSON.stringify(result)}`);
  const back = new URL(result.answer.headers['location'] ?? '');
  expect(`${back.origin}${back.pathname}`).toBe(REDIRECT);
  expect(back.searchParams.get('state')).toBe(STATE);
  return { callback: back.searchParams, state: STATE, redirectUri: REDIRECT, verifier, memory: asked.memory ?? null, scopes };
}

/** Somebody new consents at the stand-in of a network, under these options of a link; their first account. */
export async function consented(network: string, options: Readonly<Record<string, unknown>>, { sandbox, transport, clock }: { readonly sandbox: Sandbox; readonly transport: Transport; readonly clock: Clock }): Promise<ConsentedAccount> {
  const linking = linkings[network];
  if (linking === undefined) throw new Error(`Accounts of ${network} cannot be linked.`);
  const login = sandbox.login(network);
  login.registerRedirect(REDIRECT);
  const [account] = login.addPerson({ name: 'Ada' }).accounts;
  const tools: LinkTools = { send: (request) => transport.send(request), now: () => clock.now(), ...networkSettings(network, sandbox.baseUrl) };
  const granted = await linking.exchange(await consent(linking, tools, { options }), tools);
  if (granted.kind === 'trouble' || account === undefined) throw new Error(JSON.stringify(granted));
  const found = await linking.targets(granted.tokens, tools);
  const tokens = found.kind === 'targets' ? (found.targets[0]?.tokens ?? granted.tokens) : granted.tokens;
  return { ...tokens, scopes: [...tokens.scopes], externalId: account.externalId, name: account.name, defaults: {} };
}
