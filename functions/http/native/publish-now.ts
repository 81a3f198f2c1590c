import { wakeUpload, type ChangePorts } from '../../../core/uploads/change.ts';
import { publishNow as publish } from '../../../core/uploads/edit.ts';
import { findUpload } from '../../../core/uploads/read.ts';
import { endpoint } from '../../common/endpoint.ts';
import { detailAnswer } from './detail-view.ts';
import { publishNowRoute } from './routes/uploads-change.ts';

export const publishNow = endpoint(publishNowRoute, {
  find: (ports: ChangePorts, { caller, params }) => findUpload(ports, caller.tenantId, params.uploadId),
  handle: async (ports, { found, ifMatch, once }) => {
    const change = { ifMatch, commit: once.commit({ status: 200, ids: { uploadId: found.upload.uploadId } }) };
    return detailAnswer(ports, await publish(ports, found, change));
  },
  replay: async (ports, { found }) => {
    await wakeUpload(ports, found);
    return detailAnswer(ports, found);
  },
});
