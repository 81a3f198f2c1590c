import { parseArgs } from 'node:util';
import { timestamp, type Clock } from '../core/clock.ts';
import type { Plan } from '../core/model.ts';
import type { TenantStore } from '../core/ports/index.ts';
import { isTenantId, tenantOf, tenantOfClaim } from '../core/tenants.ts';
import { planSchema } from '../functions/environment.ts';

export const help = `Shows what a tenant may do and has used, or changes it, with the operator's credentials.

  npm run -s tenant -- show     --stage S <whose>
  npm run -s tenant -- set-plan --stage S <whose> --deliveries-per-month N --requests-per-second N --burst N
  npm run -s tenant -- set-plan --stage S <whose> --default

Whose, one of:
  --user SUBJECT   the tenant of this user, by the subject (sub) of his sessions
  --claim VALUE    the tenant that the configured tenant claim names so (identity.tenantClaim)
  --tenant ID      the tenant of this id, ten_...

What:
  --deliveries-per-month N   deliveries (an upload on one account) in a calendar month, UTC
  --requests-per-second N    requests that each key may make in the long run; also below 1, such as 0.5
  --burst N                  requests that a key may make at once after a pause
  --default                  takes the tenant's own plan away: that of the configuration counts

What is not named stays as the tenant's own plan has it; a first plan needs all three. The new number of deliveries counts at
once, the new rate within a minute.

  --app NAME   the name in the configuration, fanfare unless told otherwise`;

/** The command line says something that cannot be done; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Whose = { readonly user: string } | { readonly claim: string } | { readonly tenant: string };

/** What to do, where. `change` null: the tenant's own plan is taken away. */
export type TenantCommand = { readonly stage: string; readonly app: string; readonly whose: Whose } & (
  | { readonly action: 'show' }
  | { readonly action: 'set-plan'; readonly change: Partial<Plan> | null }
);

const NUMBERS = {
  'deliveries-per-month': 'deliveriesPerMonth',
  'requests-per-second': 'requestsPerSecond',
  burst: 'burst',
} as const satisfies Record<string, keyof Plan>;

const options = {
  stage: { type: 'string' },
  app: { type: 'string', default: 'fanfare' },
  user: { type: 'string' },
  claim: { type: 'string' },
  tenant: { type: 'string' },
  'deliveries-per-month': { type: 'string' },
  'requests-per-second': { type: 'string' },
  burst: { type: 'string' },
  default: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads the command line. Throws `UsageError`. */
export function readTenantCommand(args: readonly string[]): TenantCommand | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help === true) return 'help';
  const [action, ...others] = positionals;
  if ((action !== 'show' && action !== 'set-plan') || others.length > 0) throw new UsageError('Say what to do: show or set-plan (--help tells more).');
  const { stage, app } = values;
  if (stage === undefined || stage === '') throw new UsageError('Say for which stage: --stage S.');
  const where = { stage, app, whose: whoseOf(values) };
  const named = Object.entries(NUMBERS).flatMap(([option, field]) => {
    const text = values[option as keyof typeof NUMBERS];
    return text === undefined ? [] : [{ option, field, text }];
  });
  if (action === 'show') {
    if (named.length > 0 || values.default === true) throw new UsageError('show changes nothing: use set-plan.');
    return { ...where, action };
  }
  if (values.default === true) {
    if (named.length > 0) throw new UsageError('--default takes the plan away, so that no number goes with it.');
    return { ...where, action, change: null };
  }
  if (named.length === 0) throw new UsageError('Say what the plan is: --deliveries-per-month N --requests-per-second N --burst N, or --default.');
  return { ...where, action, change: Object.fromEntries(named.map(({ option, field, text }) => [field, numberOf(option, field, text)])) };
}

/** What a tenant may do and has done, for people to read. */
export interface TenantReport {
  readonly tenantId: string;
  /** Null: nobody of it was here yet. */
  readonly createdAt: string | null;
  /** Null: that of the configuration counts. */
  readonly plan: Plan | null;
  readonly month: string;
  readonly deliveriesThisMonth: number;
}

/** Does what the command says and tells how the tenant stands then. Throws `UsageError` for a first plan that is not whole. */
export async function runTenantCommand(
  { store, clock, issuer }: { readonly store: TenantStore; readonly clock: Clock; readonly issuer: string },
  command: TenantCommand,
): Promise<TenantReport> {
  const tenantId = tenantIdOf(command.whose, issuer);
  const at = timestamp(clock.now());
  if (command.action === 'set-plan') {
    const plan = command.change === null ? null : wholePlan((await store.getTenant(tenantId))?.plan ?? null, command.change);
    await store.setPlan({ tenantId, plan, at });
  }
  const tenant = await store.getTenant(tenantId);
  const month = at.slice(0, 'yyyy-mm'.length);
  const deliveriesThisMonth = await store.getQuotaUsed({ tenantId, month });
  return { tenantId, createdAt: tenant?.createdAt ?? null, plan: tenant?.plan ?? null, month, deliveriesThisMonth };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${error.message} (--help tells more)`, { cause: error });
    throw error;
  }
}

function whoseOf({ user, claim, tenant }: { readonly user?: string; readonly claim?: string; readonly tenant?: string }): Whose {
  const given = [user, claim, tenant].filter((each) => each !== undefined && each !== '');
  if (given.length !== 1) throw new UsageError('Say whose, by one of --user SUBJECT, --claim VALUE and --tenant ID.');
  if (user) return { user };
  if (claim) return { claim };
  if (tenant === undefined || !isTenantId(tenant)) throw new UsageError(`${tenant} is not the id of a tenant: it looks like ten_01J8ZC6Q4M2V9Y3K7T5B1N0X00.`);
  return { tenant };
}

function tenantIdOf(whose: Whose, issuer: string): string {
  if ('user' in whose) return tenantOf(issuer, whose.user);
  return 'claim' in whose ? tenantOfClaim(issuer, whose.claim) : whose.tenant;
}

function numberOf(option: string, field: keyof Plan, text: string): number {
  const value = /^\d+(?:\.\d+)?$/u.test(text) ? Number(text) : Number.NaN;
  const checked = planSchema.shape[field].safeParse(value);
  if (checked.success) return checked.data;
  throw new UsageError(`--${option} ${text}: ${field === 'requestsPerSecond' ? 'a number' : 'a whole number'} is needed, within ${boundsOf(field)}.`);
}

function boundsOf(field: keyof Plan): string {
  const { minValue, maxValue } = planSchema.shape[field];
  return `${minValue} and ${maxValue}`;
}

function wholePlan(before: Plan | null, change: Partial<Plan>): Plan {
  const plan = planSchema.safeParse({ ...before, ...change });
  if (plan.success) return plan.data;
  const missing = Object.entries(NUMBERS).flatMap(([option, field]) => (change[field] === undefined ? [`--${option}`] : []));
  throw new UsageError(`The tenant has no plan of its own yet: name ${missing.join(' and ')} too.`);
}
