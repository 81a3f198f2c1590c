import { abortSession } from '../../../core/sessions.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { abortUploadRoute } from './routes/sessions.ts';

export const abortUpload = endpoint(abortUploadRoute, {
  handle: async (ports: UploadPorts, { caller, body, once }) => {
    await abortSession(ports, caller.tenantId, body.sessionToken, once.commit({ status: 200, ids: {} }));
    return answer(200, { success: true });
  },
  // Aborting again is harmless, and removes what the first request may have left in storage.
  replay: async (ports, { caller, body }) => {
    await abortSession(ports, caller.tenantId, body.sessionToken);
    return answer(200, { success: true });
  },
});
