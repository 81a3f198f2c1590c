import type { Ports } from '../../../core/ports/index.ts';
import { findUpload } from '../../../core/uploads/read.ts';
import { endpoint } from '../../common/endpoint.ts';
import { detailAnswer } from './detail-view.ts';
import { getUploadRoute } from './routes/uploads-read.ts';

export const getUpload = endpoint(getUploadRoute, {
  find: (ports: Pick<Ports, 'store' | 'clock'>, { caller, params }) => findUpload(ports, caller.tenantId, params.uploadId),
  handle: async (ports, { found }) => detailAnswer(ports, found),
});
