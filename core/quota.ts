import { timestamp } from './clock.ts';
import { errorAt, type FanfareError } from './errors.ts';
import type { Plan } from './model.ts';
import type { Ports } from './ports/index.ts';

/** How many deliveries the tenant may have in a month: by its own plan, or by the default one. Creates the tenant if need be. */
export async function monthlyLimit(
  { store, defaultPlan }: Pick<Ports, 'store'> & { readonly defaultPlan: Plan },
  tenant: { readonly tenantId: string; readonly at: string },
): Promise<number> {
  const { plan } = await store.ensureTenant(tenant);
  return (plan ?? defaultPlan).deliveriesPerMonth;
}

/** The month's deliveries do not suffice for so many more. */
export function quotaExceeded(quota: { readonly limit: number; readonly used: number; readonly requested: number }, now: Date): FanfareError {
  const { limit, used, requested } = quota;
  const resetsAt = nextMonth(now);
  const left = Math.max(0, limit - used);
  const message = `${left} of the ${limit} deliveries of this month are left, and ${requested} were asked for: name fewer accounts, or try again from ${timestamp(resetsAt)}.`;
  return errorAt('quota_exceeded', 'accounts', 'quota', message, {
    retryAfter: Math.ceil((resetsAt.getTime() - now.getTime()) / 1000),
    details: { quota: { limit, used, requested, resetsAt: timestamp(resetsAt) } },
  });
}

/** The first second of the next month, UTC. */
export function nextMonth(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1));
}
