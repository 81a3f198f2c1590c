import { timestamp } from '../../../core/clock.ts';
import { completeUpload as complete } from '../../../core/uploads/complete.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { completeUploadRoute } from './routes/uploads-write.ts';
import { createdUploadView } from './views.ts';

export const completeUpload = endpoint(completeUploadRoute, async (ports: UploadPorts, { caller, body }) => {
  const { record, assembled } = await complete(ports, caller.tenantId, body);
  return answer(assembled ? 200 : 202, createdUploadView(record, timestamp(ports.clock.now())));
});
