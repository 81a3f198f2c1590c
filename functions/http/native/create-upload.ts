import { timestamp } from '../../../core/clock.ts';
import { createUpload as create, startCreated, type CreatePorts } from '../../../core/uploads/create.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { uploadCreatedBefore } from './created-before.ts';
import { createUploadRoute } from './routes/uploads-change.ts';
import { createdUploadView } from './views.ts';

export const createUpload = endpoint(createUploadRoute, {
  handle: async (ports: CreatePorts, { caller, body, once }) => {
    const record = await create(ports, caller.tenantId, body, (uploadId) => once.commit({ status: 201, ids: { uploadId } }));
    return answer(201, createdUploadView(record, timestamp(ports.clock.now())));
  },
  replay: async (ports, _call, outcome) => {
    const record = await uploadCreatedBefore(ports, outcome);
    await startCreated(ports, record);
    return answer(201, createdUploadView(record, timestamp(ports.clock.now())));
  },
});
