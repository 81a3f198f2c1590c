import { timestamp } from '../../../core/clock.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { keyView } from './key-views.ts';
import { listApiKeysRoute } from './routes/keys.ts';

export const listApiKeys = endpoint(listApiKeysRoute, {
  handle: async (ports: Pick<Ports, 'store' | 'clock'>, { caller }) => {
    const keys = await ports.store.listApiKeys(caller.tenantId);
    const now = timestamp(ports.clock.now());
    return answer(200, { items: keys.map((key) => keyView(key, now)) });
  },
});
