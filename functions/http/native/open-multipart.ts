import { openSession, resignSession } from '../../../core/sessions.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { openMultipartRoute } from './routes/sessions.ts';
import { presignedPartsView } from './views.ts';

export const openMultipart = endpoint(openMultipartRoute, async (ports: UploadPorts, { caller, body }) => {
  if ('sessionToken' in body) {
    const { sessionToken, partNumbers = null } = body;
    const signed = await resignSession(ports, caller.tenantId, { sessionToken, partNumbers });
    return answer(200, presignedPartsView(signed));
  }
  const opened = await openSession(ports, caller.tenantId, { ...body, parts: { partSize: body.partSize } });
  return answer(201, presignedPartsView(opened));
});
