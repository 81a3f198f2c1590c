import { describe, expect, it } from 'vitest';
import { times } from '../../../core/times.ts';
import type { StepResult } from '../../../core/workflow.ts';
import { simulation, type Simulation } from '../simulation.ts';
import type { Weather } from '../support/test-network.ts';
import { begun, deliveryOf, operations, portsWith, publishing, step } from './support.ts';

/** A step during whose visible call another one begins, of the same child or of another. */
async function overtaken(weather: Weather | undefined, execution: string): Promise<{ world: Simulation; older: StepResult; younger: StepResult }> {
  const world = await simulation(publishing(weather));
  await step(world, 'transfer');
  let younger: StepResult | undefined;
  const ports = portsWith(world, {
    publish: async (work, body, tools) => {
      younger = await begun(world, 'publish', { execution });
      return world.network.connector.publish(work, body, tools);
    },
  });
  const older = await step(world, 'publish', {}, ports);
  if (younger === undefined) throw new Error('The younger step did not begin.');
  return { world, older, younger };
}

describe('a worker that is overtaken while it publishes', () => {
  it('brings its receipt all the same, and the younger one, which waits, finds it', async () => {
    const { world, older, younger } = await overtaken(undefined, 'child-1');
    expect(younger).toMatchObject({ next: 'publish', waitedFor: 1 });
    expect(older).toMatchObject({ next: 'done' });
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', receipt: { attempt: 1 }, duplicates: [] });
    expect(await step(world, 'publish', { waitedFor: 1 })).toMatchObject({ next: 'done' });
    expect(world.network.posts).toHaveLength(1);
  });

  it.each<[string, Weather]>([
    ['an expired token', { kind: 'refused', status: 401, reason: 'expired' }],
    ['a refusal for good', { kind: 'refused', status: 422, reason: 'no' }],
    ['a network that cannot be reached', { kind: 'never_sent' }],
  ])('brings its proof (%s), and leaves what follows from it to the younger one', async (_what, weather) => {
    const { world, older } = await overtaken(weather, 'child-1');
    const { fence, status, attempt, proofs } = await deliveryOf(world);
    expect({ fence, status, attempt }).toEqual({ fence: 3, status: 'dispatching', attempt: { phase: 'idle', n: 1 } });
    expect(proofs).toHaveLength(1);
    expect(operations(world).filter((operation) => operation === 'publish')).toHaveLength(1);
    expect(older.next).toBe('publish');
  });

  it('by another child ends; by a twin of the same child it lets that child go on', async () => {
    const refused: Weather = { kind: 'refused', status: 422, reason: 'no' };
    expect((await overtaken(refused, 'child-2')).older).toMatchObject({ next: 'done' });
    expect((await overtaken(refused, 'child-1')).older).toMatchObject({ next: 'publish', afterSeconds: times.standard.leaseBusy });
  });
});

describe('a worker that is overtaken while it transfers', () => {
  it('stops at its next checkpoint', async () => {
    const world = await simulation();
    let younger: StepResult | undefined;
    const ports = portsWith(world, {
      transfer: async (work, tools) => {
        younger ??= await begun(world, 'transfer', { execution: 'child-2' });
        return world.network.connector.transfer(work, tools);
      },
    });
    expect(await step(world, 'transfer', {}, ports)).toMatchObject({ next: 'done' });
    expect(younger).toMatchObject({ next: 'publish' });
    expect(await deliveryOf(world)).toMatchObject({ execution: 'child-2', checkpoint: { ready: true } });
  });

  it('by a person stops as well, and writes nothing over their edit', async () => {
    const world = await simulation();
    const ports = portsWith(world, {
      transfer: async (work, tools) => {
        await world.store.rescheduleUpload({ uploadId: world.uploadId, revision: 1, edit: { title: 'Another' }, at: '2030-01-01T00:00:00Z' });
        return world.network.connector.transfer(work, tools);
      },
    });
    expect(await step(world, 'transfer', {}, ports)).toMatchObject({ next: 'done' });
    expect(await deliveryOf(world)).toMatchObject({ revision: 2, status: 'pending', checkpoint: null });
  });
});
