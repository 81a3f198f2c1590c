import { timestamp } from '../../../core/clock.ts';
import { completeUpload as complete, type CompletedUpload } from '../../../core/uploads/complete.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { completeUploadRoute } from './routes/uploads-write.ts';
import { createdUploadView } from './views.ts';

export const completeUpload = endpoint(completeUploadRoute, {
  handle: async (ports: UploadPorts, { caller, body, once }) => {
    const completed = await complete(ports, caller.tenantId, body, (uploadId) => once.commit({ status: 200, ids: { uploadId } }));
    return completedAnswer(ports, completed);
  },
  // Completing again is harmless, gives the same upload, and goes on where the first request may have died.
  replay: async (ports, { caller, body }) => completedAnswer(ports, await complete(ports, caller.tenantId, body)),
});

function completedAnswer(ports: Pick<UploadPorts, 'clock'>, { record, assembled }: CompletedUpload) {
  return answer(assembled ? 200 : 202, createdUploadView(record, timestamp(ports.clock.now())));
}
