import { facebook } from '../../../platforms/facebook/index.ts';
import { bluesky } from '../../../platforms/bluesky/index.ts';
import { instagram } from '../../../platforms/instagram/index.ts';
import { pinterest } from '../../../platforms/pinterest/index.ts';
import { linkedin } from '../../../platforms/linkedin/index.ts';
import type { Platform } from '../../../platforms/platform.ts';
import { tiktok } from '../../../platforms/tiktok/index.ts';
import { reddit } from '../../../platforms/reddit/index.ts';
import { SCOPES } from '../../../sandbox/linkedin/accounts.ts';
import { youtube } from '../../../platforms/youtube/index.ts';
import { makeMp4 } from '../../sandbox/make-mp4.ts';
import type { Post } from '../../../sandbox/stand-in.ts';
import { cover, english, french, german, sha256 } from './attached.ts';
import type { StageOptions } from './stage.ts';

/** An upload that takes another way through a connector than the usual one of its kind. */
export interface Variant {
  readonly platform: Platform;
  readonly what: string;
  readonly options: Pick<StageOptions, 'kind' | 'file' | 'photos' | 'upload' | 'scopes' | 'attached' | 'byConsent'>;
  /** What the post shows of the files that its options name. */
  readonly shown?: Pick<Post, 'coverSha256' | 'captions'>;
}

const MiB = 1024 * 1024;

const YOUTUBE_EXTRAS = {
  thumbnail: cover.mediaId,
  captions: [
    { language: 'en', file: english.mediaId },
    { language: 'de', name: 'Untertitel', file: german.mediaId },
  ],
};

const COVERED = { coverSha256: sha256(cover.bytes) };

/** Swept beside every kind of every network. */
export const variants: readonly Variant[] = [
  {
    platform: youtube,
    what: 'a video with a thumbnail and captions',
    options: { attached: [cover, english, german], upload: { options: { youtube: YOUTUBE_EXTRAS } } },
    shown: {
      ...COVERED,
      captions: [
        { language: 'en', name: '', sha256: sha256(english.bytes) },
        { language: 'de', name: 'Untertitel', sha256: sha256(german.bytes) },
      ],
    },
  },
  { platform: instagram, what: 'a reel with a cover', options: { attached: [cover], upload: { options: { instagram: { cover: cover.mediaId, thumbOffset: 500 } } } }, shown: COVERED },
  { platform: pinterest, what: 'a video with a cover', options: { attached: [cover], upload: { options: { pinterest: { cover: cover.mediaId } } } }, shown: COVERED },
  { platform: linkedin, what: 'a video with a thumbnail', options: { attached: [cover], upload: { options: { linkedin: { thumbnail: cover.mediaId } } } }, shown: COVERED },
  {
    platform: bluesky,
    what: 'a video with captions',
    options: { attached: [english, french], upload: { options: { bluesky: { captions: [english, french].map(({ mediaId }, n) => ({ lang: n === 0 ? 'en' : 'fr', file: mediaId })) } } } },
    shown: { captions: [{ language: 'en', name: '', sha256: sha256(english.bytes) }, { language: 'fr', name: '', sha256: sha256(french.bytes) }] },
  },
  // Tokens that are bound to a key, with which every call is proved.
  { platform: bluesky, what: 'a text by consent', options: { kind: 'text', byConsent: {} } },
  { platform: bluesky, what: 'photos by consent', options: { kind: 'photos', byConsent: {} } },
  // By the token of a page, at another host.
  { platform: instagram, what: 'a reel of an account that belongs to a page', options: { byConsent: { login: 'facebook' } } },
  // The last chunk of which is the visible call, after others.
  { platform: tiktok, what: 'a video of two chunks', options: { file: makeMp4({ size: 10 * MiB }) } },
  // Not a reel: it is pushed, here in two slices.
  { platform: facebook, what: 'a landscape video', options: { file: makeMp4({ width: 1280, height: 720, size: 1.5 * MiB }) } },
  // Nobody can read what a member has posted.
  { platform: linkedin, what: "a member's text", options: { kind: 'text', scopes: [SCOPES.member] } },
  // No gallery: it is made later, and nobody says under which id.
  { platform: reddit, what: 'a photo alone', options: { kind: 'photos', photos: 1 } },
];
