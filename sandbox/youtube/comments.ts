import * as z from 'zod';
import { timestamp } from '../../core/clock.ts';
import { json, mediaType } from '../http.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import { SCOPES, type Accounts, type Channel } from './accounts.ts';
import { refuse } from './errors.ts';
import { parseNumber, parseParts, requireKnown } from './parameters.ts';
import type { Quota } from './quota.ts';
import { pageOf } from './read.ts';
import { withEtag } from './resource.ts';
import type { Video, Videos } from './videos.ts';

interface Comment {
  readonly id: string;
  readonly channel: Channel;
  readonly video: Video;
  readonly text: string;
  readonly createdAt: Date;
}

/** Comments under videos; answers to comments are not known here. */
export interface Comments {
  /** `POST /youtube/v3/commentThreads?part=snippet`: the visible call. */
  insert(call: Call): Answer;
  /** `GET /youtube/v3/commentThreads?part=&videoId=`, newest first. */
  list(call: Call): Answer;
  posts(): readonly Post[];
  clear(): void;
}

/** Units that a comment costs (its reference). */
const COST = 50;

/** The reference says that there is a limit; the number is that of the site. UTF-16 units, the narrower reading. Unsure. */
const TEXT_MAX = 10_000;

const PARTS = ['id', 'snippet', 'replies'];

const commentSchema = z.strictObject({
  snippet: z.strictObject({
    channelId: z.string().optional(),
    videoId: z.string().optional(),
    topLevelComment: z.strictObject({ snippet: z.strictObject({ textOriginal: z.string().optional() }) }),
  }),
});

const DOMAIN = 'youtube.commentThread';

export interface Parts {
  readonly world: World;
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly quota: Quota;
}

export function createComments({ world, accounts, videos, quota }: Parts): Comments {
  const comments: Comment[] = [];

  /** A video under which comments can stand. The site has none under private videos and those that are made for children. */
  function commentable(videoId: string, channel: Channel): Video {
    const video = videos.get(videoId);
    const isPrivate = video !== undefined && videos.privacy(video) === 'private';
    if (video === undefined || (isPrivate && video.channelId !== channel.channelId)) throw refuse(404, 'videoNotFound', 'There is no such video.', DOMAIN);
    // The reference names the reason for lists, and for a new comment no better one.
    if (isPrivate || video.metadata.selfDeclaredMadeForKids) throw refuse(403, 'commentsDisabled', 'The video has comments turned off.', DOMAIN);
    return video;
  }

  return {
    insert(call) {
      const channel = accounts.authorise(call, [SCOPES.forceSsl]);
      requireKnown(call.query, ['part', 'alt', 'prettyPrint']);
      const parts = parseParts(call.query, PARTS);
      const { channelId, videoId, topLevelComment } = parse(call);
      const text = topLevelComment.snippet.textOriginal ?? '';
      // Both are asked for, says the reference; the channel is that of the video.
      if (videoId === undefined || channelId === undefined) throw refuse(400, 'channelOrVideoIdMissing', 'A comment names the video and its channel.', DOMAIN);
      if (text.trim() === '') throw refuse(400, 'commentTextRequired', 'A comment cannot be empty.', DOMAIN);
      if (text.length > TEXT_MAX) throw refuse(400, 'commentTextTooLong', 'The comment is too long.', DOMAIN);
      const video = commentable(videoId, channel);
      if (video.channelId !== channelId) throw refuse(404, 'channelNotFound', 'There is no such channel.', DOMAIN);
      quota.spend(COST);
      const comment = { id: `Ug${randomText(22)}AaABAg`, channel, video, text, createdAt: world.clock.now() };
      comments.push(comment);
      return json(200, thread(comment, parts));
    },

    list(call) {
      const channel = accounts.authorise(call, [SCOPES.forceSsl]);
      requireKnown(call.query, ['part', 'videoId', 'order', 'maxResults', 'pageToken', 'textFormat', 'alt', 'prettyPrint']);
      const parts = parseParts(call.query, PARTS);
      const videoId = call.query.get('videoId') ?? '';
      if (videoId === '') throw refuse(400, 'missingRequiredParameter', 'No filter: videoId is the one known here.', 'youtube.parameter');
      for (const [name, values] of Object.entries({ order: ['time', 'relevance'], textFormat: ['html', 'plainText'] })) {
        if (!values.includes(call.query.get(name) ?? values[0] ?? '')) throw refuse(400, 'invalidParameter', `${name} is ${values.join(' or ')}.`, 'youtube.parameter');
      }
      const perPage = parseNumber(call.query, 'maxResults', { min: 1, max: 100, otherwise: 20 });
      const video = commentable(videoId, channel);
      quota.spend();
      const newestFirst = comments.filter((comment) => comment.video.id === video.id).toReversed();
      return pageOf('youtube#commentThreadListResponse', newestFirst, { call, perPage }, (comment) => thread(comment, parts));
    },

    posts: () =>
      comments.map(({ id, channel, video, text, createdAt }) => ({
        id,
        accountId: channel.channelId,
        kind: 'text',
        title: null,
        text,
        mediaSha256: [],
        createdAt: timestamp(createdAt),
        replyTo: video.id,
      })),

    clear: () => void (comments.length = 0),
  };
}

function parse(call: Call): z.output<typeof commentSchema>['snippet'] {
  let body: unknown;
  try {
    body = mediaType(call) === 'application/json' ? JSON.parse(Buffer.from(call.body).toString('utf8')) : undefined;
  } catch (error) {
    throw refuse(400, 'parseError', String(error), 'global');
  }
  const parsed = commentSchema.safeParse(body);
  if (!parsed.success) throw refuse(400, 'invalidCommentThreadMetadata', z.prettifyError(parsed.error), DOMAIN);
  return parsed.data.snippet;
}

/** A thread with the one comment that it begins with. Its own author is shown the text as it was sent. */
function thread({ id, channel, video, text, createdAt }: Comment, parts: readonly string[]): Record<string, unknown> {
  const at = createdAt.toISOString();
  const snippet = {
    channelId: video.channelId,
    videoId: video.id,
    textDisplay: text,
    textOriginal: text,
    authorDisplayName: channel.title,
    authorChannelUrl: `http://www.youtube.com/channel/${channel.channelId}`,
    authorChannelId: { value: channel.channelId },
    canRate: true,
    viewerRating: 'none',
    likeCount: 0,
    publishedAt: at,
    updatedAt: at,
  };
  const all: Readonly<Record<string, unknown>> = {
    snippet: {
      channelId: video.channelId,
      videoId: video.id,
      topLevelComment: withEtag({ kind: 'youtube#comment', id, snippet }),
      canReply: true,
      totalReplyCount: 0,
      isPublic: true,
    },
  };
  const shown = Object.fromEntries(parts.filter((part) => part in all).map((part) => [part, all[part]]));
  return withEtag({ kind: 'youtube#commentThread', id, ...shown });
}
