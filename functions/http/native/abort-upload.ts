import { abortSession } from '../../../core/sessions.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { abortUploadRoute } from './routes/sessions.ts';

export const abortUpload = endpoint(abortUploadRoute, async (ports: UploadPorts, { caller, body }) => {
  await abortSession(ports, caller.tenantId, body.sessionToken);
  return answer(200, { success: true });
});
