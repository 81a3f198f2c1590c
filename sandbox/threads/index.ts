import type { Dialect } from '../containers/dialect.ts';
import type { Problem } from '../containers/files.ts';
import type { PublishedPost } from '../containers/posts.ts';
import { graphTime } from '../containers/read.ts';
import { createContainerStandIn } from '../containers/stand-in.ts';
import { randomDigits } from '../random.ts';
import type { StandIn, World } from '../stand-in.ts';
import { authorization } from './authorization.ts';
import { CONTAINER_FIELDS, parseContainer } from './fields.ts';

/** Publishing to Threads. `/graph` stands for https://graph.threads.net, `/www` for https://threads.net. */
export function createThreads(world: World): StandIn {
  return createContainerStandIn(world, dialect);
}

const MB = 1_000_000;
/** The network takes 1 GB. Here the file is held in memory, so it is refused above what `sandbox/fetch.ts` fetches. */
const VIDEO = { sizeMax: 300 * MB, durationMin: 0.1, durationMax: 5 * 60, widthMax: 1920, bitsPerSecondMax: 100 * MB };
const DAY = 24 * 60 * 60;

const NOT_FOUND = { code: 24, subcode: 4_279_009, message: 'The requested media cannot be found.' };

const dialect: Dialect = {
  network: 'threads',
  versions: ['v1.0'],
  edges: { create: 'threads', publish: 'threads_publish', posts: 'threads', limit: 'threads_publishing_limit' },
  scopes: { basic: 'threads_basic', publish: 'threads_content_publish' },
  authorization,
  token: {
    prefix: 'THAA',
    exchangeGrant: 'th_exchange_token',
    refreshGrant: 'th_refresh_token',
    // What was allowed is told nowhere: the publishing limit can be read with the right to publish alone.
    exchanged: ({ userId }) => ({ user_id: userId }),
  },
  // The page names no cap of containers.
  caps: { postsPerDay: 250, containersPerDay: Infinity, repliesPerDay: 1000 },
  newIds: () => {
    const userId = `2${randomDigits(16)}`;
    return { userId, appScopedId: userId };
  },

  containerFields: CONTAINER_FIELDS,
  parse: parseContainer,
  bounds: {
    video: VIDEO,
    videoInCarousel: VIDEO,
    image: { formats: ['jpeg', 'png'], sizeMax: 8 * MB, aspectMin: 0, aspectMax: 10 },
  },
  carousel: { min: 2, max: 20 },

  comments: null,
  // For answers under one's own posts; who may answer others' needs more.
  replies: { scope: 'threads_manage_replies' },

  state: (status) => ({ status: status.code, error_message: status.code === 'ERROR' ? wordOf(status.problem) : undefined }),
  show,
  me: (account) => ({
    id: account.userId,
    values: { username: account.username, name: account.name, threads_profile_picture_url: `https://scontent.cdninstagram.com/v/${account.userId}.jpg` },
  }),
  listParameters: ['since'],
  limitValues: { delete_quota_usage: 0, delete_config: { quota_total: 100, quota_duration: DAY } },

  refusals: {
    notFound: NOT_FOUND,
    // The page has no code of its own for a container that is not ready, has expired or was published: it cannot be found.
    notReady: NOT_FOUND,
    expired: NOT_FOUND,
    usedUp: NOT_FOUND,
    capReached: { code: 9, subcode: 2_207_042, message: 'The account has made as many posts as it may in 24 hours.' },
    carouselCount: { code: 100, message: 'A carousel has 2 to 20 items, each once.' },
    tokenTooYoung: { code: 100, message: 'The access token is less than 24 hours old.' },
  },
};

/** The `error_message` of a container; the page knows no word for a picture that cannot be taken. */
function wordOf({ of, what }: Problem): string {
  if (of === 'image') return 'UNKNOWN';
  switch (what) {
    case 'timed_out':
    case 'not_fetched':
      return 'FAILED_DOWNLOADING_VIDEO';
    case 'duration':
      return 'INVALID_DURATION';
    case 'aspect':
      // Sic.
      return 'INVALID_ASPEC_RATIO';
    case 'frame_rate':
      return 'INVALID_FRAME_RATE';
    case 'bit_rate':
      return 'INVALID_BIT_RATE';
    case 'sound':
      return 'FAILED_PROCESSING_AUDIO';
    case 'channels':
      return 'INVALID_AUDIO_CHANNELS';
    case 'format':
    case 'size':
    case 'width':
    case 'thumb_offset':
      return 'FAILED_PROCESSING_VIDEO';
  }
}

function show({ account, kind, caption, shortcode, publishedAt, replyTo }: PublishedPost): Readonly<Record<string, unknown>> {
  return {
    text: caption ?? undefined,
    media_type: { video: 'VIDEO', image: 'IMAGE', carousel: 'CAROUSEL_ALBUM', text: 'TEXT_POST' }[kind],
    media_product_type: 'THREADS',
    permalink: `https://www.threads.net/@${account.username}/post/${shortcode}`,
    shortcode,
    timestamp: graphTime(publishedAt),
    username: account.username,
    // Of the fields of the reference on replies, those that look-ups need.
    is_reply: replyTo !== null,
    replied_to: replyTo === null ? undefined : { id: replyTo },
  };
}
