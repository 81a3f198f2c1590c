import { wakeUpload, type ChangePorts } from '../../../core/uploads/change.ts';
import { retryUpload as retry } from '../../../core/uploads/retry.ts';
import { findUpload } from '../../../core/uploads/read.ts';
import { endpoint } from '../../common/endpoint.ts';
import { detailAnswer } from './detail-view.ts';
import { retryUploadRoute } from './routes/uploads-change.ts';

export const retryUpload = endpoint(retryUploadRoute, {
  find: (ports: ChangePorts, { caller, params }) => findUpload(ports, caller.tenantId, params.uploadId),
  handle: async (ports, { caller, found, body, ifMatch, once }) => {
    const change = { ifMatch, commit: once.commit({ status: 200, ids: { uploadId: found.upload.uploadId } }) };
    return detailAnswer(ports, await retry(ports, found, { ...change, accounts: body.accounts ?? null, force: body.force, by: caller.actor }));
  },
  replay: async (ports, { found }) => {
    await wakeUpload(ports, found);
    return detailAnswer(ports, found);
  },
});
