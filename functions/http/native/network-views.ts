import type * as z from 'zod';
import type { Network } from '../../../core/model.ts';
import type { Platform } from '../../../platforms/platform.ts';
import type { shownNetwork } from './schemas/networks.ts';

export interface NetworkFacts {
  /** Whether the operator has an app there. */
  readonly isConfigured: (network: Network) => boolean;
  /** The JSON Schema of each network's options (`bin/options-json.ts`). */
  readonly options: Readonly<Record<Network, Readonly<Record<string, unknown>>>>;
}

type Shown = z.input<typeof shownNetwork>;

/** What the API says of each network of this release, the same for everybody. */
export type NetworkView = Omit<Shown, 'availability'>;

export function networkViews(platforms: readonly Platform[], { isConfigured, options }: NetworkFacts): readonly NetworkView[] {
  return platforms.map(({ network, title, kinds, limits, caps }) => ({
    network,
    title,
    configured: isConfigured(network),
    kinds: [...kinds],
    limits: limits.map(({ kind, check, limit, unit, only, source }) => {
      return { rule: `${network}.${kind}.${check}`, kind, limit: typeof limit === 'number' ? limit : [...limit], unit, only, source: source.page, confidence: source.confidence };
    }),
    caps: caps.map(({ check, source, ...cap }) => ({ cap: `${network}.${check}`, ...cap, source: source.page, confidence: source.confidence })),
    options: { ...options[network] },
  }));
}
