import { describe, expect, it } from 'vitest';
import { jsonLog } from '../../functions/common/log.ts';
import { observedStore } from '../../functions/common/observed-store.ts';
import { deliveryOf, portsWith, publishing, step } from '../core/publishing/support.ts';
import { simulation, type Simulation } from '../core/simulation.ts';
import { trouble } from '../core/support/test-connector.ts';

/** Runs one step of the only delivery as a deployed function does, and gives its lines. */
async function linesOf(world: Simulation, role: 'transfer' | 'publish', ports = world.ports, waitedFor = 0): Promise<readonly Record<string, unknown>[]> {
  const lines: string[] = [];
  const log = jsonLog({ requestId: 'r' }, { write: (line) => lines.push(line), namespace: 'Fanfare/test' });
  await step(world, role, { waitedFor }, { ...ports, store: observedStore(ports.store, log), log });
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the lines of a step', () => {
  it('tell of a post and of the call that made it, with tenant, upload, account and network', async () => {
    const world = await simulation();
    expect(await linesOf(world, 'transfer')).toEqual([]);
    const { uploadId, accountId, tenantId } = await deliveryOf(world);
    const known = { requestId: 'r', uploadId, accountId, tenantId, network: 'testnet' };
    expect(await linesOf(world, 'publish')).toEqual([
      expect.objectContaining({ ...known, message: 'delivery_moved', outcome: 'published', Deliveries: 1, Network: 'testnet', Outcome: 'published' }),
      expect.objectContaining({ ...known, message: 'publish_called', outcome: 'published', PublishCallDuration: expect.any(Number) }),
    ]);
  });

  it('count a delivery once, whatever follows its post', async () => {
    const world = await simulation({ network: { follows: ['part_2'] } });
    const lines = [];
    for (const role of ['transfer', 'publish', 'transfer', 'publish'] as const) lines.push(...(await linesOf(world, role)));
    expect(await deliveryOf(world)).toMatchObject({ decorated: true, sequels: [{ attempt: { phase: 'receipt' } }] });
    expect(lines.map(({ message }) => message)).toEqual(['delivery_moved', 'publish_called', 'publish_called']);
  });

  it('tell of a call whose outcome is open before anything has ended', async () => {
    const world = await simulation(publishing({ kind: 'done_and_lost' }));
    await linesOf(world, 'transfer');
    const lines = await linesOf(world, 'publish');
    expect(lines.find(({ message }) => message === 'publish_called')).toMatchObject({ outcome: 'ambiguous', Outcome: 'ambiguous' });
    expect(lines.filter(({ message }) => message === 'delivery_moved')).toEqual([]);
    const found = await linesOf(world, 'publish');
    expect(found).toEqual([expect.objectContaining({ message: 'delivery_moved', outcome: 'published_found' })]);
  });

  it('tell of a pause that a network asks for, and of each delivery that waits for it, and are counted', async () => {
    const world = await simulation();
    const ports = portsWith(world, { transfer: () => Promise.resolve({ kind: 'trouble', trouble: { ...trouble('quota', 'used up', new Date('2030-01-01T01:00:00Z')), scope: 'app' } }) });
    const [stopped] = await linesOf(world, 'transfer', ports);
    const counted = { Network: 'testnet', Scope: 'app', scope: 'app', reason: 'quota_exhausted', until: '2030-01-01T01:00:00Z' };
    expect(stopped).toMatchObject({ message: 'network_stopped', NetworkStops: 1, ...counted });
    expect(await linesOf(world, 'transfer', ports)).toEqual([expect.objectContaining({ message: 'delivery_held', DeliveriesHeld: 1, ...counted })]);
  });

  it.each([
    ['retryable', 'platform_unavailable', 'retried_retryable'],
    ['rate_limited', 'rate_limited', 'retried_rate_limited'],
    ['invalid_media', 'media_rejected', 'failed_content'],
    ['duplicate', 'duplicate_content', 'failed_content'],
    ['permanent', 'permission_denied', 'failed_account'],
    ['auth_revoked', 'reauth_required', 'failed_account'],
    ['permanent', 'internal_error', 'failed_internal'],
  ] as const)('tell of a trouble of the class %s with the code %s as %s', async (troubleClass, code, outcome) => {
    const world = await simulation();
    const ports = portsWith(world, { transfer: () => Promise.resolve({ kind: 'trouble', trouble: { ...trouble(troubleClass, 'as told'), code } }) });
    const lines = await linesOf(world, 'transfer', ports);
    expect(lines.filter(({ message }) => message === 'delivery_moved')).toEqual([expect.objectContaining({ message: 'delivery_moved', outcome, Outcome: outcome, Deliveries: 1 })]);
  });
});
