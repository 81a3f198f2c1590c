import { timestampAfter } from '../clock.ts';
import type { Trouble } from '../ports/index.ts';
import type { Stop } from '../ports/store.ts';
import { redactText } from '../redact.ts';
import type { Step } from './step.ts';

/**
 * Writes down a pause that the network asks for, for all deliveries that it concerns: those of the account, or of everybody.
 * `ownSeconds`: how long this delivery waits if the network names no time. If the process dies before this, or it cannot be
 * written, the next delivery hears the same from the network. An earlier stop that lasts longer stays.
 */
export async function noteStop(step: Step, trouble: Trouble, ownSeconds: number): Promise<void> {
  if (trouble.class !== 'rate_limited' && trouble.class !== 'quota') return;
  const { ports, ref, delivery } = step;
  const { clock, times, store, log } = ports;
  const { tenantId, network } = delivery;
  const now = clock.now();
  const asked = trouble.until === null ? ownSeconds : (trouble.until.getTime() - now.getTime()) / 1000;
  // No further than a delivery waits for it: a network's clock may be wrong.
  const seconds = Math.min(asked, times.outageEnds + times.outage);
  if (seconds <= 0) return;
  const stop: Stop = { until: timestampAfter(now, seconds), code: trouble.class === 'quota' ? 'quota_exhausted' : 'rate_limited', message: redactText(trouble.message) };
  const scope = trouble.scope ?? 'account';
  try {
    const put = scope === 'app' ? await store.stopApp({ network, stop }) : await store.stopAccount({ tenantId, accountId: ref.accountId, stop });
    if (put) log.warn('network_stopped', { ...ref, network, scope, reason: stop.code, until: stop.until });
  } catch (error) {
    log.warn('stop_not_noted', { ...ref, network, scope, error });
  }
}
