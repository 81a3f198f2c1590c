import { timestamp } from '../../../core/clock.ts';
import { findApiKey, renameApiKey as rename } from '../../../core/keys.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { keyView } from './key-views.ts';
import { renameApiKeyRoute } from './routes/keys.ts';

export const renameApiKey = endpoint(renameApiKeyRoute, {
  find: (ports: Pick<Ports, 'store' | 'clock'>, { caller, params }) => findApiKey(ports, caller.tenantId, params.keyId),
  handle: async (ports, { found, body, once }) => {
    const renamed = await rename(ports, found, body.name, once.commit({ status: 200, ids: { keyId: found.keyId } }));
    return answer(200, keyView(renamed, timestamp(ports.clock.now())));
  },
  replay: async (ports, { found }) => answer(200, keyView(found, timestamp(ports.clock.now()))),
});
