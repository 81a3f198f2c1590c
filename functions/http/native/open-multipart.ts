import { openSession, resignSession } from '../../../core/sessions.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { endpoint } from '../../common/endpoint.ts';
import { openMultipartRoute } from './routes/sessions.ts';
import { presignedPartsView } from './views.ts';

export const openMultipart = endpoint(openMultipartRoute, async (ports: UploadPorts, { caller, body }) => {
  const signed =
    'sessionToken' in body
      ? await resignSession(ports, caller.tenantId, { sessionToken: body.sessionToken, partNumbers: body.partNumbers ?? null })
      : await openSession(ports, caller.tenantId, { ...body, parts: { partSize: body.partSize } });
  return { status: 200, body: presignedPartsView(signed) };
});
