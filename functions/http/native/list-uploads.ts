import { timestamp } from '../../../core/clock.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { listUploads as list } from '../../../core/uploads/read.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { listUploadsRoute } from './routes/uploads-read.ts';
import { listedUploadView } from './views.ts';

export const listUploads = endpoint(listUploadsRoute, {
  handle: async (ports: Pick<Ports, 'store' | 'clock'>, { caller, query }) => {
  const { page, pageSize, status = null, accountId = null, from = null, to = null } = query;
  const { uploads, total } = await list(ports, caller.tenantId, { page, pageSize, status, accountId, from, to });
  const now = timestamp(ports.clock.now());
  return answer(200, { items: uploads.map((record) => listedUploadView(record, now)), page, pageSize, total });
  },
});
