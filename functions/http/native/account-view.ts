import type * as z from 'zod';
import type { Account, Kind, Network } from '../../../core/model.ts';
import type { linkedAccount } from './schemas/accounts.ts';

/** What showing accounts needs. */
export interface ViewPorts {
  /** What is published on a network; nothing on one that this release does not have. */
  readonly kindsOf: (network: Network) => readonly Kind[];
}

export function accountView({ kindsOf }: ViewPorts, account: Account): z.input<typeof linkedAccount> {
  const { accountId: id, network, name, health, externalId, createdAt, limits, defaults } = account;
  return { id, network, name, health, externalId, createdAt, capabilities: [...kindsOf(network)], limits: { ...limits }, defaults: { ...defaults } };
}
