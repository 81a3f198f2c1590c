import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../core/model.ts';
import type { HttpResult } from '../../core/ports/index.ts';
import type { Platform } from '../../platforms/platform.ts';
import { platforms } from '../../platforms/registry.ts';
import { DESCRIPTION, TITLE } from './support/records.ts';
import { stage, type Effect, type SeenCall, type Stage, type StageOptions } from './support/stage.ts';
import { mayStayUnknown } from './support/unknown.ts';
import { variants, type Variant } from './support/variants.ts';
import { wordsOf, type NetworkWords } from './support/words.ts';

/**
 * Every call that a connector makes, and everything that can befall a call. The calls are those that a run without faults made:
 * what a new connector does is found here without a list of its cases.
 */

const cases: readonly Variant[] = [
  ...platforms.flatMap((platform) => platform.kinds.map((kind) => ({ platform, what: kind, options: { kind } }))),
  ...variants,
];

/** A token that is near its end, so that refreshing is among the calls. */
const TOKEN_LIFE = 300;

interface Trial {
  readonly name: string;
  /** What the stand-in does to the call, in the words of its faults. */
  readonly fault?: (said: NetworkWords, call: SeenCall) => Effect;
  readonly result?: HttpResult;
  readonly dies?: 'before_call' | 'after_call' | 'before_storing';
}

const trials: readonly Trial[] = [
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
function under({ platform, options }: Variant, at: SeenCall, trial: Trial): StageOptions {
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
async function checked(platform: Platform, world: Stage, publishing: string): Promise<Delivery> {
  const delivery = await world.run();
  // Whatever was put off is done by then.
  await world.time.run(world.time.sleep(3600));
  const posts = await world.sandbox.posts(platform.network);
  expect(posts.length, 'visible posts').toBeLessThanOrEqual(1);
  for (const post of posts) {
    expect(post).toMatchObject({ accountId: world.linked.externalId, kind: world.kind, mediaSha256: world.sha256 });
    expect([post.title, post.text].filter((text) => text !== null).join('\n\n')).toBe(`${TITLE}\n\n${DESCRIPTION}`);
  }
  if (delivery.status !== 'unknown') expect(delivery.status === 'uploaded', `uploaded exactly if visible: ${delivery.status}`).toBe(posts.length === 1);
  if (delivery.receipt !== null && delivery.receipt.externalId !== null) expect(posts.map(({ id }) => id)).toEqual([delivery.receipt.externalId]);
  expect(delivery.duplicates).toEqual([]);

  // Between two publish calls stands a proof that the first did nothing.
  const sent = world.seen.filter((call) => call.operation === publishing);
  expect(sent.length, 'publish calls').toBeLessThanOrEqual(delivery.attempt.n);
  expect(delivery.proofs.length).toBe(delivery.status === 'failed' ? delivery.attempt.n : delivery.attempt.n - 1);
  expect(sent.every((call) => call.fresh)).toBe(true);

  const told = JSON.stringify([delivery, world.logged, await bodies(world, delivery)]);
  for (const secret of [world.linked.accessToken, world.linked.refreshToken ?? world.linked.accessToken]) expect(told).not.toContain(secret);
  return delivery;
}

async function bodies({ ports }: Stage, { uploadId, accountId, attempt }: Delivery): Promise<unknown> {
  return attempt.phase === 'idle' ? null : ports.store.getBody({ uploadId, accountId, fingerprint: attempt.fingerprint });
}

describe.each(cases)('$platform.title, $what', async (each) => {
  const { platform } = each;
  const quiet = await stage(platform, { ...each.options, accessTokenLife: TOKEN_LIFE });
  await quiet.run();
  const publishing = quiet.seen.findLast(({ posts }) => posts === 0)?.operation ?? 'none';
  const names = quiet.seen.map(({ operation }) => operation);

  it('publishes once when nothing goes wrong, the visible call alone on a connection of its own', async () => {
    const delivery = await checked(platform, quiet, publishing);
    expect(delivery).toMatchObject({ status: 'uploaded', attempt: { n: 1 }, warnings: [], decorated: true });
    expect(delivery.receipt?.externalUrl).toMatch(/^https:\/\//u);
    expect(quiet.seen.filter(({ fresh }) => fresh).map(({ operation }) => operation)).toEqual([publishing]);
    expect(names.filter((name) => name === publishing)).toHaveLength(1);
  });

  it.each([-600, 600])('is found again after a lost answer by a worker whose clock is %i seconds off', async (skew) => {
    const lost: Trial = { name: 'lost', fault: () => ({ effect: 'drop_after' }) };
    const call = quiet.seen.find(({ operation }) => operation === publishing);
    if (call === undefined) throw new Error('No call made it visible.');
    const world = await stage(platform, { ...under(each, call, lost), accessTokenLife: 3600, skew });
    const delivery = await checked(platform, world, publishing);
    expect(delivery).toMatchObject({ status: 'uploaded', attempt: { n: 1 }, receipt: { externalId: expect.any(String) } });
  });

  describe.each(quiet.seen)('at call $index, $operation', (call) => {
    it.each(trials)('$name', async (trial) => {
      const world = await stage(platform, under(each, call, trial));
      const delivery = await checked(platform, world, publishing);
      const told = JSON.stringify([delivery.error, world.logged]);
      // A token that does not renew itself any more is the one thing that only a person can put right.
      const relink = call.operation === 'token.refresh' && delivery.error?.code === 'reauth_required';
      if (delivery.status === 'unknown') expect(mayStayUnknown(platform.network, world.kind, call.operation), told).toBe(true);
      else expect(delivery.status, told).toBe(relink ? 'failed' : 'uploaded');
    });
  });
});
