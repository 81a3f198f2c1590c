import type { Linkable } from '../../core/linking/ports.ts';
import { linkings } from '../../platforms/linkings.ts';
import type { Platform } from '../../platforms/platform.ts';

/** Those of these networks whose accounts can be linked. */
export function linkableOf(platforms: readonly Pick<Platform, 'network' | 'title'>[]): Linkable {
  const byName = new Map(
    platforms.flatMap(({ network, title }) => {
      const linking = linkings[network];
      return linking === undefined ? [] : [[network, { title, linking }] as const];
    }),
  );
  return (network) => byName.get(network);
}
