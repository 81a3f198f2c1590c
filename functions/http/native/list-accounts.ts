import { listAccounts as list } from '../../../core/accounts.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { accountView, type ViewPorts } from './account-view.ts';
import { listAccountsRoute } from './routes/accounts.ts';

export const listAccounts = endpoint(listAccountsRoute, {
  handle: async (ports: Pick<Ports, 'store'> & ViewPorts, { caller, query }) => {
    const accounts = await list(ports, caller.tenantId, { network: query.network ?? null, profile: query.profile ?? null });
    return answer(200, { items: accounts.map((account) => accountView(ports, account)) });
  },
});
