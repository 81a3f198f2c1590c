import { bluesky } from './bluesky/index.ts';
import { facebook } from './facebook/index.ts';
import { instagram } from './instagram/index.ts';
import { linkedin } from './linkedin/index.ts';
import { pinterest } from './pinterest/index.ts';
import type { Platform } from './platform.ts';
import { reddit } from './reddit/index.ts';
import { threads } from './threads/index.ts';
import { tiktok } from './tiktok/index.ts';
import { x } from './x/index.ts';
import { youtube } from './youtube/index.ts';

/** Every network of this release: a folder here and a line in this list. */
export const platforms: readonly Platform[] = [youtube, tiktok, instagram, facebook, bluesky, x, linkedin, threads, pinterest, reddit];
