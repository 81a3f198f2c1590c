import type { Linking } from '../core/ports/index.ts';
import type { Network } from '../core/model.ts';
import { linking as bluesky } from './bluesky/link.ts';
import { linking as facebook } from './facebook/link.ts';
import { linking as instagram } from './instagram/link.ts';
import { linking as linkedin } from './linkedin/link.ts';
import { linking as pinterest } from './pinterest/link.ts';
import { linking as reddit } from './reddit/link.ts';
import { linking as threads } from './threads/link.ts';
import { linking as tiktok } from './tiktok/link.ts';
import { linking as x } from './x/link.ts';
import { linking as youtube } from './youtube/link.ts';

/**
 * How accounts of each network are linked: its `link.ts`, and a line in this list. It stands beside `registry.ts`, so that functions
 * which link nothing need not carry it.
 */
export const linkings: Readonly<Partial<Record<Network, Linking>>> = { bluesky, facebook, instagram, linkedin, pinterest, reddit, threads, tiktok, x, youtube };

/** How accounts of a network of this release are linked. Throws for any other. */
export function linkingOf(network: Network): Linking {
  const linking = linkings[network];
  if (linking === undefined) throw new Error(`This release has no network "${network}".`);
  return linking;
}
