import { describe, expect, it } from 'vitest';
import { times } from '../../../core/times.ts';
import { MAX_STEPS } from '../../../core/workflow.ts';
import { simulation } from '../simulation.ts';
import { brokenPromises } from '../support/promises.ts';
import { deliveryOf, operations, portsWith, publishing, step } from './support.ts';

const standard = times.standard;

describe('a delivery whose media is ready at the first poll', () => {
  it('takes one step of each function, comment included', async () => {
    const world = await simulation();
    expect(await step(world, 'transfer')).toMatchObject({ next: 'publish', afterSeconds: 0, steps: 1, waitedFor: 0 });
    expect(await step(world, 'publish', { steps: 1 })).toMatchObject({ next: 'done', steps: 2 });
    expect(operations(world)).toEqual(['prepare', 'poll', 'publish', 'comment']);
    expect(await deliveryOf(world)).toMatchObject({
      status: 'uploaded',
      receipt: { attempt: 1, externalId: 'post-1', externalUrl: 'https://testnet/post-1' },
      decorated: true,
      warnings: [],
    });
  });

  it('sends the publish call on a connection of its own, and nothing else so', async () => {
    const world = await simulation();
    await world.time.run(world.runToRest());
    expect(world.network.calls.filter((call) => call.fresh).map((call) => call.operation)).toEqual(['publish']);
  });

  it('stores what it sends before it arms, under its fingerprint', async () => {
    const world = await simulation();
    await world.time.run(world.runToRest());
    const { uploadId, accountId, attempt } = await deliveryOf(world);
    if (attempt.phase === 'idle') throw new Error('nothing was armed');
    const body = await world.store.getBody({ uploadId, accountId, fingerprint: attempt.fingerprint });
    expect(body).toEqual({ title: 'A title', marker: `${uploadId}/${accountId}`, artefact: 'artefact-1' });
  });
});

describe('waiting for the network', () => {
  it('sleeps inside the step between polls of a few seconds', async () => {
    const world = await simulation({ network: { polls: 3, pace: standard.pollInside } });
    expect(await step(world, 'transfer')).toMatchObject({ next: 'publish' });
    expect(world.time.elapsed()).toBeGreaterThan(3 * standard.pollInside);
  });

  it('leaves longer pauses to the machine', async () => {
    const world = await simulation({ network: { polls: 1, pace: standard.pollInside + 1 } });
    expect(await step(world, 'transfer')).toMatchObject({ next: 'transfer', afterSeconds: standard.pollInside + 1 });
    expect(await step(world, 'transfer', { steps: 1 })).toMatchObject({ next: 'publish' });
  });

  it.each([
    [300, 'transfer'],
    [301, 'later'],
  ])('a pause of %i seconds: %s', async (pace, next) => {
    const world = await simulation({ network: { polls: 1, pace } });
    expect((await step(world, 'transfer')).next).toBe(next);
    const { nextAt } = await deliveryOf(world);
    expect(nextAt).toBe(next === 'later' ? '2030-01-01T00:05:02Z' : null);
  });

  it.each([
    [MAX_STEPS - 2, 'transfer'],
    [MAX_STEPS - 1, 'later'],
  ])('a child that has run %i steps goes on with: %s', async (steps, next) => {
    const world = await simulation({ network: { polls: 1 } });
    expect((await step(world, 'transfer', { steps })).next).toBe(next);
  });

  it('scales the pace of polls on a local stage', async () => {
    const world = await simulation({ times: times.short, network: { polls: 1, pace: 60 } });
    await step(world, 'transfer');
    expect(world.time.elapsed()).toBeCloseTo(60 * times.short.pollScale + 3 * 0.05, 5);
  });
});

describe('a run that has nothing to do', () => {
  it('of another revision ends quietly', async () => {
    const world = await simulation();
    expect(await step(world, 'transfer', { revision: 7 })).toMatchObject({ next: 'done' });
    expect((await deliveryOf(world)).fence).toBe(0);
  });

  it('of an upload that is not there ends quietly', async () => {
    const world = await simulation();
    expect(await step(world, 'publish', { uploadId: 'upl_none' })).toMatchObject({ next: 'done' });
  });

  it.each(['transfer', 'publish'] as const)('of a finished delivery ends quietly (%s)', async (role) => {
    const world = await simulation();
    await world.time.run(world.runToRest());
    expect(await step(world, role)).toMatchObject({ next: 'done' });
    expect(world.network.posts).toHaveLength(1);
  });

  it('of a cancelled upload ends quietly', async () => {
    const world = await simulation();
    const { uploadId } = world;
    await world.store.cancelDeliveries({ uploadId, revision: 1, accounts: null, at: '2030-01-01T00:00:00Z' });
    expect(await step(world, 'transfer')).toMatchObject({ next: 'done' });
    expect(world.network.calls).toEqual([]);
  });
});

describe('two uploads to one account', () => {
  it('make their publish calls one after the other', async () => {
    const world = await simulation({ uploads: 4, ...publishing({ kind: 'slow', seconds: 20 }) });
    await world.time.run(world.runToRest());
    expect(await brokenPromises(world)).toEqual([]);
    const [first, ...others] = world.network.calls.filter((call) => call.operation === 'publish');
    expect(others).toHaveLength(3);
    for (const other of others) expect(other.at).toBeGreaterThanOrEqual((first?.at ?? 0) + 20);
  });
});

describe('what comes after the post', () => {
  it('is a warning when it fails, and the post stays', async () => {
    const world = await simulation({
      network: { weather: (operation) => (operation === 'comment' ? { kind: 'refused', status: 422, reason: 'no comments' } : undefined) },
    });
    await world.time.run(world.runToRest());
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', decorated: true, warnings: ['No comment: no comments'] });
  });

  it('is a warning when the connector breaks', async () => {
    const world = await simulation();
    const ports = portsWith(world, { decorate: () => Promise.reject(new Error('broken')) });
    await step(world, 'transfer');
    expect(await step(world, 'publish', {}, ports)).toMatchObject({ next: 'done' });
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', decorated: true, warnings: [expect.stringContaining('broken')] });
  });

  it('gets a step of its own when the call took the time', async () => {
    const world = await simulation({ mishap: ({ name }) => (name === 'store.receipt' ? { stall: 75 } : undefined) });
    await world.time.run(world.runToRest());
    expect(world.invocations).toEqual(['claim', 'inspect', 'transfer', 'publish', 'publish', 'finish', 'due']);
    expect(world.network.comments).toEqual(['post-1']);
  });
});
