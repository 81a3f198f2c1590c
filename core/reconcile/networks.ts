import { timestamp, timestampAfter } from '../clock.ts';
import type { Network } from '../model.ts';
import type { Ports } from '../ports/index.ts';

/**
 * Says of each network that does not answer for how long that is so: a line of the log, from which the alarm lives. Once its next
 * try is due and no delivery is there that tries, nobody knows, and nothing is said.
 */
export async function watchNetworks({ store, clock, times, log }: Pick<Ports, 'store' | 'clock' | 'times' | 'log'>, networks: readonly Network[]): Promise<void> {
  const at = clock.now();
  const stops = await store.getNetworkStops(networks);
  for (const { network, breaker } of stops) {
    if (breaker.state === 'closed') continue;
    const { until, since, tenantId, opens } = breaker;
    const tried = timestampAfter(new Date(until), times.stopSpread + times.probe);
    if (tried <= timestamp(at)) continue;
    const downSeconds = Math.max(0, Math.round((at.getTime() - Date.parse(since)) / 1000));
    log.warn('network_down', { network, downSeconds, since, until, opens, ...(tenantId !== null && { tenantId }) });
  }
}
