import type { Linkable } from '../../core/linking/ports.ts';
import type { Platform } from '../../platforms/platform.ts';

/** The networks of this release whose accounts can be linked. */
export function linkableOf(platforms: readonly Platform[]): Linkable {
  const byName = new Map(platforms.flatMap(({ network, title, linking }) => (linking === undefined ? [] : [[network, { title, linking }] as const])));
  return (network) => byName.get(network);
}
