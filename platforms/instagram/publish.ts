import type { Work } from '../../core/ports/index.ts';
import { containerConnector, type ContainerParts } from '../containers.ts';
import { videoOf } from '../work.ts';
import { names } from './client.ts';
import { CAP_REACHED, EXPIRED, failureOf } from './errors.ts';
import { captionOf, optionsOf } from './rules.ts';

/** Seconds. The guide asks to look once a minute; the first look comes sooner, since a small file is ready then. */
const FIRST_LOOK = 5;

export const connector = containerConnector({ ...names, partsOf, captionOf, failureOf, expired: EXPIRED, capReached: CAP_REACHED });

/** A reel has one container, which takes its file. */
export function partsOf(work: Work): ContainerParts {
  const { shareToFeed = true, thumbOffset, collaborators, locationId, audioName } = optionsOf(work);
  const fields = {
    media_type: 'REELS',
    caption: captionOf(work.upload),
    share_to_feed: String(shareToFeed),
    ...(thumbOffset !== undefined && { thumb_offset: String(thumbOffset) }),
    ...(collaborators !== undefined && { collaborators: JSON.stringify(collaborators) }),
    ...(locationId !== undefined && { location_id: locationId }),
    ...(audioName !== undefined && { audio_name: audioName }),
  };
  return { children: [], post: { fields, file: { name: 'video_url', media: videoOf(work) } }, firstLook: FIRST_LOOK };
}
