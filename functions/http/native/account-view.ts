import type * as z from 'zod';
import { timestamp, type Clock } from '../../../core/clock.ts';
import type { Linkable } from '../../../core/linking/ports.ts';
import type { Account, Network } from '../../../core/model.ts';
import { endsSoon, linkEndsAt } from '../../../core/renewal.ts';
import type { Times } from '../../../core/times.ts';
import type { Platform } from '../../../platforms/platform.ts';
import type { linkedAccount } from './schemas/accounts.ts';

/** What showing accounts needs. */
export interface ViewPorts {
  /** Undefined: this release has no such network, and nothing is published on it. */
  readonly platformOf: (network: Network) => Pick<Platform, 'kinds' | 'refreshAhead'> | undefined;
  readonly linkable: Linkable;
  readonly clock: Clock;
  readonly times: Pick<Times, 'refreshAhead'>;
}

export function accountView(ports: ViewPorts, account: Account): z.input<typeof linkedAccount> {
  const { accountId: id, network, name, health, healthSince, healthReason, profile, externalId, createdAt, limits, defaults } = account;
  return {
    id,
    network,
    name,
    health,
    healthSince,
    healthReason,
    nextRenewalAt: nextRenewal(ports, account),
    accessEndsAt: health === 'active' ? linkEndsAt(account) : null,
    warnings: warningsOf(ports, account),
    profile,
    externalId,
    createdAt,
    capabilities: capabilitiesOf(ports, account),
    limits: Object.fromEntries(Object.entries(limits).map(([rule, limit]) => [rule, typeof limit === 'number' ? limit : [...limit]])),
    defaults: { ...defaults },
  };
}

function capabilitiesOf({ platformOf, linkable }: ViewPorts, { network, scopes }: Account): z.input<typeof linkedAccount>['capabilities'] {
  const analytics = linkable(network)?.linking.scopes.filter(({ needed }) => needed === 'analytics') ?? [];
  const mayRead = analytics.length > 0 && analytics.every(({ scope }) => scopes.includes(scope));
  return [...(platformOf(network)?.kinds ?? []), ...(mayRead ? ['analytics' as const] : [])];
}

/** When it is renewed next: with the first use from this time on, or by the job where a link must not rest so long. */
function nextRenewal({ platformOf, times, clock }: ViewPorts, { network, health, tokenEnds, accessEnds, renewAt }: Account): string | null {
  // What ends no sooner than the link itself is not renewed.
  if (health !== 'active' || (accessEnds !== null && tokenEnds !== null && tokenEnds >= accessEnds)) return null;
  const ahead = platformOf(network)?.refreshAhead ?? times.refreshAhead;
  const inUse = tokenEnds === null ? null : timestamp(new Date(Date.parse(tokenEnds) - ahead * 1000));
  const now = timestamp(clock.now());
  // One that is due already comes with the next use, whenever that is.
  const candidates: readonly string[] = [...(inUse !== null && inUse > now ? [inUse] : []), ...(renewAt === null ? [] : [renewAt])];
  return candidates.filter((at) => accessEnds === null || at < accessEnds).toSorted()[0] ?? null;
}

/** What its owner has to do while the account still works. */
function warningsOf({ clock }: ViewPorts, account: Account): string[] {
  const ends = linkEndsAt(account);
  if (account.health !== 'active' || ends === null || !endsSoon(account, clock.now())) return [];
  if (ends <= timestamp(clock.now())) return [`The network gave access until ${ends}, and may refuse it from now on. Link the account again.`];
  return [`The link ends at ${ends}, and nothing renews it. Link the account again before, and what is scheduled on it goes out.`];
}
