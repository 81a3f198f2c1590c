import { timestamp } from '../../../core/clock.ts';
import { findMedia } from '../../../core/media/read.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { getMediaRoute } from './routes/uploads-read.ts';
import { storedMediaView } from './views.ts';

export const getMedia = endpoint(getMediaRoute, {
  find: (ports: Pick<Ports, 'store' | 'clock'>, { caller, params }) => findMedia(ports, caller.tenantId, params.mediaId),
  handle: async ({ clock }, { found }) => answer(200, storedMediaView(found, timestamp(clock.now()))),
});
