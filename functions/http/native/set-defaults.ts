import { changeDefaults, type DefaultsPorts } from '../../../core/account-defaults.ts';
import { findAccount } from '../../../core/accounts.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { accountView, type ViewPorts } from './account-view.ts';
import { setDefaultsRoute } from './routes/accounts.ts';

export const setDefaults = endpoint(setDefaultsRoute, {
  find: (ports: DefaultsPorts & ViewPorts, { caller, params }) => findAccount(ports, caller.tenantId, params.accountId),
  handle: async (ports, { found, body, once }) => {
    const account = await changeDefaults(ports, found, body.defaults, once.commit({ status: 200, ids: {} }));
    return answer(200, accountView(ports, account));
  },
  replay: async (ports, { found }) => answer(200, accountView(ports, found)),
});
