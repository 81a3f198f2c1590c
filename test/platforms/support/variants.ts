import { facebook } from '../../../platforms/facebook/index.ts';
import { linkedin } from '../../../platforms/linkedin/index.ts';
import type { Platform } from '../../../platforms/platform.ts';
import { tiktok } from '../../../platforms/tiktok/index.ts';
import { reddit } from '../../../platforms/reddit/index.ts';
import { SCOPES } from '../../../sandbox/linkedin/accounts.ts';
import { youtube } from '../../../platforms/youtube/index.ts';
import { makeMp4 } from '../../sandbox/make-mp4.ts';
import { cover, english, german } from './attached.ts';
import type { StageOptions } from './stage.ts';

/** An upload that takes another way through a connector than the usual one of its kind. */
export interface Variant {
  readonly platform: Platform;
  readonly what: string;
  readonly options: Pick<StageOptions, 'kind' | 'file' | 'photos' | 'upload' | 'scopes' | 'attached'>;
}

const MiB = 1024 * 1024;

const YOUTUBE_EXTRAS = {
  thumbnail: cover.mediaId,
  captions: [
    { language: 'en', file: english.mediaId },
    { language: 'de', name: 'Untertitel', file: german.mediaId },
  ],
};

/** Swept beside every kind of every network. */
export const variants: readonly Variant[] = [
  {
    platform: youtube,
    what: 'a video with a thumbnail and captions',
    options: { attached: [cover, english, german], upload: { options: { youtube: YOUTUBE_EXTRAS } } },
  },
  // The last chunk of which is the visible call, after others.
  { platform: tiktok, what: 'a video of two chunks', options: { file: makeMp4({ size: 10 * MiB }) } },
  // Not a reel: it is pushed, here in two slices.
  { platform: facebook, what: 'a landscape video', options: { file: makeMp4({ width: 1280, height: 720, size: 1.5 * MiB }) } },
  // Nobody can read what a member has posted.
  { platform: linkedin, what: "a member's text", options: { kind: 'text', scopes: [SCOPES.member] } },
  // No gallery: it is made later, and nobody says under which id.
  { platform: reddit, what: 'a photo alone', options: { kind: 'photos', photos: 1 } },
];
