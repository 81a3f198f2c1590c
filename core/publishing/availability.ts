import { timestamp } from '../clock.ts';
import type { Network } from '../model.ts';
import type { Ports } from '../ports/index.ts';
import type { NetworkStops, StopReason } from '../ports/store.ts';
import { CLOSED, isHeldBack } from './breaker.ts';

/** Whether a tenant's deliveries go out to a network now. What concerns one account is on its deliveries. */
export interface Availability {
  /** `limited`: the network asked everybody here for a pause. `down`: it does not answer. */
  readonly state: 'ok' | 'limited' | 'down';
  /** From when it is tried again; null: there is nothing to wait for. */
  readonly until: string | null;
  readonly reason: StopReason | null;
}

const OK: Availability = { state: 'ok', until: null, reason: null };

/** As the tenant may know it: what other tenants alone have met is none of its business. */
export function availabilityFor(tenantId: string, { app, breaker }: Pick<NetworkStops, 'app' | 'breaker'>, at: Date): Availability {
  const now = timestamp(at);
  const limited: Availability = app !== null && app.until > now ? { state: 'limited', until: app.until, reason: app.code } : OK;
  if (!isHeldBack(breaker, tenantId) || breaker.until <= now) return limited;
  const until = limited.until !== null && limited.until > breaker.until ? limited.until : breaker.until;
  return { state: 'down', until, reason: 'platform_unavailable' };
}

/** What is shown of networks, with how each stands now. One read. */
export async function withAvailability<Shown extends { readonly network: Network }>(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  tenantId: string,
  shown: readonly Shown[],
): Promise<readonly (Shown & { readonly availability: Availability })[]> {
  const stops = await store.getNetworkStops(shown.map(({ network }) => network));
  const now = clock.now();
  return shown.map((each, n) => ({ ...each, availability: availabilityFor(tenantId, stops[n] ?? { app: null, breaker: CLOSED }, now) }));
}
