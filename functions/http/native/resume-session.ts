import { resumeSession as resume } from '../../../core/resume.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { resumeSessionRoute } from './routes/sessions.ts';
import { resumedSessionView } from './views.ts';

export const resumeSession = endpoint(resumeSessionRoute, {
  handle: async (ports: UploadPorts, { caller, body }) => answer(200, resumedSessionView(await resume(ports, caller.tenantId, body))),
});
