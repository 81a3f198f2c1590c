import { describe, expect, it } from 'vitest';
import { times } from '../../core/times.ts';
import {
  claimInput,
  failureInput,
  planInput,
  stepInput,
  type ClaimResult,
  type Plan,
  type StepResult,
} from '../../core/workflow.ts';
import { accountDefinition } from '../../lib/workflows/account.ts';
import { uploadDefinition } from '../../lib/workflows/upload.ts';
import { Died, run, type Callee } from './asl/run.ts';

const upload = uploadDefinition(times.standard);
const account = accountDefinition(times.standard);
const SYNC = 'arn:aws:states:::states:startExecution.sync:2';
const START = 'arn:aws:states:::states:startExecution';

const event = { v: 1, objectKey: 'in/ten/01J8ZC/1.mp4' };
const claimed: ClaimResult = { v: 1, next: 'inspect', uploadId: 'upl_1', round: 0 };
const jobs = ['a', 'b', 'c'].map((n) => ({ uploadId: 'upl_1', accountId: `acc_${n}`, revision: 1, name: `child-${n}` }));

/** The next part of a plan, as a function answers it. */
type NextOf<Whole> = Whole extends Plan ? Omit<Whole, 'v' | 'uploadId' | 'round'> : never;
const planned = (next: NextOf<Plan>, round = 0): Plan => ({ v: 1, uploadId: 'upl_1', round, ...next });
const ended = planned({ next: 'end', reason: 'all done' });

/** Answers each call of a resource with its next answer; a `Died` among them is a call that died. Every call is kept. */
function script(answers: Readonly<Record<string, readonly unknown[]>>): { call: Callee; calls: [string, unknown][] } {
  const left = new Map(Object.entries(answers).map(([name, list]) => [name, [...list]]));
  const calls: [string, unknown][] = [];
  const call: Callee = (resource, payload) => {
    calls.push([resource, payload]);
    const answer = left.get(resource)?.shift();
    if (answer === undefined) throw new Error(`Nobody expected a call of ${resource}.`);
    if (answer instanceof Died) throw answer;
    return answer;
  };
  return { call, calls };
}

describe('the upload machine', () => {
  it('claims, inspects, publishes to each account and finishes, in 26 transitions with the children of three accounts', () => {
    const children: string[][] = [];
    const { call, calls } = script({
      '${claim}': [claimed],
      '${inspect}': [planned({ next: 'publish', jobs })],
      '${finish}': [ended],
    });
    const whole = run(upload, event, (resource, payload) => {
      if (resource !== SYNC) return call(resource, payload);
      const { Input: input } = payload as { Input: Record<string, unknown> };
      const child = run(account, input, script({ '${transfer}': [step('publish')], '${publish}': [step('done')] }).call);
      children.push([...child.entered]);
      return { Output: child.ended };
    });
    expect(calls.map(([resource]) => resource)).toEqual(['${claim}', '${inspect}', '${finish}']);
    expect(children).toEqual(jobs.map(() => ['Transfer', 'AfterStep', 'Publish', 'AfterStep', 'Ended']));
    expect(whole.entered.length + children.flat().length).toBe(26);
  });

  it('gives its functions what they take', () => {
    const { call, calls } = script({ '${claim}': [claimed], '${inspect}': [new Died('died')], '${failure}': [ended] });
    run(upload, event, call);
    const payloads = new Map(calls);
    expect(claimInput.parse(payloads.get('${claim}'))).toEqual({ execution: 'the Execution.Id', input: event });
    expect(planInput.parse(payloads.get('${inspect}'))).toMatchObject({ uploadId: 'upl_1', round: 0, execution: 'the Execution.Id' });
    expect(failureInput.parse(payloads.get('${failure}'))).toMatchObject({ uploadId: 'upl_1', error: 'died', cause: '{"Error":"died"}' });
  });

  it('ends quietly when another execution has the upload', () => {
    const { call } = script({ '${claim}': [{ v: 1, next: 'end', reason: 'claimed by another' }] });
    expect(run(upload, event, call).entered).toEqual(['Claim', 'Claimed', 'Ended']);
  });

  it('waits until the time of the plan, and reads the record again after it', () => {
    const until = '2026-04-01T10:00:00Z';
    const later = '2026-05-01T10:00:00Z';
    const { call } = script({
      '${claim}': [claimed],
      '${inspect}': [planned({ next: 'wait', waitUntil: until })],
      '${due}': [planned({ next: 'wait', waitUntil: later }), ended],
    });
    const whole = run(upload, event, call);
    expect(whole.waits).toEqual([until, later]);
    expect(whole.entered.filter((name) => name === 'Due')).toHaveLength(2);
  });

  it('finishes the round although children died', () => {
    const { call, calls } = script({
      '${claim}': [claimed],
      '${inspect}': [planned({ next: 'publish', jobs })],
      [SYNC]: [new Died('States.TaskFailed'), {}, new Died('States.Timeout')],
      '${finish}': [ended],
    });
    const whole = run(upload, event, call);
    expect(calls.filter(([resource]) => resource === SYNC)).toHaveLength(3);
    expect(whole.entered.slice(-3)).toEqual(['Finish', 'Plan', 'Ended']);
  });

  it('begins another round when finish says so, with the jobs of that round', () => {
    const [first] = jobs;
    const second = { ...first, name: 'child-a-k2' };
    const { call, calls } = script({
      '${claim}': [claimed],
      '${inspect}': [planned({ next: 'publish', jobs: jobs.slice(0, 1) }, 1)],
      [SYNC]: [{}, {}],
      '${finish}': [{ ...planned({ next: 'publish', jobs: [] }, 2), jobs: [second] }, ended],
    });
    run(upload, event, call);
    const started = calls.filter(([resource]) => resource === SYNC).map(([, payload]) => (payload as { Name: string }).Name);
    expect(started).toEqual(['child-a', 'child-a-k2']);
    const rounds = calls.filter(([resource]) => resource === '${finish}').map(([, payload]) => planInput.parse(payload).round);
    expect(rounds).toEqual([1, 2]);
  });

  it('starts its successor with what claim takes, and ends', () => {
    const { call, calls } = script({ '${claim}': [claimed], '${inspect}': [planned({ next: 'renew' })], [START]: [{}] });
    const whole = run(upload, event, call);
    const { Input: input } = new Map(calls).get(START) as { Input: unknown };
    const parsed = claimInput.parse({ execution: 'the successor', input });
    expect(parsed.input).toEqual({ v: 1, uploadId: 'upl_1', predecessor: 'the Execution.Id' });
    expect(whole.entered.at(-1)).toBe('Ended');
  });

  it.each([
    ['claim', { '${claim}': [new Died('died')] }, 'NotClaimed'],
    ['what records failures', { '${claim}': [claimed], '${inspect}': [new Died('died')], '${failure}': [new Died('died')] }, 'FailureNotRecorded'],
    ['renewal', { '${claim}': [claimed], '${inspect}': [planned({ next: 'renew' })], [START]: [new Died('died')] }, 'NotRenewed'],
  ])('fails under a name of its own when %s dies', (_, answers, error) => {
    expect(run(upload, event, script(answers).call).ended).toEqual({ error });
  });

  it('fails rather than guess when a function gives an answer from the future', () => {
    const { call } = script({ '${claim}': [claimed], '${inspect}': [{ ...ended, next: 'dance' }] });
    expect(run(upload, event, call).ended).toEqual({ error: 'UnknownAnswer' });
  });
});

