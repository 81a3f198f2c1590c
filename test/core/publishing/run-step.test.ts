import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../core/model.ts';
import type { HttpResult, PublishTools, TransferOutcome } from '../../../core/ports/index.ts';
import { runStep } from '../../../core/publishing/run-step.ts';
import { times } from '../../../core/times.ts';
import { MAX_STEPS, type StepInput, type StepResult } from '../../../core/workflow.ts';
import { brokenPromises, simulation, type Simulation, type SimulationOptions } from '../simulation.ts';
import { trouble, type Weather } from '../support/test-network.ts';

const standard = times.standard;

/** The delivery of a world with one upload to one account. */
async function deliveryOf(world: Simulation): Promise<Delivery> {
  const [delivery] = await world.deliveries();
  if (delivery === undefined) throw new Error('There is no delivery.');
  return delivery;
}

async function inputFor(world: Simulation, changes: Partial<StepInput> = {}): Promise<StepInput> {
  const { uploadId, accountId, revision } = await deliveryOf(world);
  return { v: 1, uploadId, accountId, revision, execution: 'child-1', steps: 0, waitedFor: 0, ...changes };
}

async function step(world: Simulation, role: 'transfer' | 'publish', changes: Partial<StepInput> = {}): Promise<StepResult> {
  return world.time.run(runStep(world.ports, role, await inputFor(world, changes)));
}

/** Weather for publish calls only. */
function publishing(...given: readonly (Weather | undefined)[]): SimulationOptions {
  return { network: { weather: (operation, nth) => (operation === 'publish' ? given[nth - 1] : undefined) } };
}

function operations(world: Simulation): readonly string[] {
  return world.network.calls.map((call) => call.operation);
}

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

describe('an answer that does not come', () => {
  const wait = standard.publishFunction + standard.absenceMargin;

  it('leaves the attempt armed and waits over the life of the worker and the delay of the network', async () => {
    const world = await simulation({ network: { lag: 40, weather: (operation) => (operation === 'publish' ? { kind: 'lost' } : undefined) } });
    await step(world, 'transfer');
    expect(await step(world, 'publish')).toMatchObject({ next: 'publish', afterSeconds: wait + 40, waitedFor: 1 });
    expect((await deliveryOf(world)).attempt.phase).toBe('armed');
  });

  it('is looked for at once, and found counts without a wait', async () => {
    const world = await simulation(publishing({ kind: 'done_and_lost' }));
    await step(world, 'transfer');
    await step(world, 'publish');
    expect(await step(world, 'publish', { waitedFor: 0 })).toMatchObject({ next: 'done' });
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', receipt: { attempt: 1, externalId: 'post-1' } });
    expect(world.network.posts).toHaveLength(1);
  });

  it('absent does not count before the wait, however often it is asked', async () => {
    const world = await simulation(publishing({ kind: 'lost' }));
    await step(world, 'transfer');
    for (let n = 0; n < 5; n += 1) {
      expect(await step(world, 'publish', { waitedFor: 0 })).toMatchObject({ next: 'publish', afterSeconds: wait, waitedFor: 1 });
    }
    expect(operations(world).filter((operation) => operation === 'publish')).toHaveLength(1);
  });

  it('absent does not count after a wait over another attempt', async () => {
    const world = await simulation(publishing({ kind: 'lost' }));
    await step(world, 'transfer');
    await step(world, 'publish');
    expect(await step(world, 'publish', { waitedFor: 2 })).toMatchObject({ next: 'publish', waitedFor: 1 });
    expect((await deliveryOf(world)).attempt.phase).toBe('armed');
  });

  it('absent after the wait: disarmed with a proof, and published with the same artefact in the same step', async () => {
    const world = await simulation(publishing({ kind: 'lost' }));
    await step(world, 'transfer');
    await step(world, 'publish');
    expect(await step(world, 'publish', { waitedFor: 1 })).toMatchObject({ next: 'done' });
    expect(operations(world)).toEqual(['prepare', 'poll', 'publish', 'look', 'publish', 'comment']);
    expect(await deliveryOf(world)).toMatchObject({
      status: 'uploaded',
      receipt: { attempt: 2 },
      proofs: [{ attempt: 1, kind: 'absent', evidence: 'not among the posts' }],
    });
  });

  it('absent a second time: pauses as for any passing trouble', async () => {
    const world = await simulation(publishing({ kind: 'lost' }, { kind: 'lost' }));
    await step(world, 'transfer');
    await step(world, 'publish');
    await step(world, 'publish', { waitedFor: 1 });
    expect(await step(world, 'publish', { waitedFor: 2 })).toMatchObject({ next: 'publish', afterSeconds: standard.retries[0] });
    expect(await deliveryOf(world)).toMatchObject({ status: 'retrying', error: { code: 'platform_unavailable' } });
  });

  it('is unknown when the network will not say, after all look-ups with their pauses', async () => {
    const world = await simulation({
      network: {
        weather: (operation) => (operation === 'publish' || operation === 'look' ? { kind: 'lost' } : undefined),
      },
    });
    await world.time.run(world.runToRest());
    expect(await deliveryOf(world)).toMatchObject({ status: 'unknown', error: { code: 'outcome_unknown' } });
    expect(world.time.elapsed()).toBeGreaterThan(standard.lookUps.reduce((sum, pause) => sum + pause, wait));
    expect(await brokenPromises(world)).toEqual([]);
    expect(world.events).toEqual(['r1 Failed']);
  });

  it('is not asked about with a checkpoint that another release wrote', async () => {
    const world = await simulation(publishing({ kind: 'done_and_lost' }));
    await step(world, 'transfer');
    await step(world, 'publish');
    const newer = { ...world.network.connector, checkpointVersion: 2 };
    const ports = { ...world.ports, networks: { ...world.ports.networks, connector: () => newer } };
    const result = await world.time.run(runStep(ports, 'publish', await inputFor(world, { waitedFor: 1 })));
    expect(result).toMatchObject({ next: 'publish', afterSeconds: standard.lookUps[0], waitedFor: 1 });
    expect(operations(world)).not.toContain('look');
  });
});

