import { describe, expect, it } from 'vitest';
import type { HttpResult, Ports, PublishTools } from '../../../core/ports/index.ts';
import { times } from '../../../core/times.ts';
import { simulation, type Simulation } from '../simulation.ts';
import { trouble } from '../support/test-connector.ts';
import { deliveryOf, operations, portsWith, publishing, step } from './support.ts';

const standard = times.standard;

/** What a connector does before it makes its one call. */
function before(world: Simulation, act: (tools: PublishTools) => Promise<void>): Ports {
  return portsWith(world, {
    publish: async (work, body, tools) => {
      await act(tools);
      return world.network.connector.publish(work, body, tools);
    },
  });
}

const request = { method: 'POST', url: 'https://testnet/publish', headers: { authorization: 'token-1' }, body: '{"artefact":"artefact-1"}' } as const;

describe('the visible call', () => {
  it('cannot be made twice, whatever a connector tries', async () => {
    const world = await simulation();
    await step(world, 'transfer');
    const ports = before(world, async (tools) => void (await tools.sendOnce(request)));
    const result = await step(world, 'publish', {}, ports);
    expect(world.network.posts).toHaveLength(1);
    expect(result).toMatchObject({ next: 'publish', waitedFor: 1 });
    expect((await deliveryOf(world)).attempt.phase).toBe('armed');
  });

  it('cannot be made after the connector has answered', async () => {
    const world = await simulation();
    await step(world, 'transfer');
    let kept: PublishTools | undefined;
    const ports = before(world, (tools) => {
      kept = tools;
      return Promise.reject(new Error('before sending'));
    });
    await expect(step(world, 'publish', {}, ports)).rejects.toThrow('before sending');
    expect(() => kept?.sendOnce(request)).toThrow('only once');
    expect(await deliveryOf(world)).toMatchObject({ attempt: { phase: 'idle', n: 1 }, proofs: [{ kind: 'never_sent' }] });
  });

  it('is waited for even by a connector that does not', async () => {
    const world = await simulation(publishing({ kind: 'slow', seconds: 30 }));
    await step(world, 'transfer');
    const ports = before(world, (tools) => {
      void tools.sendOnce(request);
      return Promise.reject(new Error('impatient'));
    });
    await step(world, 'publish', {}, ports);
    expect(world.time.elapsed()).toBeGreaterThan(30);
    expect((await deliveryOf(world)).attempt.phase).toBe('armed');
  });

  it.each([500, 502, 503, 408, 425])('is not believed to be refused by a %i, whatever the connector makes of it', async (status) => {
    const world = await simulation();
    await step(world, 'transfer');
    const result: HttpResult = { kind: 'answered', answer: { status, headers: {}, body: '{"reason":"no"}' } };
    const refusing = portsWith(world, {
      publish: async (_work, _body, tools) => {
        await tools.sendOnce(request);
        return { kind: 'refused', evidence: 'no', trouble: trouble('permanent', 'no') };
      },
    });
    const ports = { ...refusing, transport: { send: () => Promise.resolve(result) } };
    const answer = await step(world, 'publish', {}, ports);
    expect(answer).toMatchObject({ next: 'publish', waitedFor: 1 });
    expect((await deliveryOf(world)).attempt.phase).toBe('armed');
  });

  it('does not begin when the function could not live to see its end', async () => {
    const late = standard.publishFunction - standard.publishCall - standard.receiptReserve + 1;
    const world = await simulation({ mishap: ({ state, name }) => (state === 'publish' && name === 'store.putBody' ? { stall: late } : undefined) });
    void world.start();
    await world.time.run(world.time.sleep(200));
    expect(operations(world)).not.toContain('publish');
    expect((await deliveryOf(world)).attempt).toEqual({ phase: 'idle', n: 0 });
  });

  it('is taken back as never sent when the worker stood still between arming and sending', async () => {
    let stalls = 0;
    const late = standard.publishFunction - standard.publishCall - standard.receiptReserve + 1;
    const world = await simulation({
      // The answer to the arming write takes so long.
      mishap: ({ name }) => (name === 'store.arm' && (stalls += 1) === 1 ? { stall: late } : undefined),
    });
    await world.time.run(world.runToRest());
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', receipt: { attempt: 2 }, proofs: [{ attempt: 1, kind: 'never_sent' }] });
  });

  it('has its receipt stored in the same step, however often the table refuses it first', async () => {
    let refused = 0;
    const world = await simulation({ mishap: ({ name }) => (name === 'store.receipt' && (refused += 1) <= 4 ? 'busy' : undefined) });
    await world.time.run(world.runToRest());
    expect(world.invocations).toEqual(['claim', 'inspect', 'transfer', 'publish', 'finish', 'due']);
    expect(refused).toBeGreaterThan(4);
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', receipt: { attempt: 1 } });
  });

  it('leaves the attempt armed, to be confirmed, when the table takes no receipt while the function lives', async () => {
    const world = await simulation({
      mishap: ({ name, invocation }) => (name === 'store.receipt' && invocation === 3 ? 'busy' : undefined),
    });
    await world.time.run(world.runToRest());
    expect(world.network.calls.map((call) => call.operation)).toEqual(['prepare', 'poll', 'publish', 'look', 'comment']);
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', receipt: { attempt: 1, externalId: 'post-1' } });
  });
});
