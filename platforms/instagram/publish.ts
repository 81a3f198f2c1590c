import type { Connector, Work } from '../../core/ports/index.ts';
import { attachmentOf } from '../attachments.ts';
import { containerConnector, photosOrCarousel, type ContainerParts } from '../containers.ts';
import { carried } from '../sequels.ts';
import { captionOf } from '../text.ts';
import { photosOf, videoOf } from '../work.ts';
import { asLinked, refreshByPage, termsOf } from './by-page.ts';
import { names } from './client.ts';
import { CAP_REACHED, EXPIRED, failureOf } from './errors.ts';
import { optionsOf } from './rules.ts';

/** Seconds. The guide asks to look once a minute; the first look comes sooner, since a small file is ready then. */
const FIRST_LOOK = 5;

const container = containerConnector(
  { ...names, partsOf, captionOf: ({ upload }) => captionOf(upload), failureOf, expired: EXPIRED, capReached: CAP_REACHED },
  (work) => carried({ comment: optionsOf(work).firstComment }),
);

/** Of an account that was linked in either way. */
export const connector = {
  ...container,
  transfer: async (work, tools) => container.transfer(work, await asLinked(tools)),
  publish: async (work, body, tools) => container.publish(work, body, await asLinked(tools)),
  confirm: async (work, body, attempt, tools) => container.confirm(work, body, attempt, await asLinked(tools)),
  decorate: async (work, receipt, tools) => container.decorate(work, receipt, await asLinked(tools)),
  accountLimits: { ...container.accountLimits, read: async (account, tools) => container.accountLimits.read(account, await asLinked(tools)) },
  refresh: (tokens, tools) => (tokens.binding === undefined ? container.refresh(tokens, tools) : refreshByPage(tokens, tokens.binding, tools)),
  termsOf,
} satisfies Partial<Connector>;

/** A reel and a single photo have one container, which takes the file; several photos have one each, and a carousel of them. */
export function partsOf(work: Work): ContainerParts {
  const { collaborators, locationId, altTexts } = optionsOf(work);
  const common = {
    caption: captionOf(work.upload),
    ...(collaborators !== undefined && { collaborators: JSON.stringify(collaborators) }),
    ...(locationId !== undefined && { location_id: locationId }),
  };
  if (work.upload.kind === 'video') {
    const file = { name: 'video_url', media: videoOf(work) };
    const { cover } = optionsOf(work);
    const pictured = cover === undefined ? {} : { cover: { name: 'cover_url', media: attachmentOf(work, cover) } };
    return { children: [], post: { fields: { ...common, ...reelFields(work) }, file, ...pictured }, firstLook: FIRST_LOOK };
  }

  // A photo names no media type.
  const photos = photosOf(work).map((media, index) => {
    const altText = altTexts?.[index];
    return { fields: altText === undefined ? {} : { alt_text: altText }, file: { name: 'image_url', media } };
  });
  return { ...photosOrCarousel(photos, common), firstLook: FIRST_LOOK };
}

function reelFields(work: Work): Readonly<Record<string, string>> {
  const { shareToFeed = true, cover, thumbOffset, audioName } = optionsOf(work);
  return {
    media_type: 'REELS',
    share_to_feed: String(shareToFeed),
    ...(thumbOffset !== undefined && cover === undefined && { thumb_offset: String(thumbOffset) }),
    ...(audioName !== undefined && { audio_name: audioName }),
  };
}
