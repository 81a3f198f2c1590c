import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { validateUpload as validate } from '../../../core/uploads/validate.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { validateUploadRoute } from './routes/uploads-write.ts';
import { validationView } from './views.ts';

export const validateUpload = endpoint(validateUploadRoute, {
  handle: async (ports: UploadPorts, { caller, body }) => answer(200, validationView(await validate(ports, caller.tenantId, body))),
});
