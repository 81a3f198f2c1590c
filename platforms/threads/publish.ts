import type { SequelWork, Work } from '../../core/ports/index.ts';
import { containerConnector, containerSequels, photosOrCarousel, type ContainerParts } from '../containers.ts';
import { carried, sequelText } from '../sequels.ts';
import { photosOf, videoOf } from '../work.ts';
import { names } from './client.ts';
import { CAP_REACHED, EXPIRED, failureOf } from './errors.ts';
import { optionsOf, textsOf } from './rules.ts';

/** Seconds until the first look, as the page advises for a video; photos and texts are mostly finished at once. */
const FIRST_LOOK = { video: 30, other: 5 } as const;

const network = { ...names, failureOf, expired: EXPIRED, capReached: CAP_REACHED };

export const connector = containerConnector({ ...network, partsOf, captionOf: (work) => textsOf(work).post }, (work) => carried(textsOf(work)));

/** The parts of a thread after the first, and the first comment: each is a text that answers the one before. */
export const sequels = containerSequels({ ...network, partsOf: answerOf, captionOf: sequelText, answers: ({ sequel }) => sequel.before.externalId });

function answerOf(work: SequelWork): ContainerParts {
  const fields = { media_type: 'TEXT', text: sequelText(work), reply_to_id: work.sequel.before.externalId };
  return { children: [], post: { fields }, firstLook: FIRST_LOOK.other };
}

/** A text, a video and a single photo have one container; several photos have one each, and a carousel of them. */
export function partsOf(work: Work): ContainerParts {
  const { upload } = work;
  const { replyControl, topicTag, link, altTexts } = optionsOf(work);
  const common = {
    text: textsOf(work).post,
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
