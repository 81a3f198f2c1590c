import { wakeUpload, type ChangePorts } from '../../../core/uploads/change.ts';
import { cancelUpload as cancel } from '../../../core/uploads/cancel.ts';
import { findUpload } from '../../../core/uploads/read.ts';
import { endpoint } from '../../common/endpoint.ts';
import { detailAnswer } from './detail-view.ts';
import { cancelUploadRoute } from './routes/uploads-change.ts';

export const cancelUpload = endpoint(cancelUploadRoute, {
  find: (ports: ChangePorts, { caller, params }) => findUpload(ports, caller.tenantId, params.uploadId),
  handle: async (ports, { found, body, ifMatch, once }) => {
    const change = { ifMatch, commit: once.commit({ status: 200, ids: { uploadId: found.upload.uploadId } }) };
    return detailAnswer(ports, await cancel(ports, found, { ...change, accounts: body.accounts ?? null }));
  },
  replay: async (ports, { found }) => {
    await wakeUpload(ports, found);
    return detailAnswer(ports, found);
  },
});
