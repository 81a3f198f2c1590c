import { createHash } from 'node:crypto';
import { json, mediaType } from '../http.ts';
import { readPicture } from '../media/picture.ts';
import type { Answer, Call } from '../stand-in.ts';
import { SCOPES, type Accounts } from './accounts.ts';
import { refuse } from './errors.ts';
import { requireKnown } from './parameters.ts';
import type { Quota } from './quota.ts';
import { withEtag } from './resource.ts';
import type { Videos } from './videos.ts';

/** Bytes that one may have, and units that setting it costs (its reference). */
const SIZE_MAX = 2_000_000;
const COST = 50;
/** Pixels, as the help pages ask. Whether the API refuses a smaller one is not sure: so clients hear of it afterwards only. */
const WIDTH_MIN = 640;

const TYPES = ['image/jpeg', 'image/png', 'application/octet-stream'];

const DOMAIN = 'youtube.thumbnail';

/** Pictures that stand for videos. Only channels that were verified by phone may have their own. */
export interface Thumbnails {
  /** `POST /upload/youtube/v3/thumbnails/set?videoId=`: takes the place of the one before. */
  set(call: Call): Answer;
  clear(): void;
  /** Lower-case hex of what stands for a video; undefined: what YouTube takes out of it by itself. */
  sha256Of(videoId: string): string | undefined;
}

export function createThumbnails({ accounts, videos, quota }: { readonly accounts: Accounts; readonly videos: Videos; readonly quota: Quota }): Thumbnails {
  const pictures = new Map<string, string>();
  return {
    set(call) {
      requireKnown(call.query, ['videoId', 'uploadType', 'alt', 'prettyPrint']);
      const channel = accounts.authorise(call, [SCOPES.upload, SCOPES.full, SCOPES.forceSsl]);
      if (call.query.get('uploadType') !== 'media') throw refuse(400, 'badRequest', 'Only uploadType=media is known here.', 'global');
      if (!TYPES.includes(mediaType(call))) throw refuse(400, 'badContent', `The picture is not sent as one of ${TYPES.join(', ')}.`, 'global');
      if (call.body.byteLength === 0) throw refuse(400, 'mediaBodyRequired', 'The request has no picture.', DOMAIN);
      if (call.body.byteLength > SIZE_MAX) throw refuse(413, 'uploadTooLarge', `The picture has more than ${SIZE_MAX} bytes.`, 'global');
      const videoId = call.query.get('videoId') ?? '';
      const video = videos.get(videoId);
      if (video === undefined) throw refuse(404, 'videoNotFound', 'There is no such video.', DOMAIN);
      if (video.channelId !== channel.channelId) throw refuse(403, 'forbidden', 'The video belongs to another channel.', DOMAIN);
      if (!accounts.isVerified(channel)) throw refuse(403, 'forbidden', "The authenticated user doesn't have permissions to upload and set custom video thumbnails.", DOMAIN);
      const picture = readPicture(call.body);
      if (picture === null || picture.format === 'webp' || picture.width < WIDTH_MIN) throw refuse(400, 'invalidImage', `The picture cannot be read, or is not ${WIDTH_MIN} pixels wide.`, DOMAIN);
      quota.spend(COST);
      pictures.set(videoId, createHash('sha256').update(call.body).digest('hex'));
      const { width, height } = picture;
      const item = { default: { url: `https://i.ytimg.com/vi/${videoId}/default.jpg`, width: Math.min(width, 120), height: Math.min(height, 90) } };
      return json(200, withEtag({ kind: 'youtube#thumbnailSetResponse', items: [item] }));
    },
    clear: () => pictures.clear(),
    sha256Of: (videoId) => pictures.get(videoId),
  };
}
