import { timestamp } from '../../../core/clock.ts';
import { findApiKey, revokeApiKey as revoke } from '../../../core/keys.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { keyView } from './key-views.ts';
import { revokeApiKeyRoute } from './routes/keys.ts';

export const revokeApiKey = endpoint(revokeApiKeyRoute, {
  find: (ports: Pick<Ports, 'store' | 'clock'>, { caller, params }) => findApiKey(ports, caller.tenantId, params.keyId),
  handle: async (ports, { found, once }) => {
    const revoked = await revoke(ports, found, once.commit({ status: 200, ids: { keyId: found.keyId } }));
    return answer(200, keyView(revoked, timestamp(ports.clock.now())));
  },
  replay: async (ports, { found }) => answer(200, keyView(found, timestamp(ports.clock.now()))),
});
