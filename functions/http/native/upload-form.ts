import { timestamp } from '../../../core/clock.ts';
import { uploadForm as upload } from '../../../core/uploads/form.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { answer } from '../../common/endpoint.ts';
import { formEndpoint } from '../../common/form-endpoint.ts';
import { uploadFormRoute } from './routes/uploads-write.ts';
import { createdUploadView } from './views.ts';

export const uploadForm = formEndpoint(uploadFormRoute, async (ports: UploadPorts, { caller, body }) => {
  const { record } = await upload(ports, caller.tenantId, body);
  return answer(202, createdUploadView(record, timestamp(ports.clock.now())));
});