const child = { v: 1, uploadId: 'upl_1', accountId: 'acc_a', revision: 3, steps: 0, waitedFor: 0 };

function step(next: StepResult['next'], afterSeconds = 0, steps = 1, waitedFor = 0): StepResult {
  return { v: 1, uploadId: 'upl_1', accountId: 'acc_a', revision: 3, next, afterSeconds, steps, waitedFor };
}

describe('the account machine', () => {
  it('hands each step the counts of the one before', () => {
    const { call, calls } = script({ '${transfer}': [step('transfer', 0, 1), step('publish', 0, 2)], '${publish}': [step('publish', 120, 3, 7), step('done', 0, 4)] });
    const whole = run(account, child, call);
    const inputs = calls.map(([, payload]) => stepInput.parse(payload));
    expect(inputs.map(({ steps }) => steps)).toEqual([0, 1, 2, 3]);
    expect(inputs.map(({ waitedFor }) => waitedFor)).toEqual([0, 0, 0, 7]);
    expect(inputs.every(({ revision, execution }) => revision === 3 && execution === 'the Execution.Id')).toBe(true);
    expect(whole.waits).toEqual([120]);
    expect(whole.ended).toHaveProperty('output');
  });

  it.each(['transfer', 'publish'] as const)('waits before %s, then runs it', (role) => {
    const { call, calls } = script({ '${transfer}': [step(role, 60), step('done')], '${publish}': [step('done')] });
    expect(run(account, child, call).waits).toEqual([60]);
    expect(calls.at(-1)?.[0]).toBe(`\${${role}}`);
  });

  it.each(['later', 'done'] as const)('ends when a step says %s', (next) => {
    const { call } = script({ '${transfer}': [step(next)] });
    expect(run(account, child, call).entered).toEqual(['Transfer', 'AfterStep', 'Ended']);
  });

  it('records a step that died on its delivery and goes on as it is told: an armed one is confirmed', () => {
    const { call, calls } = script({
      '${transfer}': [step('publish')],
      '${publish}': [new Died('Sandbox.Timedout'), step('done', 0, 3)],
      '${failure}': [step('publish', 125, 2)],
    });
    const whole = run(account, child, call);
    expect(failureInput.parse(new Map(calls).get('${failure}'))).toMatchObject({ accountId: 'acc_a', revision: 3, steps: 1, error: 'Sandbox.Timedout' });
    expect(whole.entered).toEqual(['Transfer', 'AfterStep', 'Publish', 'RecordFailure', 'AfterStep', 'Pause', 'AfterPause', 'Publish', 'AfterStep', 'Ended']);
  });

  it('fails when recording the failure dies too: the parent finds the delivery', () => {
    const { call } = script({ '${transfer}': [new Died('died')], '${failure}': [new Died('died')] });
    expect(run(account, child, call).ended).toEqual({ error: 'FailureNotRecorded' });
  });
});
