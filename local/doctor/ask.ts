import { callbackUrl, scopesOf } from '../../core/linking/ports.ts';
import { newChallenge, newSecret } from '../../core/linking/secrets.ts';
import type { Network } from '../../core/model.ts';
import type { HttpAnswer, HttpResult, Linking, LinkTools, NetworkSettings, Transport, Trouble } from '../../core/ports/index.ts';
import { scrub } from '../../platforms/scrub.ts';

/**
 * Asks a network, without a person, whether it knows the operator's app: for tokens in exchange for a code that nobody has, which it
 * refuses for the code's sake if id and secret are right; and for its consent page, as a browser would. Nothing there is changed.
 */

/** `refused` holds the network's words. `not_told`: why nothing is known, in ours or its. */
export type Told = { readonly kind: 'accepted' } | { readonly kind: 'refused' | 'not_told'; readonly words: string };

export interface Asked {
  /** Of the app's id and secret. */
  readonly app: Told;
  /** Of the address to which consents lead back. */
  readonly callback: Told;
}

export interface Question {
  readonly network: Network;
  readonly linking: Linking;
  readonly settings: NetworkSettings;
  /** Where browsers reach the API. */
  readonly publicUrl: string;
  readonly transport: Transport;
  /** Seconds for all of it. */
  readonly timeout: number;
}

const NO_CODE = 'a-code-that-nobody-has';
const WORDS_MAX = 200;

export async function askNetwork(question: Question): Promise<Asked> {
  const { network, publicUrl } = question;
  const ours = callbackUrl(publicUrl, network);
  const [app, page, strange] = await Promise.all([
    askForTokens(question, ours),
    askForConsent(question, ours),
    // What it says to an address that nobody has registered shows whether it looks at addresses before a person has logged in.
    askForConsent(question, callbackUrl(publicUrl, `${network}-not-registered`)),
  ]);
  return { app, callback: callbackToldBy(page, strange) };
}

async function askForTokens(question: Question, redirectUri: string): Promise<Told> {
  const { linking } = question;
  const state = newSecret();
  const callback = new URLSearchParams({ code: NO_CODE, state });
  const { verifier } = newChallenge(linking.pkce);
  const outcome = await linking.exchange({ callback, state, redirectUri, verifier, memory: null, scopes: scopesOf(linking) }, toolsFor(question));
  return outcome.kind === 'granted' ? { kind: 'not_told', words: 'it gave tokens for a code that nobody has' } : appToldBy(outcome.trouble);
}

function appToldBy(trouble: Trouble): Told {
  const words = wordsOf(trouble);
  if (isAboutApp(trouble)) return { kind: 'refused', words };
  // Who is asked about a code by an app that it does not know speaks of the app (RFC 6749, section 4.1.3).
  const isAboutCode = trouble.platformCode === 'invalid_grant' || /\bcode\b/iu.test(trouble.platformMessage ?? '');
  return trouble.class === 'auth_revoked' && isAboutCode ? { kind: 'accepted' } : { kind: 'not_told', words };
}

/** Whether a network speaks of the operator's app, and of nothing else. */
export function isAboutApp({ class: troubleClass, code }: Trouble): boolean {
  return troubleClass === 'permanent' && code === 'internal_error';
}

export function wordsOf({ platformCode, platformMessage, message }: Trouble): string {
  const words = [platformCode, platformMessage].filter((word) => word !== null && word !== '');
  return words.length === 0 ? message : words.join(': ').slice(0, WORDS_MAX);
}

/**
 * What came in place of a person's decision. `back`: the browser is sent to the callback with an error at once. `shown`: a page,
 * or the way to a login. `refused`: a page that says what is wrong.
 */
type Page = { readonly kind: 'shown' } | { readonly kind: 'back' | 'refused' | 'unknown'; readonly words: string };

async function askForConsent(question: Question, redirectUri: string): Promise<Page> {
  const { linking } = question;
  const tools = toolsFor(question);
  const { challenge } = newChallenge(linking.pkce);
  const asked = await linking.authorize({ scopes: scopesOf(linking), redirectUri, state: newSecret(), challenge, options: {} }, tools);
  if (asked.kind === 'trouble') return { kind: 'unknown', words: wordsOf(asked.trouble) };
  if (asked.kind === 'ask') return { kind: 'unknown', words: 'it has no consent page for this' };
  return pageOf(await tools.send({ method: 'GET', url: asked.url, headers: { accept: 'text/html' } }), redirectUri);
}

function pageOf(result: HttpResult, redirectUri: string): Page {
  if (result.kind !== 'answered') return { kind: 'unknown', words: result.reason };
  const { status, headers } = result.answer;
  const location = headers['location'] ?? '';
  if (status >= 300 && status < 400 && location.startsWith(`${redirectUri}?`)) return { kind: 'back', words: new URL(location).searchParams.get('error') ?? 'no error' };
  if (status >= 200 && status < 400) return { kind: 'shown' };
  const words = pageWords(result.answer);
  return { kind: status === 400 || status === 404 || status === 422 ? 'refused' : 'unknown', words };
}

const ABOUT_CALLBACK = /redirect|callback/iu;

function callbackToldBy(ours: Page, strange: Page): Told {
  switch (ours.kind) {
    case 'back':
      return { kind: 'accepted' };
    case 'refused':
      return { kind: ABOUT_CALLBACK.test(ours.words) ? 'refused' : 'not_told', words: ours.words };
    case 'unknown':
      return { kind: 'not_told', words: ours.words };
    case 'shown':
      if (strange.kind === 'refused') return { kind: 'accepted' };
      return { kind: 'not_told', words: 'without a person it says the same of an address that nobody has registered' };
  }
}

/** What a page says, without its form. */
export function pageWords({ status, body }: HttpAnswer): string {
  const text = body.replaceAll(/<(style|script|title)\b.*?<\/\1>/gsu, ' ').replaceAll(/<[^>]*>/gu, ' ');
  return `${status} ${scrub(text.replaceAll(/\s+/gu, ' ').trim(), [])}`.trim().slice(0, WORDS_MAX);
}

/** All requests of a question end when its time is over. */
export function toolsFor({ settings, transport, timeout }: Question): LinkTools {
  const endsAt = performance.now() + timeout * 1000;
  return {
    ...settings,
    send: (request) => transport.send({ ...request, timeout: Math.max(0, endsAt - performance.now()) / 1000 }, { fresh: true }),
    now: () => new Date(),
  };
}
