import { timestamp } from '../../../core/clock.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { findUpload } from '../../../core/uploads/read.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { getUploadStatusRoute } from './routes/uploads-read.ts';
import { uploadStatusView } from './views.ts';

export const getUploadStatus = endpoint(getUploadStatusRoute, async (ports: Pick<Ports, 'store' | 'clock'>, { caller, params }) => {
  const record = await findUpload(ports, caller.tenantId, params.uploadId);
  return answer(200, uploadStatusView(record, timestamp(ports.clock.now())));
});
