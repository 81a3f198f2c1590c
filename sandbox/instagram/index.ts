import type { ContainerStatus, Dialect } from '../containers/dialect.ts';
import type { Problem } from '../containers/files.ts';
import type { PublishedPost } from '../containers/posts.ts';
import { graphTime } from '../containers/read.ts';
import { createContainerStandIn } from '../containers/stand-in.ts';
import type { GraphError } from '../graph.ts';
import { randomDigits } from '../random.ts';
import type { StandIn, World } from '../stand-in.ts';
import { authorization } from './authorization.ts';
import { CONTAINER_FIELDS, parseContainer } from './fields.ts';
import { createPageLogin } from './pages.ts';

/**
 * Instagram's content publishing. With Instagram Login (flavour A of its page) `/graph` stands for https://graph.instagram.com,
 * `/www` for https://www.instagram.com, `/api` for https://api.instagram.com; with Facebook Login (flavour B) `/facebook` for
 * https://graph.facebook.com, `/dialog` for https://www.facebook.com.
 */
export function createInstagram(world: World): StandIn {
  return createContainerStandIn(world, dialect);
}

const MB = 1_000_000;
const REEL = { sizeMax: 300 * MB, durationMin: 3, durationMax: 15 * 60, widthMax: 1920, bitsPerSecondMax: 25 * MB };

const error = (code: number, subcode: number, message: string): GraphError => ({ code, subcode, message, type: 'IGApiException' });

const dialect: Dialect = {
  network: 'instagram',
  versions: ['v23.0', 'v24.0', 'v25.0'],
  edges: { create: 'media', publish: 'media_publish', posts: 'media', limit: 'content_publishing_limit' },
  scopes: { basic: 'instagram_business_basic', publish: 'instagram_business_content_publish' },
  authorization,
  secondLogin: createPageLogin,
  token: {
    prefix: 'IGAA',
    exchangeGrant: 'ig_exchange_token',
    refreshGrant: 'ig_refresh_token',
    // The id of the account for this app, which is not the one that publishing takes.
    exchanged: ({ appScopedId }, scopes) => ({ user_id: appScopedId, permissions: scopes.join(',') }),
  },
  // The reference says 50, the guide 100, some accounts answer 25: clients have to ask.
  // No cap of comments is documented.
  caps: { postsPerDay: 50, containersPerDay: 400, repliesPerDay: Infinity },
  newIds: () => ({ userId: `178414${randomDigits(11)}`, appScopedId: randomDigits(17) }),

  containerFields: CONTAINER_FIELDS,
  parse: parseContainer,
  bounds: {
    video: REEL,
    // Unsure in the page; the narrower reading.
    videoInCarousel: { ...REEL, sizeMax: 100 * MB, durationMax: 60 },
    image: { formats: ['jpeg'], sizeMax: 8 * MB, aspectMin: 0.8, aspectMax: 1.91 },
  },
  carousel: { min: 2, max: 10 },

  // The length is that of the app's own field; the reference names none. Unsure.
  comments: { scope: 'instagram_business_manage_comments', textMax: 2200 },
  replies: null,

  state: (status) => ({ status_code: status.code, status: textOf(status) }),
  show,
  me: (account, posts) => ({
    id: account.appScopedId,
    values: {
      user_id: account.userId,
      username: account.username,
      name: account.name,
      profile_picture_url: `https://scontent.cdninstagram.com/v/${account.userId}.jpg`,
      account_type: 'BUSINESS',
      followers_count: 0,
      media_count: posts,
    },
  }),
  listParameters: [],
  limitValues: {},

  refusals: {
    notFound: error(24, 2_207_006, 'The media was not found.'),
    notReady: error(9007, 2_207_027, 'The media is not ready to be published.'),
    expired: error(-2, 2_207_020, 'The media has expired.'),
    usedUp: error(24, 2_207_008, 'The media builder does not exist any more.'),
    restricted: error(25, 2_207_050, 'The Instagram account is restricted.'),
    capReached: error(9, 2_207_042, 'The account has done this as often as it may in 24 hours.'),
    carouselCount: error(100, 2_207_028, 'A carousel has 2 to 10 items, each once.'),
    tokenTooYoung: { code: 100, message: 'The access token is less than 24 hours old.', type: 'IGApiException' },
  },
};

function textOf(status: ContainerStatus): string {
  switch (status.code) {
    case 'PUBLISHED':
      return 'Published: the media is live.';
    case 'EXPIRED':
      return 'Expired: not published within 24 hours.';
    case 'IN_PROGRESS':
      return 'In progress: the media is being processed.';
    case 'FINISHED':
      return 'Finished: the media is ready to be published.';
    case 'ERROR':
      return `Error: ${status.problem.reason} (error code ${subcodeOf(status.problem)}).`;
  }
}

/** The subcodes of the page for what can be wrong with a file. */
function subcodeOf({ of, what }: Problem): number {
  if (what === 'timed_out') return 2_207_003;
  if (what === 'not_fetched') return 2_207_052;
  if (what === 'thumb_offset') return 2_207_057;
  if (of === 'video') return 2_207_026;
  if (what === 'size') return 2_207_004;
  return what === 'aspect' ? 2_207_009 : 2_207_005;
}

function show({ account, kind, caption, shortcode, publishedAt }: PublishedPost): Readonly<Record<string, unknown>> {
  const isReel = kind === 'video';
  return {
    caption: caption ?? undefined,
    media_type: { video: 'VIDEO', image: 'IMAGE', carousel: 'CAROUSEL_ALBUM', text: undefined }[kind],
    media_product_type: isReel ? 'REELS' : 'FEED',
    permalink: `https://www.instagram.com/${isReel ? 'reel' : 'p'}/${shortcode}/`,
    shortcode,
    timestamp: graphTime(publishedAt),
    username: account.username,
  };
}
