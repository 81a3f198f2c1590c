import type { Plan } from '../../core/model.ts';
import type { Authenticator } from './authentication.ts';

/** The plans of tenants, so that a request with a key needs no read for it: a changed plan counts within a minute. */
export interface PlanCache {
  planOf(tenantId: string): Promise<Plan>;
}

/** Milliseconds. */
const KEPT = 60_000;
/** Tenants; with more of them than this, the oldest entry goes. */
const MOST = 1_000;

/** One for each process. */
export function planCache({ store, clock, defaultPlan }: Pick<Authenticator, 'store' | 'clock' | 'defaultPlan'>): PlanCache {
  const kept = new Map<string, { readonly plan: Plan; readonly until: number }>();
  return {
    planOf: async (tenantId) => {
      const known = kept.get(tenantId);
      if (known !== undefined && clock.now().getTime() < known.until) return known.plan;
      const plan = (await store.getTenant(tenantId))?.plan ?? defaultPlan;
      kept.delete(tenantId);
      kept.set(tenantId, { plan, until: clock.now().getTime() + KEPT });
      const [oldest] = kept.keys();
      if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
      return plan;
    },
  };
}
