import { timestamp } from '../../../core/clock.ts';
import { uploadForm as upload } from '../../../core/uploads/form.ts';
import { assembleUpload } from '../../../core/uploads/complete.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { answer } from '../../common/endpoint.ts';
import { formEndpoint } from '../../common/form-endpoint.ts';
import { uploadCreatedBefore } from './created-before.ts';
import { uploadFormRoute } from './routes/uploads-write.ts';
import { createdUploadView } from './views.ts';

export const uploadForm = formEndpoint(uploadFormRoute, {
  handle: async (ports: UploadPorts, { caller, body, once }) => {
    const { record } = await upload(ports, caller.tenantId, body, (uploadId) => once.commit({ status: 202, ids: { uploadId } }));
    return answer(202, createdUploadView(record, timestamp(ports.clock.now())));
  },
  replay: async (ports, _call, outcome) => {
    const { record } = await assembleUpload(ports, await uploadCreatedBefore(ports, outcome));
    return answer(202, createdUploadView(record, timestamp(ports.clock.now())));
  },
});
