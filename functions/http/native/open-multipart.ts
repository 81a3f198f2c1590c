import { openSession, resignSession } from '../../../core/sessions.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { openMultipartRoute } from './routes/sessions.ts';
import { presignedPartsView } from './views.ts';

export const openMultipart = endpoint(openMultipartRoute, {
  handle: async (ports: UploadPorts, { caller, body, once }) => {
    if ('sessionToken' in body) {
      const { sessionToken, partNumbers = null } = body;
      const signed = await resignSession(ports, caller.tenantId, { sessionToken, partNumbers });
      return answer(200, presignedPartsView(signed));
    }
    const request = { ...body, parts: { partSize: body.partSize } };
    const opened = await openSession(ports, caller.tenantId, request, (secret) => once.commit({ status: 201, ids: {}, secret }));
    return answer(201, presignedPartsView(opened));
  },
  replay: async (ports, { caller, body }, { secret }) => {
    const { sessionToken, partNumbers = null } = 'sessionToken' in body ? body : { sessionToken: secret ?? '' };
    const signed = await resignSession(ports, caller.tenantId, { sessionToken, partNumbers });
    return answer('sessionToken' in body ? 200 : 201, presignedPartsView(signed));
  },
});
