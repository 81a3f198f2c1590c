import { expect } from 'vitest';
import type { Delivery } from '../../../core/model.ts';
import type { HttpResult } from '../../../core/ports/index.ts';
import { lastAttempt } from '../../../core/sequels.ts';
import type { Platform } from '../../../platforms/platform.ts';
import { checkFollowing, USUAL, type Said } from './following.ts';
import type { Effect, SeenCall, Stage, StageOptions } from './stage.ts';
import { mayStayUnknown } from './unknown.ts';
import type { Variant } from './variants.ts';
import { wordsOf, type NetworkWords } from './words.ts';

/** Everything that can befall a call to a network, and what must hold whatever happened. */

/** A token that is near its end, so that refreshing is among the calls. */
export const TOKEN_LIFE = 300;

export interface Trial {
  readonly name: string;
  /** What the stand-in does to the call, in the words of its faults. */
  readonly fault?: (said: NetworkWords, call: SeenCall) => Effect;
  readonly result?: HttpResult;
  readonly dies?: 'before_call' | 'after_call' | 'before_storing';
}

export const trials: readonly Trial[] = [
  { name: 'the connection is refused', result: { kind: 'never_sent', reason: 'connection refused' } },
  { name: 'the connection is cut before it is done', fault: () => ({ effect: 'drop_before' }) },
  { name: 'the connection is cut inside the request', fault: () => ({ effect: 'drop_midway', bytes: 300_000 }) },
  { name: 'it is done and the answer is lost', fault: () => ({ effect: 'drop_after' }) },
  { name: 'the connection is cut and it is done later', fault: () => ({ effect: 'drop_then_do', ms: 45_000 }) },
  { name: 'the answer is slower than the time-out', fault: () => ({ effect: 'delay', ms: 70_000 }) },
  { name: 'the answer is slower than the function lives', fault: () => ({ effect: 'delay', ms: 150_000 }) },
  { name: 'it answers 500', fault: () => ({ effect: 'refuse', status: 500, body: 'Internal error' }) },
  { name: 'it answers 503 with Retry-After', fault: () => ({ effect: 'refuse', status: 503, headers: { 'retry-after': '90' }, body: '' }) },
  { name: 'it answers 429 without its own words', fault: () => ({ effect: 'refuse', status: 429, body: '<html>slow down</html>' }) },
  { name: 'it is rate limited in its own words', fault: (said) => ({ effect: 'refuse', ...said.rateLimited }) },
  { name: 'the token is said to have expired', fault: (said) => ({ effect: 'refuse', ...said.tokenExpired }) },
  { name: 'it answers 200 with what nobody documented', fault: () => ({ effect: 'refuse', status: 200, body: { ok: true } }) },
  { name: 'it answers 200 with half a page', fault: () => ({ effect: 'refuse', status: 200, body: '<html><bo' }) },
  { name: 'it is redirected', fault: () => ({ effect: 'refuse', status: 302, headers: { location: 'https://login.example/' }, body: '' }) },
  { name: 'the worker dies just before', dies: 'before_call' },
  { name: 'the worker dies just after', dies: 'after_call' },
  { name: 'the worker dies before it has stored the answer', dies: 'before_storing' },
];

/** The stage on which the call of this index meets the trial. */
export function under({ platform, options }: Variant, at: SeenCall, trial: Trial): StageOptions {
  const said = wordsOf(platform);
  let died = false;
  return {
    ...options,
    accessTokenLife: TOKEN_LIFE,
    weather: (call, { sandbox }) => {
      if (call.index !== at.index) return undefined;
      if (trial.fault !== undefined) sandbox.addFault({ ...trial.fault(said, call), network: platform.network, operation: call.operation });
      return trial.result;
    },
    mishap: ({ name }, sent) => {
      if (died || trial.dies === undefined) return undefined;
      const sending = name === 'transport.send' && sent === at.index - 1;
      const storing = name.startsWith('store.') && sent === at.index;
      if (trial.dies === 'before_storing' ? !storing : !sending) return undefined;
      died = true;
      return trial.dies === 'after_call' ? 'die_after' : 'die_before';
    },
  };
}

/** What must hold whatever happened; the delivery as it ended. */
export async function checked(platform: Platform, world: Stage, publishing: string, said: Said = USUAL): Promise<Delivery> {
  const delivery = await world.run();
  // Whatever was put off is done by then.
  await world.time.run(world.time.sleep(3600));
  const visible = await world.sandbox.posts(platform.network);
  const posts = visible.filter(({ replyTo }) => replyTo === undefined);
  expect(posts.length, 'visible posts').toBeLessThanOrEqual(1);
  for (const post of posts) {
    expect(post).toMatchObject({ accountId: world.linked.externalId, kind: world.kind, mediaSha256: world.sha256 });
    const text = [post.title, post.text].filter((part) => part !== null).join('\n\n');
    expect(delivery.sequels.some(({ name }) => name === 'part_2') ? said.text.slice(0, text.length) : said.text).toBe(text);
  }
  checkFollowing(delivery, visible, said);
  if (delivery.status !== 'unknown') expect(delivery.status === 'uploaded', `uploaded exactly if visible: ${delivery.status}`).toBe(posts.length === 1);
  if (delivery.receipt !== null && delivery.receipt.externalId !== null) expect(posts.map(({ id }) => id)).toEqual([delivery.receipt.externalId]);
  expect(delivery.duplicates).toEqual([]);

  // Between two publish calls, of the post and of each that follows it, stands a proof that the first did nothing.
  const sent = world.seen.filter((call) => call.operation === publishing);
  expect(sent.length, 'publish calls').toBeLessThanOrEqual(delivery.attempt.n);
  expect(sent.every((call) => call.fresh)).toBe(true);
  expect(world.seen.filter(({ fresh }) => fresh).length, 'visible calls').toBeLessThanOrEqual(lastAttempt(delivery));
  const unproven = [delivery, ...delivery.sequels].filter(({ attempt: { phase } }) => phase !== 'idle' && phase !== 'missing');
  expect(delivery.proofs.length).toBe(lastAttempt(delivery) - unproven.length);

  const told = JSON.stringify([delivery, world.logged, await bodies(world, delivery)]);
  for (const secret of [world.linked.accessToken, world.linked.refreshToken ?? world.linked.accessToken]) expect(told).not.toContain(secret);
  return delivery;
}

async function bodies({ ports }: Stage, { uploadId, accountId, attempt }: Delivery): Promise<unknown> {
  return attempt.phase === 'idle' ? null : ports.store.getBody({ uploadId, accountId, fingerprint: attempt.fingerprint });
}

/** A delivery of which one call met a trial is published, or open where nobody can be asked. */
export function expectEnd({ network }: Platform, { kind, logged }: Stage, { operation }: SeenCall, { status, error, sequels, warnings }: Delivery): void {
  const told = JSON.stringify([error, logged]);
  // A token that does not renew itself any more is the one thing that only a person can put right.
  const relink = operation === 'token.refresh' && error?.code === 'reauth_required';
  if (status === 'unknown') expect(mayStayUnknown(network, kind, operation), told).toBe(true);
  else expect(status, told).toBe(relink ? 'failed' : 'uploaded');
  // Nothing of what follows is left out, unless nobody can find out about it.
  for (const { name, attempt: { phase } } of sequels) {
    if (phase !== 'receipt') expect(warnings.join('\n')).toMatch(name === 'comment' ? /first comment/u : new RegExp(`part ${name.slice(5)}\\b`, 'u'));
    expect(phase === 'receipt' || mayStayUnknown(network, kind, operation), `${name} ${phase}: ${told}`).toBe(true);
  }
}
