import type { Ports } from '../../../core/ports/index.ts';
import { withAvailability } from '../../../core/publishing/availability.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import type { NetworkView } from './network-views.ts';
import { listNetworksRoute } from './routes/networks.ts';

export interface NetworksPorts extends Pick<Ports, 'store' | 'clock'> {
  readonly networkViews: readonly NetworkView[];
}

export const listNetworks = endpoint(listNetworksRoute, {
  handle: async (ports: NetworksPorts, { caller }) => answer(200, { items: [...(await withAvailability(ports, caller.tenantId, ports.networkViews))] }),
});
