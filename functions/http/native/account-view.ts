import type * as z from 'zod';
import { timestamp } from '../../../core/clock.ts';
import type { Linkable } from '../../../core/linking/ports.ts';
import type { Account, Network } from '../../../core/model.ts';
import type { Times } from '../../../core/times.ts';
import type { Platform } from '../../../platforms/platform.ts';
import type { linkedAccount } from './schemas/accounts.ts';

/** What showing accounts needs. */
export interface ViewPorts {
  /** Undefined: this release has no such network, and nothing is published on it. */
  readonly platformOf: (network: Network) => Pick<Platform, 'kinds' | 'refreshAhead'> | undefined;
  readonly linkable: Linkable;
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

/** Before the next use after this time; the job does it by itself where a link must not rest so long. */
function nextRenewal({ platformOf, times }: ViewPorts, { network, health, tokenEnds, renewAt }: Account): string | null {
  if (health !== 'active') return null;
  const ahead = platformOf(network)?.refreshAhead ?? times.refreshAhead;
  const inUse = tokenEnds === null ? null : timestamp(new Date(Date.parse(tokenEnds) - ahead * 1000));
  return inUse === null || (renewAt !== null && renewAt < inUse) ? renewAt : inUse;
}
