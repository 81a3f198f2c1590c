import type { Work } from '../../core/ports/index.ts';
import { containerConnector, photosOrCarousel, type ContainerParts } from '../containers.ts';
import { captionOf } from '../text.ts';
import { photosOf, videoOf } from '../work.ts';
import { names } from './client.ts';
import { CAP_REACHED, EXPIRED, failureOf } from './errors.ts';
import { optionsOf } from './rules.ts';

/** Seconds until the first look, as the page advises for a video; photos and texts are mostly finished at once. */
const FIRST_LOOK = { video: 30, other: 5 } as const;

export const connector = containerConnector({ ...names, partsOf, captionOf: ({ upload }) => captionOf(upload), followedBy: () => ({}), failureOf, expired: EXPIRED, capReached: CAP_REACHED });

/** A text, a video and a single photo have one container; several photos have one each, and a carousel of them. */
export function partsOf(work: Work): ContainerParts {
  const { upload } = work;
  const { replyControl, topicTag, link, altTexts } = optionsOf(work);
  const common = {
    text: captionOf(upload),
    ...(replyControl !== undefined && { reply_control: replyControl }),
    ...(topicTag !== undefined && { topic_tag: topicTag }),
  };
  const altText = (index: number): Readonly<Record<string, string>> => {
    const said = altTexts?.[index];
    return said === undefined ? {} : { alt_text: said };
  };
  switch (upload.kind) {
    case 'text':
      return {
        children: [],
        post: { fields: { ...common, media_type: 'TEXT', ...(link !== undefined && { link_attachment: link }) } },
        firstLook: FIRST_LOOK.other,
      };
    case 'video': {
      const file = { name: 'video_url', media: videoOf(work) };
      return { children: [], post: { fields: { ...common, ...altText(0), media_type: 'VIDEO' }, file }, firstLook: FIRST_LOOK.video };
    }
    case 'photos': {
      const photos = photosOf(work).map((media, index) => ({
        fields: { ...altText(index), media_type: 'IMAGE' },
        file: { name: 'image_url', media },
      }));
      return { ...photosOrCarousel(photos, common), firstLook: FIRST_LOOK.other };
    }
  }
}
