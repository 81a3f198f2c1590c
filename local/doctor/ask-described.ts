import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { callbackUrl, scopesOf } from '../../core/linking/ports.ts';
import { newChallenge, newSecret } from '../../core/linking/secrets.ts';
import type { ClientMetadata, LinkTools } from '../../core/ports/index.ts';
import { parseAnswer } from '../../platforms/answers.ts';
import { isAboutApp, pageWords, toolsFor, wordsOf, type Question, type Told } from './ask.ts';

/**
 * Asks about an app that is registered nowhere: at the address where it says what it is, as the servers of accounts read it; and
 * whether the configured service lets it ask for a consent, which nobody then goes to give.
 */

/** `wrong`: something else stands there. `other_key`: all is right but the key. `unread`: nothing is known, from here. */
export type Described = { readonly kind: 'right' | 'other_key' } | { readonly kind: 'wrong' | 'unread'; readonly words: string };

export interface AskedOfDescribed {
  readonly described: Described;
  readonly app: Told;
}

/** `ours`: what has to stand there. */
export async function askDescribed(question: Question, ours: ClientMetadata): Promise<AskedOfDescribed> {
  const tools = toolsFor(question);
  const [described, app] = await Promise.all([readDescription(ours, tools), askToBegin(question, tools)]);
  return { described, app };
}

const descriptionSchema = z.looseObject({ client_id: z.string() });

async function readDescription(ours: ClientMetadata, { send }: LinkTools): Promise<Described> {
  const result = await send({ method: 'GET', url: ours.client_id, headers: { accept: 'application/json' } });
  if (result.kind !== 'answered') return { kind: 'unread', words: result.reason };
  const found = result.answer.status === 200 ? parseAnswer(descriptionSchema, result.answer) : null;
  if (found === null) return { kind: 'wrong', words: pageWords(result.answer) };
  if (found.client_id !== ours.client_id) return { kind: 'wrong', words: `its client_id is ${found.client_id}` };
  return { kind: isDeepStrictEqual(found['jwks'], ours['jwks']) ? 'right' : 'other_key' };
}

async function askToBegin({ linking, network, publicUrl }: Question, tools: LinkTools): Promise<Told> {
  const { challenge } = newChallenge(linking.pkce);
  const asked = await linking.authorize({ scopes: scopesOf(linking), redirectUri: callbackUrl(publicUrl, network), state: newSecret(), challenge, options: {} }, tools);
  if (asked.kind !== 'trouble') return { kind: 'accepted' };
  return { kind: isAboutApp(asked.trouble) ? 'refused' : 'not_told', words: wordsOf(asked.trouble) };
}
