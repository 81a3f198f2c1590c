import { timestamp } from '../../../core/clock.ts';
import { assembleUpload, completeUpload as complete, type CompletedUpload } from '../../../core/uploads/complete.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { uploadCreatedBefore } from './created-before.ts';
import { completeUploadRoute } from './routes/uploads-write.ts';
import { createdUploadView } from './views.ts';

export const completeUpload = endpoint(completeUploadRoute, {
  handle: async (ports: UploadPorts, { caller, body, once }) => {
    const commitFor = (uploadId: string) => once.commit({ status: 200, ids: { uploadId } });
    const completed = await complete(ports, caller.tenantId, body, commitFor);
    // Where an earlier request had completed the session, this one wrote nothing, but its outcome is the same upload.
    commitFor(completed.record.upload.uploadId);
    return completedAnswer(ports, completed);
  },
  replay: async (ports, _call, outcome) => completedAnswer(ports, await assembleUpload(ports, await uploadCreatedBefore(ports, outcome))),
});

function completedAnswer(ports: Pick<UploadPorts, 'clock'>, { record, assembled }: CompletedUpload) {
  return answer(assembled ? 200 : 202, createdUploadView(record, timestamp(ports.clock.now())));
}
