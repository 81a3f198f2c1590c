import type { Work } from '../../core/ports/index.ts';
import { videoOf } from '../work.ts';
import { optionsOf, privacyOf } from './rules.ts';

/** People and Blogs. The reference names no default for a new video; this is the one of its examples. */
const DEFAULT_CATEGORY = '22';

/** The resource that `videos.insert` gets. What the client did not say about its audience is left to the channel's settings. */
export function videoResource(work: Work): { readonly metadata: object; readonly notifySubscribers: boolean } {
  const options = optionsOf(work);
  const { title, description } = work.upload;
  return {
    metadata: {
      snippet: {
        title,
        description: description ?? '',
        categoryId: options.categoryId ?? DEFAULT_CATEGORY,
        tags: options.tags,
        defaultLanguage: options.defaultLanguage,
        defaultAudioLanguage: options.defaultAudioLanguage,
      },
      status: {
        privacyStatus: privacyOf(options),
        publishAt: options.publishAt,
        selfDeclaredMadeForKids: options.madeForKids,
        containsSyntheticMedia: options.containsSyntheticMedia,
        license: options.license,
        embeddable: options.embeddable,
      },
    },
    notifySubscribers: options.notifySubscribers ?? true,
  };
}

/** The media type under which the video's bytes are sent: YouTube takes `video/*`, and otherwise bytes of no named kind. */
export function typeOf(work: Work): string {
  const { contentType } = videoOf(work);
  return contentType.startsWith('video/') ? contentType : 'application/octet-stream';
}
