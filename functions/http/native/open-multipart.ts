import { openSession, resignSession } from '../../../core/sessions.ts';
import type { PartChoice } from '../../../core/session-parts.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { openMultipartRoute } from './routes/sessions.ts';
import { presignedPartsView } from './views.ts';

export const openMultipart = endpoint(openMultipartRoute, {
  handle: async (ports: UploadPorts, { caller, body, once }) => {
    if ('sessionToken' in body) return answer(200, presignedPartsView(await resignSession(ports, caller.tenantId, wanted(body))));
    const request = { ...body, parts: { partSize: body.partSize } };
    const opened = await openSession(ports, caller.tenantId, request, (secret) => once.commit({ status: 201, ids: {}, secret }));
    return answer(201, presignedPartsView(opened));
  },
  replay: async (ports, { caller, body }, { secret }) => {
    if ('sessionToken' in body) return answer(200, presignedPartsView(await resignSession(ports, caller.tenantId, wanted(body))));
    return answer(201, presignedPartsView(await resignSession(ports, caller.tenantId, wanted({ sessionToken: secret ?? '' }))));
  },
});

/** Without a word on parts, the first window. */
function wanted(body: {
  readonly sessionToken: string;
  readonly partNumbers?: readonly number[] | undefined;
  readonly fromPart?: number | undefined;
}): { readonly sessionToken: string } & PartChoice {
  const { sessionToken, partNumbers, fromPart = 1 } = body;
  return partNumbers === undefined ? { sessionToken, fromPart } : { sessionToken, partNumbers };
}
