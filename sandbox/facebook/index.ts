import { refuse } from '../graph.ts';
import { answering, Refusal } from '../refusal.ts';
import type { Answer, Call, StandIn, World } from '../stand-in.ts';
import { createAccounts } from './accounts.ts';
import { createComments } from './comments.ts';
import { createFeed } from './feed.ts';
import { createPageVideos } from './page-videos.ts';
import { parametersOf } from './parameters.ts';
import { listPosts, readObject, readPageToken } from './read.ts';
import { createReels } from './reels.ts';
import { createVideos } from './videos.ts';

const OPERATIONS = [
  'reel.start',
  'reel.upload',
  /** Makes the reel visible. */
  'reel.finish',
  'video.start',
  'video.slice',
  /** Makes the video visible. */
  'video.finish',
  'video.read',
  'photo.create',
  /** Makes the post visible. */
  'feed.publish',
  /** Makes a comment visible. */
  'comment.create',
  'comments.list',
  'post.read',
  'posts.list',
  'page.read',
  'object.read',
  'token.refresh',
  'unknown',
] as const;

type Operation = (typeof OPERATIONS)[number];

/** Versions of the Graph API that are alive. */
const VERSIONS = new Set(['v23.0', 'v24.0', 'v25.0']);

/** What a path and the phase in the body name. */
interface Target {
  readonly operation: Operation;
  readonly id: string;
}

const REEL_PHASES: Readonly<Record<string, Operation>> = { start: 'reel.start', finish: 'reel.finish' };
const VIDEO_PHASES: Readonly<Record<string, Operation>> = { start: 'video.start', transfer: 'video.slice', finish: 'video.finish' };

/**
 * Facebook's pages: reels, videos, photos and texts. `/graph` stands for https://graph.facebook.com, `/rupload` for
 * https://rupload.facebook.com.
 */
export function createFacebook(world: World): StandIn {
  const accounts = createAccounts(world);
  const videos = createVideos(world);
  const reels = createReels({ world, accounts, videos, version: 'v25.0' });
  const pageVideos = createPageVideos({ world, accounts, videos });
  const feed = createFeed({ world, accounts });
  const comments = createComments({ world, accounts, videos, feed });
  const reading = { accounts, videos, feed };

  function target(call: Call): Target {
    const { method, path } = call;
    // Meta's own client sends a slash at the end of a path without an edge.
    const [, place = '', version = '', id = '', edge] = /^\/(graph|rupload\/video-upload)\/([^/]+)\/([^/]+)(?:\/([^/]+))?\/?$/.exec(path) ?? [];
    if (!VERSIONS.has(version)) return { operation: 'unknown', id };
    if (place !== 'graph') return { operation: method === 'POST' && edge === undefined ? 'reel.upload' : 'unknown', id };
    switch (`${method} ${edge ?? ''}`) {
      case 'POST video_reels':
        return { operation: REEL_PHASES[phaseOf(call)] ?? 'unknown', id };
      case 'POST videos':
        return { operation: VIDEO_PHASES[phaseOf(call)] ?? 'unknown', id };
      case 'POST photos':
        return { operation: 'photo.create', id };
      case 'POST feed':
        return { operation: 'feed.publish', id };
      case 'POST comments':
        return { operation: 'comment.create', id };
      case 'GET comments':
        return { operation: 'comments.list', id };
      case 'GET published_posts':
        return { operation: 'posts.list', id };
      case 'GET ':
        return { operation: readOperation(call, id), id };
      default:
        return { operation: 'unknown', id };
    }
  }

  function readOperation({ query }: Call, id: string): Operation {
    if (query.get('fields') === 'access_token') return 'token.refresh';
    if (query.get('fields') === 'video_upload_limits') return 'page.read';
    if (videos.get(id) !== undefined) return 'video.read';
    return feed.get(id) === undefined ? 'object.read' : 'post.read';
  }

  function answer(call: Call): Answer | Promise<Answer> {
    const { operation, id } = target(call);
    switch (operation) {
      case 'reel.start':
        return reels.start(call, id);
      case 'reel.upload':
        return reels.upload(call, id);
      case 'reel.finish':
        return reels.finish(call, id);
      case 'video.start':
        return pageVideos.start(call, id);
      case 'video.slice':
        return pageVideos.slice(call, id);
      case 'video.finish':
        return pageVideos.finish(call, id);
      case 'photo.create':
        return feed.addPhoto(call, id);
      case 'feed.publish':
        return feed.publish(call, id);
      case 'comment.create':
        return comments.create(call, id);
      case 'comments.list':
        return comments.list(call, id);
      case 'posts.list':
        return listPosts(reading, call, id);
      case 'token.refresh':
        return readPageToken(reading, call, id);
      case 'video.read':
      case 'post.read':
      case 'page.read':
      case 'object.read':
        return readObject(reading, call, id);
      case 'unknown':
        throw refuse({ code: 2500, message: `Unknown path or phase: ${call.method} ${call.path.replace('/graph', '')}` });
    }
  }

  return {
    network: 'facebook',
    operations: OPERATIONS,
    operation: (call) => target(call).operation,
    handle: (call) => answering(() => answer(call)),
    posts: () => [...videos.posts(), ...feed.posts(), ...comments.posts()].toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)),
    addAccount: (account) => accounts.add(account),
    reset(options) {
      videos.clear();
      pageVideos.clear();
      feed.clear();
      comments.clear();
      if (options?.accounts === true) accounts.clear();
    },
  };
}

/** `upload_phase` of a call; nothing where the body cannot be read. */
function phaseOf(call: Call): string {
  try {
    return parametersOf(call).fields.get('upload_phase') ?? '';
  } catch (error) {
    if (error instanceof Refusal) return '';
    throw error;
  }
}
