import { timestamp } from '../../../core/clock.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { findUpload } from '../../../core/uploads/read.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { getUploadStatusRoute } from './routes/uploads-read.ts';
import { uploadStatusView } from './views.ts';

export const getUploadStatus = endpoint(getUploadStatusRoute, {
  find: (ports: Pick<Ports, 'store' | 'clock'>, { caller, params }) => findUpload(ports, caller.tenantId, params.uploadId),
  handle: async (ports, { found }) => answer(200, uploadStatusView(found, timestamp(ports.clock.now()))),
});
