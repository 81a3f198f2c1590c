import { describe, expect, it } from 'vitest';
import { times } from '../../../core/times.ts';
import { isShortage, recordFailure } from '../../../core/workflow/record-failure.ts';
import { MAX_DEATHS } from '../../../core/workflow/finish.ts';
import type { Plan, StepResult } from '../../../core/workflow.ts';
import { simulation, type Simulation, type SimulationOptions } from '../simulation.ts';
import { brokenPromises } from '../support/promises.ts';
import type { PortCall } from '../support/worker.ts';
import { claimed, declared, firstDelivery, uploadOf } from './support.ts';

const standard = times.standard;

/** A world in which every step of one kind dies, so that its child dies too: also recording the failure dies. */
const uncatchable = (dies: (call: PortCall) => boolean): SimulationOptions => ({
  mishap: (call) => (dies(call) || call.state === 'failure' ? 'die_before' : undefined),
});

describe('a child that dies without a word', () => {
  it('does not touch its brothers, and is ended by finish after a few rounds', async () => {
    const world = await simulation({
      accounts: 2,
      ...uncatchable(({ state, accountId }) => state === 'transfer' && accountId?.endsWith('00') === true),
    });
    await world.time.run(world.runToRest());
    expect((await world.deliveries()).map((delivery) => delivery.status).toSorted()).toEqual(['failed', 'uploaded']);
    expect(world.events).toEqual(['r1 Failed']);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('failed with internal_error if it was idle', async () => {
    const world = await simulation(uncatchable(({ state }) => state === 'transfer'));
    await world.time.run(world.runToRest());
    expect(await firstDelivery(world)).toMatchObject({ status: 'failed', error: { code: 'internal_error' } });
    expect(world.invocations.filter((state) => state === 'finish')).toHaveLength(MAX_DEATHS);
  });

  it('unknown if it was armed: nobody could look', async () => {
    const world = await simulation(uncatchable(({ state, name }) => state === 'publish' && (name === 'store.receipt' || name === 'store.getBody')));
    await world.time.run(world.runToRest());
    expect(world.network.posts).toHaveLength(1);
    expect(await firstDelivery(world)).toMatchObject({ status: 'unknown', error: { code: 'outcome_unknown' } });
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('after the post, in what comes after it, leaves the post and a warning', async () => {
    const world = await simulation(uncatchable(({ name }) => name === 'store.recordDecoration' && world.invocations.at(-1) !== 'finish'));
    await world.time.run(world.runToRest());
    expect(await firstDelivery(world)).toMatchObject({ status: 'uploaded', decorated: true, warnings: [expect.stringContaining('given up')] });
  });

  it('once only: the next round goes on', async () => {
    let dead = 0;
    const world = await simulation(uncatchable(({ state }) => state === 'transfer' && (dead += 1) <= 5));
    await world.time.run(world.runToRest());
    expect(await firstDelivery(world)).toMatchObject({ status: 'uploaded', tries: { child_died: 1 } });
  });
});

/** What is recorded when a step of the first delivery died for good. */
async function failed(world: Simulation, error: string): Promise<StepResult | Plan> {
  const { uploadId, accountId, revision } = await firstDelivery(world);
  return recordFailure(world.ports, { v: 1, uploadId, accountId, revision, execution: 'child', steps: 3, error, cause: '' });
}

describe('a step that died for good', () => {
  it('is tried again after a pause', async () => {
    const world = await simulation();
    expect(await failed(world, 'TypeError')).toMatchObject({ next: 'transfer', afterSeconds: standard.retries[0], steps: 4, waitedFor: 0 });
    expect(await firstDelivery(world)).toMatchObject({ status: 'retrying', tries: { internal: 1 }, error: { code: 'internal_error' } });
  });

  it('fails after a few pauses', async () => {
    const world = await simulation();
    for (const pause of standard.retries) {
      expect(await failed(world, 'TypeError')).toMatchObject({ next: pause > 300 ? 'later' : 'transfer' });
    }
    expect(await failed(world, 'TypeError')).toMatchObject({ next: 'done' });
    expect(await firstDelivery(world)).toMatchObject({ status: 'failed', error: { code: 'internal_error' } });
  });

  it('of a shortage of ours does not fail within a day', async () => {
    const world = await simulation();
    while (world.time.elapsed() < standard.outageEnds) {
      expect((await firstDelivery(world)).status).not.toBe('failed');
      await failed(world, 'Lambda.TooManyRequestsException');
      const { nextAt } = await firstDelivery(world);
      await world.time.run(world.time.sleep((Date.parse(nextAt ?? '') - world.time.now().getTime()) / 1000));
    }
    await failed(world, 'Lambda.TooManyRequestsException');
    expect((await firstDelivery(world)).status).toBe('failed');
  });

  it('goes back to confirming if it was armed, whatever happens', async () => {
    const world = await simulation({ network: { weather: (operation) => (operation === 'publish' ? { kind: 'done_and_lost' } : undefined) } });
    void world.start();
    await world.time.run(world.time.sleep(10));
    expect((await firstDelivery(world)).attempt.phase).toBe('armed');
    for (let n = 0; n <= standard.retries.length; n += 1) {
      const { status } = await firstDelivery(world);
      expect(['dispatching', 'retrying']).toContain(status);
      expect(await failed(world, 'TypeError')).toMatchObject({ next: expect.stringMatching(/publish|later|done/u) });
    }
    expect((await firstDelivery(world)).status).toBe('unknown');
  });

  it('of another revision, or of an ended delivery, changes nothing', async () => {
    const world = await simulation();
    await world.store.cancelDeliveries({ uploadId: world.uploadId, revision: 1, accounts: null, at: '2030-01-01T00:00:00Z' });
    expect(await failed(world, 'TypeError')).toMatchObject({ next: 'done' });
    expect((await firstDelivery(world)).status).toBe('cancelled');
  });
});

describe('a state of the whole upload that died for good', () => {
  it('waits, and begins anew with the inspection', async () => {
    const world = await simulation({ upload: { media: [declared()] } });
    const input = await claimed(world);
    const next = await recordFailure(world.ports, { ...input, error: 'TypeError', cause: '' });
    expect(next).toMatchObject({ next: 'wait', waitUntil: '2030-01-01T00:01:00Z' });
  });

  it('fails its deliveries after a few pauses', async () => {
    const world = await simulation({ upload: { media: [declared()] }, mishap: ({ state }) => (state === 'inspect' ? 'die_before' : undefined) });
    await world.time.run(world.runToRest());
    expect(await firstDelivery(world)).toMatchObject({ status: 'failed', error: { code: 'internal_error' } });
    expect(world.events).toEqual(['r1 Failed']);
  });

  it('of an upload that is scheduled leaves it scheduled', async () => {
    const world = await simulation({ upload: { scheduledOn: '2030-01-08T00:00:00Z' } });
    const input = await claimed(world);
    expect(await recordFailure(world.ports, { ...input, error: 'TypeError', cause: '' })).toMatchObject({
      next: 'wait',
      waitUntil: '2030-01-08T00:00:00Z',
    });
    expect((await firstDelivery(world)).status).toBe('pending');
  });

  it('of an execution that has lost the upload changes nothing', async () => {
    const world = await simulation();
    const input = await claimed(world);
    await recordFailure(world.ports, { ...input, execution: 'execution-2', error: 'TypeError', cause: '' });
    expect((await firstDelivery(world)).tries).toEqual({});
    expect((await uploadOf(world)).claim?.execution).toBe('execution-1');
  });
});

/** A state's error output as the definitions hand it over: what Lambda says of a thrown error stands in it as text. */
function failureOf(thrown: { errorType: string; errorMessage: string; trace: readonly string[] }): string {
  return JSON.stringify({ Error: thrown.errorType, Cause: JSON.stringify(thrown) });
}

const SDK_FRAME = '    at decorateServiceException (file:///var/task/index.mjs:1:2345)';

describe('the words of the state machine', () => {
  it.each([
    ['Lambda.TooManyRequestsException', ''],
    ['Lambda.Unknown', '{"errorMessage":"Rate Exceeded","errorType":"ThrottlingException"}'],
    ['StoreBusy', ''],
    ['Runtime.HandlerError', 'StoreBusy: the table did not take the write'],
    ['StepFunctions.ExecutionLimitExceededException', ''],
    ['SlowDown', ''],
    ['ThrottlingException', failureOf({ errorType: 'ThrottlingException', errorMessage: 'Rate exceeded', trace: [] })],
    ['Error', failureOf({ errorType: 'Error', errorMessage: 'connect ECONNREFUSED 10.0.0.1:443', trace: [] })],
  ])('name a shortage: %s %s', (error, cause) => {
    expect(isShortage(error, cause)).toBe(true);
  });

  it.each([
    ['TypeError', 'x is not a function'],
    ['States.Timeout', ''],
    ['Sandbox.Timedout', 'Task timed out after 90.00 seconds'],
    ['TypeError', failureOf({ errorType: 'TypeError', errorMessage: 'x is not a function', trace: [SDK_FRAME] })],
    ['Runtime.HandlerError', `TypeError: x is not a function\n${SDK_FRAME}`],
    ['Runtime.ExitError', 'RequestId: x Error: Runtime exited with error: signal: killed'],
  ])('name no shortage: %s %s', (error, cause) => {
    expect(isShortage(error, cause)).toBe(false);
  });
});
