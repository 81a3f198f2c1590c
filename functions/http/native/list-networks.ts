import type * as z from 'zod';
import { answer, endpoint } from '../../common/endpoint.ts';
import { listNetworksRoute } from './routes/networks.ts';
import type { shownNetwork } from './schemas/networks.ts';

/** What showing the networks needs: they are the same for everybody. */
export interface NetworksPorts {
  readonly networkViews: readonly z.input<typeof shownNetwork>[];
}

export const listNetworks = endpoint(listNetworksRoute, {
  handle: async ({ networkViews }: NetworksPorts) => answer(200, { items: [...networkViews] }),
});
