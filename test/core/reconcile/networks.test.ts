import { describe, expect, it } from 'vitest';
import type { Breaker } from '../../../core/ports/index.ts';
import { watchNetworks } from '../../../core/reconcile/networks.ts';
import { times } from '../../../core/times.ts';
import { memoryStore } from '../../../store/memory.ts';

const { standard } = times;
const down = (change: Partial<Extract<Breaker, { state: 'open' }>> = {}): Breaker => ({
  state: 'open', tenantId: null, since: '2026-04-01T10:00:00Z', openedAt: '2026-04-01T10:06:00Z', opens: 2, until: '2026-04-01T10:11:00Z', probe: null, ...change,
});

/** What a run of the job says at this time. */
async function linesAt(at: string, breaker: Breaker): Promise<readonly object[]> {
  const store = memoryStore();
  await store.moveBreaker({ network: 'north', from: 0, breaker });
  const lines: object[] = [];
  const say = (message: string, fields?: object) => void lines.push({ message, ...fields });
  await watchNetworks({ store, clock: { now: () => new Date(at) }, times: standard, log: { info: say, warn: say, error: say } }, ['south', 'north']);
  return lines;
}

describe('each run of the reconcile job', () => {
  it('says which network does not answer, and for how long already', async () => {
    expect(await linesAt('2026-04-01T10:08:00Z', down())).toEqual([
      { message: 'network_down', network: 'north', downSeconds: 480, since: '2026-04-01T10:00:00Z', until: '2026-04-01T10:11:00Z', opens: 2 },
    ]);
    expect(await linesAt('2026-04-01T10:08:00Z', down({ tenantId: 'ten_1' }))).toMatchObject([{ tenantId: 'ten_1' }]);
  });

  it('goes on while the deliveries that wait may still come back, and says nothing when nobody was there to find out', async () => {
    const last = Date.parse('2026-04-01T10:11:00Z') + (standard.stopSpread + standard.probe) * 1000;
    expect(await linesAt(new Date(last - 1000).toISOString(), down())).toHaveLength(1);
    expect(await linesAt(new Date(last).toISOString(), down())).toEqual([]);
  });

  it('says nothing of one that has failed now and then', async () => {
    expect(await linesAt('2026-04-01T10:08:00Z', { state: 'closed', failures: 4, since: '2026-04-01T10:07:30Z', deliveries: ['a', 'b'], tenants: ['t'] })).toEqual([]);
  });
});
