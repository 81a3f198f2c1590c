import { finishUnlinking, unlinkAccount as unlink, type UnlinkPorts } from '../../../core/accounts.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { unlinkAccountRoute } from './routes/accounts.ts';

// The account is looked for by the use case and not by `find`: a repeated request is answered although it is gone.
export const unlinkAccount = endpoint(unlinkAccountRoute, {
  handle: async (ports: UnlinkPorts, { caller: { tenantId }, params: { accountId }, once }) => {
    const commitFor = (failedUploads: number) => once.commit({ status: 200, ids: { failedUploads: String(failedUploads) } });
    return answer(200, { accountId, failedUploads: await unlink(ports, { tenantId, accountId }, commitFor) });
  },
  replay: async (ports, { caller: { tenantId }, params: { accountId } }, { ids }) => {
    await finishUnlinking(ports, { tenantId, accountId });
    return answer(200, { accountId, failedUploads: Number(ids['failedUploads']) });
  },
});
