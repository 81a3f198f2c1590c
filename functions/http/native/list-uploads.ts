import { timestamp } from '../../../core/clock.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { listUploads as list } from '../../../core/uploads/list.ts';
import { answer, endpoint, type Call } from '../../common/endpoint.ts';
import { listApiUploadsRoute, listUploadsRoute } from './routes/uploads-read.ts';
import { listedUploadView } from './views.ts';

async function handle(ports: Pick<Ports, 'store' | 'clock'>, { caller, query }: Pick<Call<typeof listUploadsRoute>, 'caller' | 'query'>) {
  const { cursor, page = 1, pageSize, status = null, accountId = null, network = null, text = null, from = null, to = null } = query;
  const at = cursor === undefined ? { page } : { cursor };
  const filters = { status, accountId, network, text, from, to };
  const { uploads, nextCursor, total } = await list(ports, caller.tenantId, { ...filters, pageSize, at });
  const now = timestamp(ports.clock.now());
  const items = uploads.map((record) => listedUploadView(record, now));
  return answer(200, { items, page: cursor === undefined ? page : null, pageSize, total, nextCursor });
}

export const listUploads = endpoint(listUploadsRoute, { handle });
export const listApiUploads = endpoint(listApiUploadsRoute, { handle });
