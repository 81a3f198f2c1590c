import { openSession, resignSession } from '../../../core/sessions.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { openMediaRoute } from './routes/sessions.ts';
import { presignedPartsView } from './views.ts';

export const openMedia = endpoint(openMediaRoute, {
  handle: async (ports: UploadPorts, { caller, body: { file, partSize }, once }) => {
    const request = { metadata: null, file, parts: { partSize } };
    const opened = await openSession(ports, caller.tenantId, request, (secret) => once.commit({ status: 201, ids: {}, secret }));
    return answer(201, presignedPartsView(opened));
  },
  replay: async (ports, { caller }, { secret }) =>
    answer(201, presignedPartsView(await resignSession(ports, caller.tenantId, { sessionToken: secret ?? '', fromPart: 1 }))),
});
