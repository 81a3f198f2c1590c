import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { planInput } from '../../../core/workflow.ts';
import { stateHandler } from '../../../functions/workflow/state.ts';

const input = { v: 1, uploadId: 'upl_1', round: 2, execution: 'execution-1' };
const context = { awsRequestId: 'request-1' };

describe('the function of a state', () => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
    vi.stubEnv('METRICS_NAMESPACE', 'Fanfare/test');
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it('answers what the use case answers, and writes one line about it', async () => {
    const handler = stateHandler('due', planInput, () => Promise.resolve({ v: 1, next: 'publish', jobs: [1, 2] }));
    expect(await handler(input, context)).toEqual({ v: 1, next: 'publish', jobs: [1, 2] });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      message: 'state_left',
      requestId: 'request-1',
      state: 'due',
      uploadId: 'upl_1',
      execution: 'execution-1',
      result: { next: 'publish', jobs: 2 },
    });
  });

  it('takes what it does not know in its input, and passes it to nobody', async () => {
    let got: unknown;
    const handler = stateHandler('due', planInput, (given) => {
      got = given;
      return Promise.resolve({});
    });
    await handler({ ...input, another: 1 }, context);
    expect(got).toEqual(input);
  });

  it.each([[{}], [null], [{ ...input, v: 2 }], [{ ...input, round: -1 }]])('refuses what is not as agreed: %j', async (event) => {
    const handler = stateHandler('due', planInput, () => Promise.resolve({}));
    await expect(handler(event, context)).rejects.toThrow('not as agreed');
    expect(lines).toHaveLength(1);
  });

  it('throws on what the use case throws, for the state machine to repeat, and logs it', async () => {
    const handler = stateHandler('due', planInput, () => Promise.reject(new Error('broken')));
    await expect(handler(input, context)).rejects.toThrow('broken');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'error', message: 'state_died', error: { message: 'broken' } });
  });
});