describe('the visible call', () => {
  const open = (world: Simulation, publish: (tools: PublishTools) => Promise<void>) => {
    const connector: typeof world.network.connector = {
      ...world.network.connector,
      publish: async (work, body, tools) => {
        await publish(tools);
        return world.network.connector.publish(work, body, tools);
      },
    };
    return { ...world.ports, networks: { ...world.ports.networks, connector: () => connector } };
  };
  const request = { method: 'POST', url: 'https://testnet/publish', headers: { authorization: 'token-1' }, body: '{"artefact":"artefact-1"}' } as const;

  it('cannot be made twice, whatever a connector tries', async () => {
    const world = await simulation();
    await step(world, 'transfer');
    const ports = open(world, async (tools) => void (await tools.sendOnce(request)));
    const result = await world.time.run(runStep(ports, 'publish', await inputFor(world)));
    expect(world.network.posts).toHaveLength(1);
    expect(result).toMatchObject({ next: 'publish', waitedFor: 1 });
    expect((await deliveryOf(world)).attempt.phase).toBe('armed');
  });

  it('cannot be made after the connector has answered', async () => {
    const world = await simulation();
    await step(world, 'transfer');
    let kept: PublishTools | undefined;
    const ports = open(world, (tools) => {
      kept = tools;
      return Promise.reject(new Error('before sending'));
    });
    await expect(world.time.run(runStep(ports, 'publish', await inputFor(world)))).rejects.toThrow('before sending');
    expect(() => kept?.sendOnce(request)).toThrow('only once');
    expect(await deliveryOf(world)).toMatchObject({ attempt: { phase: 'idle', n: 1 }, proofs: [{ kind: 'never_sent' }] });
  });

  it('is waited for even by a connector that does not', async () => {
    const world = await simulation(publishing({ kind: 'slow', seconds: 30 }));
    await step(world, 'transfer');
    const ports = open(world, (tools) => {
      void tools.sendOnce(request);
      return Promise.reject(new Error('impatient'));
    });
    await world.time.run(runStep(ports, 'publish', await inputFor(world)));
    expect(world.time.elapsed()).toBeGreaterThan(30);
    expect((await deliveryOf(world)).attempt.phase).toBe('armed');
  });

  it.each([500, 502, 503, 408, 425])('is not believed to be refused by a %i, whatever the connector makes of it', async (status) => {
    const world = await simulation();
    await step(world, 'transfer');
    const result: HttpResult = { kind: 'answered', answer: { status, headers: {}, body: '{"reason":"no"}' } };
    const ports = {
      ...world.ports,
      transport: { send: () => Promise.resolve(result) },
      networks: {
        ...world.ports.networks,
        connector: () => ({
          ...world.network.connector,
          publish: async (_work: unknown, _body: unknown, tools: PublishTools) => {
            await tools.sendOnce(request);
            return { kind: 'refused', evidence: 'no', trouble: trouble('permanent', 'no') } as const;
          },
        }),
      },
    };
    const answer = await world.time.run(runStep(ports, 'publish', await inputFor(world)));
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
});

describe('what a network says', () => {
  it('refused for good: failed, with its code and words, and the proof', async () => {
    const world = await simulation(publishing({ kind: 'refused', status: 422, reason: 'not like this' }));
    await world.time.run(world.runToRest());
    expect(await deliveryOf(world)).toMatchObject({
      status: 'failed',
      error: { code: 'metadata_rejected', message: 'not like this' },
      proofs: [{ attempt: 1, kind: 'refused' }],
    });
    expect(operations(world)).toEqual(['prepare', 'poll', 'publish']);
  });

  it('one account refused does not touch the others', async () => {
    const world = await simulation({ accounts: 3, ...publishing(undefined, { kind: 'refused', status: 422, reason: 'not here' }) });
    await world.time.run(world.runToRest());
    expect((await world.deliveries()).map((delivery) => delivery.status).toSorted()).toEqual(['failed', 'uploaded', 'uploaded']);
    expect(world.events).toEqual(['r1 Failed']);
  });

  it('never reached: disarmed, paused, tried again', async () => {
    const world = await simulation(publishing({ kind: 'never_sent' }));
    await step(world, 'transfer');
    expect(await step(world, 'publish')).toMatchObject({ next: 'publish', afterSeconds: standard.retries[0], waitedFor: 0 });
    expect(await deliveryOf(world)).toMatchObject({ status: 'retrying', attempt: { phase: 'idle', n: 1 }, proofs: [{ kind: 'never_sent' }] });
    expect(await step(world, 'publish')).toMatchObject({ next: 'done' });
  });

  it('an artefact that it will not take any more is prepared anew', async () => {
    const world = await simulation(publishing({ kind: 'refused', status: 404, reason: 'no such artefact' }));
    await world.time.run(world.runToRest());
    expect(operations(world)).toEqual(['prepare', 'poll', 'publish', 'prepare', 'poll', 'publish', 'comment']);
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', receipt: { attempt: 2 } });
  });

  it('an expired token at the publish call: refreshed, and published in the same step', async () => {
    const world = await simulation(publishing({ kind: 'refused', status: 401, reason: 'expired' }));
    await step(world, 'transfer');
    expect(await step(world, 'publish')).toMatchObject({ next: 'done' });
    expect(world.network.refreshes).toBe(1);
    expect(operations(world)).toEqual(['prepare', 'poll', 'publish', 'refresh', 'publish', 'comment']);
  });

  it('a token that is rejected twice: the account has to be linked anew', async () => {
    const rejected = { kind: 'refused', status: 401, reason: 'expired' } as const;
    const world = await simulation(publishing(rejected, rejected));
    await world.time.run(world.runToRest());
    const delivery = await deliveryOf(world);
    expect(delivery).toMatchObject({ status: 'failed', error: { code: 'reauth_required' } });
    expect(await world.store.getAccount(delivery.tenantId, delivery.accountId)).toMatchObject({ health: 'reauth_required' });
  });

  it('a broken rule of the network just before publishing fails the delivery and names the rule', async () => {
    const world = await simulation({ upload: { title: 'forbidden' } });
    expect(await step(world, 'transfer')).toMatchObject({ next: 'done' });
    const { status, error } = await deliveryOf(world);
    expect(status).toBe('failed');
    expect(error).toMatchObject({ code: 'metadata_rejected', message: expect.stringContaining('testnet.video.title') });
    expect(world.network.calls).toEqual([]);
  });

  it('an account that has to be linked anew publishes nothing', async () => {
    const world = await simulation();
    const { tenantId, accountId } = await deliveryOf(world);
    await world.store.setAccountHealth(tenantId, accountId, 'reauth_required');
    await step(world, 'transfer');
    expect(await deliveryOf(world)).toMatchObject({ status: 'failed', error: { code: 'reauth_required' } });
  });
});

describe('passing troubles of a transfer', () => {
  const troubled = (outcomes: readonly (TransferOutcome | null)[]) => async (world: Simulation) => {
    let n = 0;
    const connector: typeof world.network.connector = {
      ...world.network.connector,
      transfer: (work, tools) => {
        const outcome = outcomes[Math.min(n, outcomes.length - 1)];
        n += 1;
        return outcome === null || outcome === undefined ? world.network.connector.transfer(work, tools) : Promise.resolve(outcome);
      },
    };
    const ports = { ...world.ports, networks: { ...world.ports.networks, connector: () => connector } };
    return async () => world.time.run(runStep(ports, 'transfer', await inputFor(world)));
  };
  const down: TransferOutcome = { kind: 'trouble', trouble: trouble('retryable', 'down') };

  it('are tried again inside the step first', async () => {
    const world = await simulation();
    const run = await troubled([down, down, null])(world);
    expect(await run()).toMatchObject({ next: 'publish' });
  });

  it('then pause between steps as the table says, hourly at last, and fail after a day', async () => {
    const world = await simulation();
    const run = await troubled([down])(world);
    const pauses: number[] = [];
    for (;;) {
      await run();
      const { status, nextAt, error } = await deliveryOf(world);
      if (status === 'failed') {
        expect(error).toMatchObject({ code: 'platform_unavailable' });
        break;
      }
      const pause = Math.round((Date.parse(nextAt ?? '') - world.time.now().getTime()) / 1000);
      pauses.push(pause);
      await world.time.run(world.time.sleep(pause));
    }
    const near = (seconds: number) => expect.closeTo(seconds, -0.5);
    expect(pauses.slice(0, 7)).toEqual([60, 300, 900, 1800, 3600, 3600, 3600].map(near));
    expect(world.time.elapsed()).toBeGreaterThanOrEqual(standard.outageEnds);
    expect(world.time.elapsed()).toBeLessThan(standard.outageEnds + 2 * standard.outage);
  });

  it('wait until the time that the network names, if that is later than our own pause', async () => {
    const world = await simulation();
    const until = new Date(world.time.now().getTime() + 3 * 3600 * 1000);
    const run = await troubled([{ kind: 'trouble', trouble: trouble('rate_limited', 'slow down', until) }])(world);
    expect(await run()).toMatchObject({ next: 'later' });
    expect(await deliveryOf(world)).toMatchObject({
      status: 'retrying',
      nextAt: '2030-01-01T03:00:00Z',
      tries: { rate_limited: 1 },
      error: { code: 'rate_limited' },
    });
  });

  it('do not wait for a time that is absurd', async () => {
    const world = await simulation();
    const until = new Date(world.time.now().getTime() + 365 * 86_400 * 1000);
    const run = await troubled([{ kind: 'trouble', trouble: trouble('quota', 'next year', until) }])(world);
    await run();
    expect((await deliveryOf(world)).nextAt).toBe('2030-01-02T01:00:00Z');
  });

  it('a connector that is never ready to stop cannot hold a step for ever', async () => {
    const world = await simulation();
    const run = await troubled([{ kind: 'again', afterSeconds: 0 }])(world);
    expect(await run()).toMatchObject({ next: 'transfer', afterSeconds: 0 });
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
    const connector = { ...world.network.connector, decorate: () => Promise.reject(new Error('broken')) };
    const ports = { ...world.ports, networks: { ...world.ports.networks, connector: () => connector } };
    await step(world, 'transfer');
    expect(await world.time.run(runStep(ports, 'publish', await inputFor(world)))).toMatchObject({ next: 'done' });
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', decorated: true, warnings: [expect.stringContaining('broken')] });
  });

  it('gets a step of its own when the call took the time', async () => {
    const world = await simulation({ mishap: ({ name }) => (name === 'store.receipt' ? { stall: 75 } : undefined) });
    await world.time.run(world.runToRest());
    expect(world.invocations).toEqual(['claim', 'inspect', 'transfer', 'publish', 'publish', 'finish']);
    expect(world.network.comments).toEqual(['post-1']);
  });
});
