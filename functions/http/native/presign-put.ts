import { invalidField } from '../../../core/errors.ts';
import { openSession, resignSession } from '../../../core/sessions.ts';
import type { SignedSession } from '../../../core/sessions.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { openMultipartRoute, presignPutRoute } from './routes/sessions.ts';
import { presignedPutView } from './views.ts';

export const presignPut = endpoint(presignPutRoute, {
  handle: async (ports: UploadPorts, { caller, body, once }) => {
    if ('sessionToken' in body) return answer(200, presignedPutView(await resign(ports, caller.tenantId, body.sessionToken)));
    const request = { ...body, parts: 'single' } as const;
    const opened = await openSession(ports, caller.tenantId, request, (secret) => once.commit({ status: 201, ids: {}, secret }));
    return answer(201, presignedPutView(opened));
  },
  replay: async (ports, { caller, body }, { secret }) => {
    if ('sessionToken' in body) return answer(200, presignedPutView(await resign(ports, caller.tenantId, body.sessionToken)));
    return answer(201, presignedPutView(await resign(ports, caller.tenantId, secret ?? '')));
  },
});

async function resign(ports: UploadPorts, tenantId: string, sessionToken: string): Promise<SignedSession> {
  const signed = await resignSession(ports, tenantId, { sessionToken, partNumbers: [1] });
  if (signed.session.partCount === 1) return signed;
  const message = `This session has ${signed.session.partCount} parts: sign them anew with POST ${openMultipartRoute.path}.`;
  throw invalidField('sessionToken', 'several_parts', message);
}
