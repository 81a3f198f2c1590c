import { listAccounts as list } from '../../../core/accounts.ts';
import type { Kind, Network } from '../../../core/model.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { listAccountsRoute } from './routes/accounts.ts';

/** What listing accounts needs. */
export interface ListPorts extends Pick<Ports, 'store'> {
  /** What is published on a network; nothing on one that this release does not have. */
  readonly kindsOf: (network: Network) => readonly Kind[];
}

export const listAccounts = endpoint(listAccountsRoute, {
  handle: async ({ store, kindsOf }: ListPorts, { caller, query }) => {
    const accounts = await list({ store }, caller.tenantId, query.network ?? null);
    const items = accounts.map(({ accountId: id, network, name, health, externalId, createdAt, limits }) => {
      return { id, network, name, health, externalId, createdAt, capabilities: [...kindsOf(network)], limits: { ...limits } };
    });
    return answer(200, { items });
  },
});
