import { describe, expect, it } from 'vitest';
import { limits } from '../../core/limits.ts';
import { STEP_TRIES, times } from '../../core/times.ts';
import { MAX_CHILD_WAIT_SECONDS, MAX_ROUNDS, MAX_STEPS } from '../../core/workflow.ts';

const HOUR = 3600;

describe.each(Object.entries(times))('the times of the %s stage', (name, row) => {
  it('let the publish call and the storing of its receipt end before their function does', () => {
    expect(row.publishCall + row.receiptReserve).toBeLessThan(row.publishFunction);
  });

  it('leave a step time to arm before it has to be too late for the call', () => {
    expect(row.publishFunction - row.publishCall - row.receiptReserve).toBeGreaterThanOrEqual(2);
  });

  it('let a transfer that stops in time end its last slice before its function does', () => {
    expect(row.transferStops + row.networkCall).toBeLessThanOrEqual(row.transferFunction);
  });

  it('keep a publish lease longer than its attempt can be open for its worker', () => {
    expect(row.lease).toBeGreaterThan(row.publishFunction + row.absenceMargin);
  });

  it('let a worker that finds a refresh under way look again many times while it lasts', () => {
    expect(row.refreshBusy * 10).toBeLessThan(row.refreshLock);
    expect(row.refreshLock).toBeLessThan(row.publishFunction + row.absenceMargin + row.publishCall);
  });

  it('stay within what Lambda and API Gateway allow', () => {
    expect(row.transferFunction).toBeLessThanOrEqual(900);
    expect(row.inspectFunction).toBeLessThanOrEqual(900);
    expect(row.apiFunction).toBeLessThanOrEqual(29);
    expect(row.assembly).toBeLessThan(row.apiFunction);
    expect(row.conflict).toBeLessThan(row.apiFunction);
  });

  it('let the last try come before the job ends what is stuck: a limit met after a day may ask for a day more', () => {
    expect(row.outageEnds + (row.outageEnds + row.outage) + row.transferFunction).toBeLessThan(row.stuckEnds);
  });

  it('let pauses grow', () => {
    for (const pauses of [row.retries, row.lookUps]) {
      expect(pauses.length).toBeGreaterThan(3);
      expect(pauses.every((pause, n) => pause >= (pauses[n - 1] ?? 0))).toBe(true);
    }
    expect(row.outage).toBeGreaterThanOrEqual(row.retries.at(-1) ?? 0);
    expect(row.outageEnds).toBeGreaterThan(row.retries.reduce((sum, pause) => sum + pause, 0));
  });

  it('let a delivery that finds out whether a network is back wait for an answer, and the others not long behind it', () => {
    expect(row.probe).toBeGreaterThan(row.networkCall);
    expect(row.probe).toBeLessThanOrEqual(row.publishFunction);
    expect(row.breakerWindow).toBeGreaterThanOrEqual(row.networkCall);
    expect(row.stopSpread).toBeLessThan(row.outage);
  });

  it('let a step sleep over polls and tries well within its life', () => {
    const tries = Array.from({ length: STEP_TRIES }, (_, n) => Math.min(row.stepPauseMax, row.stepPause * 2 ** n));
    expect(tries.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(row.transferStops);
    expect(row.pollInside).toBeLessThan(row.transferStops / 10);
  });

  it('let the vault exchange a code twice and ask what is behind it, before its own end and that of the function that waits for it', () => {
    expect(3 * row.vaultCall).toBeLessThan(row.vaultFunction);
    expect(row.vaultFunction).toBeLessThan(row.apiFunction - 1);
    expect(limits.linkLife).toBeGreaterThan(10 * row.vaultFunction);
  });

  it(`wait as little as people can bear on a local stage, and as designed elsewhere (${name})`, () => {
    if (name === 'short') expect(row.publishFunction + row.absenceMargin).toBeLessThan(15);
    else expect([row.outageEnds, row.outage]).toEqual([24 * HOUR, HOUR]);
  });
});

describe('an execution', () => {
  it('of one delivery stays below the 25,000 events of a history, and one of 90 accounts too', () => {
    // A step is at most three states (task, choice, wait) with five events for the task and two for each of the others.
    expect(MAX_STEPS * 9).toBeLessThan(25_000);
    expect(90 * 8 * MAX_ROUNDS).toBeLessThan(25_000);
    expect(MAX_CHILD_WAIT_SECONDS).toBeLessThanOrEqual(300);
  });
});
