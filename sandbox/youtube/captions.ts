import { createHash } from 'node:crypto';
import * as z from 'zod';
import { json } from '../http.ts';
import { readCaptions } from '../media/captions.ts';
import { relatedParts } from '../multipart.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import { SCOPES, type Accounts, type Channel } from './accounts.ts';
import { refuse } from './errors.ts';
import { parseParts, requireKnown } from './parameters.ts';
import type { Quota } from './quota.ts';
import { withEtag } from './resource.ts';
import type { Video, Videos } from './videos.ts';

/** Units that a look costs, and a new file (their references); bytes of a file, characters of its name. */
const LIST_COST = 50;
const INSERT_COST = 400;
const SIZE_MAX = 100_000_000;
const NAME_MAX = 150;

const DOMAIN = 'youtube.caption';

const insertSchema = z.strictObject({
  snippet: z.strictObject({
    videoId: z.string().min(1),
    language: z.string().regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/),
    name: z.string(),
    isDraft: z.boolean().optional(),
  }),
});

interface Track {
  readonly id: string;
  readonly videoId: string;
  readonly language: string;
  readonly name: string;
  readonly sha256: string;
  readonly isDraft: boolean;
  readonly addedAt: Date;
}

/** Caption files of videos. */
export interface Captions {
  /** `GET /youtube/v3/captions?part=&videoId=`. */
  list(call: Call): Answer;
  /** `POST /upload/youtube/v3/captions?uploadType=multipart&part=snippet`: one of a language and name. */
  insert(call: Call): Answer;
  of(videoId: string): NonNullable<Post['captions']>;
  clear(): void;
}

export interface CaptionParts {
  readonly world: World;
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly quota: Quota;
}

export function createCaptions({ world, accounts, videos, quota }: CaptionParts): Captions {
  const tracks: Track[] = [];
  const tracksOf = (videoId: string): readonly Track[] => tracks.filter((track) => track.videoId === videoId);

  function videoOf(videoId: string, channel: Channel): Video {
    const video = videos.get(videoId);
    if (video === undefined) throw refuse(404, 'videoNotFound', 'There is no such video.', DOMAIN);
    if (video.channelId !== channel.channelId) throw refuse(403, 'forbidden', 'The video belongs to another channel.', DOMAIN);
    return video;
  }

  return {
    list(call) {
      requireKnown(call.query, ['part', 'videoId', 'alt', 'prettyPrint']);
      const channel = accounts.authorise(call, [SCOPES.forceSsl]);
      const parts = parseParts(call.query, ['id', 'snippet']);
      const video = videoOf(call.query.get('videoId') ?? '', channel);
      quota.spend(LIST_COST);
      return json(200, withEtag({ kind: 'youtube#captionListResponse', items: tracksOf(video.id).map((track) => resource(track, parts)) }));
    },

    insert(call) {
      requireKnown(call.query, ['part', 'uploadType', 'alt', 'prettyPrint']);
      const channel = accounts.authorise(call, [SCOPES.forceSsl]);
      const parts = parseParts(call.query, ['id', 'snippet']);
      if (call.query.get('uploadType') !== 'multipart') throw refuse(400, 'badRequest', 'Only uploadType=multipart is known here.', 'global');
      const [head, file, ...more] = relatedParts(call) ?? [];
      if (head === undefined || file === undefined || more.length > 0 || !/^application\/json(?:;|$)/.test(head.contentType)) {
        throw refuse(400, 'badContent', 'The body has a part of JSON, then one with the file.', 'global');
      }
      const { videoId, language, name, isDraft = false } = parsed(head.bytes).snippet;
      const video = videoOf(videoId, channel);
      if (Array.from(name).length > NAME_MAX) throw refuse(400, 'nameTooLong', `The name has more than ${NAME_MAX} characters.`, DOMAIN);
      if (file.bytes.byteLength === 0) throw refuse(400, 'contentRequired', 'The file has no bytes.', DOMAIN);
      if (file.bytes.byteLength > SIZE_MAX || readCaptions(file.bytes) === null) throw refuse(400, 'invalidMetadata', 'The captions cannot be read.', DOMAIN);
      if (tracksOf(videoId).some((track) => track.language === language && track.name === name)) {
        throw refuse(409, 'captionExists', 'The video has captions of this language and name.', DOMAIN);
      }
      quota.spend(INSERT_COST);
      const sha256 = createHash('sha256').update(file.bytes).digest('hex');
      const track: Track = { id: `AUieDa${randomText(38)}`, videoId: video.id, language, name, sha256, isDraft, addedAt: world.clock.now() };
      tracks.push(track);
      return json(200, resource(track, parts));
    },

    of: (videoId) => tracksOf(videoId).filter(({ isDraft }) => !isDraft).map(({ language, name, sha256 }) => ({ language, name, sha256 })),
    clear: () => void tracks.splice(0),
  };
}

function parsed(bytes: Uint8Array): z.output<typeof insertSchema> {
  const found = insertSchema.safeParse(jsonOf(bytes));
  if (!found.success) throw refuse(400, 'invalidMetadata', z.prettifyError(found.error), DOMAIN);
  return found.data;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function resource({ id, videoId, language, name, isDraft, addedAt }: Track, parts: readonly string[]): Record<string, unknown> {
  const snippet = {
    videoId,
    lastUpdated: addedAt.toISOString(),
    trackKind: 'standard',
    language,
    name,
    audioTrackType: 'unknown',
    isCC: false,
    isLarge: false,
    isEasyReader: false,
    isDraft,
    isAutoSynced: false,
    status: 'serving',
  };
  return withEtag({ kind: 'youtube#caption', id, ...(parts.includes('snippet') && { snippet }) });
}
