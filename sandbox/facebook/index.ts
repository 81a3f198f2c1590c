import { consentOperation } from '../authorization/consent.ts';
import { refuse } from '../graph.ts';
import { answering, Refusal } from '../refusal.ts';
import type { Answer, Call, StandIn, World } from '../stand-in.ts';
import { createAccounts } from './accounts.ts';
import { createComments } from './comments.ts';
import { createFeed } from './feed.ts';
import { createPageVideos } from './page-videos.ts';
import { parametersOf } from './parameters.ts';
import { deletePermissions, inspectToken, listBusinesses, listPages, listPermissions, readMe } from './person.ts';
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
  'me.read',
  'pages.list',
  'businesses.list',
  'permissions.list',
  'consent.show',
  'consent.decide',
  'token.exchange',
  /** A long-lived token of a person for another one. */
  'token.extend',
  'token.refresh',
  'token.inspect',
  /** The person takes everything back. */
  'token.revoke',
  'unknown',
] as const;

type Operation = (typeof OPERATIONS)[number];

/** Versions of the Graph API that are alive. */
const VERSIONS = new Set(['v23.0', 'v24.0', 'v25.0']);

/** The consent page, of every version. */
const CONSENT = /^\/www\/v2[345]\.0\/dialog\/oauth$/u;

/** What a path and the phase in the body name. */
interface Target {
  readonly operation: Operation;
  readonly id: string;
}

const REEL_PHASES: Readonly<Record<string, Operation>> = { start: 'reel.start', finish: 'reel.finish' };
const VIDEO_PHASES: Readonly<Record<string, Operation>> = { start: 'video.start', transfer: 'video.slice', finish: 'video.finish' };

/**
 * Facebook's pages: reels, videos, photos and texts. `/graph` stands for https://graph.facebook.com, `/rupload` for
 * https://rupload.facebook.com, `/www` for https://www.facebook.com.
 */
export function createFacebook(world: World): StandIn {
  const accounts = createAccounts(world);
  const videos = createVideos(world);
  const reels = createReels({ world, accounts, videos, version: 'v25.0' });
  const pageVideos = createPageVideos({ world, accounts, videos });
  const feed = createFeed({ world, accounts });
  const comments = createComments({ world, accounts, videos, feed });
  const reading = { accounts, videos, feed };
  const person = { world, accounts };

  function target(call: Call): Target {
    const { method, path } = call;
    if (CONSENT.test(path) && (method === 'GET' || method === 'POST')) return { operation: consentOperation(call), id: '' };
    if (`${method} ${path}` === 'GET /graph/debug_token') return { operation: 'token.inspect', id: '' };
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
      case 'GET access_token':
        return { operation: id === 'oauth' ? tokenOperation(call) : 'unknown', id };
      case 'GET accounts':
        return { operation: 'pages.list', id };
      case 'GET businesses':
        return { operation: 'businesses.list', id };
      case 'GET permissions':
        return { operation: 'permissions.list', id };
      case 'DELETE permissions':
        return { operation: 'token.revoke', id };
      case 'GET ':
        return { operation: readOperation(call, id), id };
      default:
        return { operation: 'unknown', id };
    }
  }

  function readOperation({ query }: Call, id: string): Operation {
    if (id === 'debug_token') return 'token.inspect';
    if (id === 'me') return 'me.read';
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
      case 'consent.show':
      case 'consent.decide':
        return accounts.authorization.consent(call);
      case 'token.exchange':
      case 'token.extend':
        return accounts.token(call);
      case 'me.read':
        return readMe(person, call);
      case 'pages.list':
        return listPages(person, call, id);
      case 'businesses.list':
        return listBusinesses(person, call, id);
      case 'permissions.list':
        return listPermissions(person, call, id);
      case 'token.inspect':
        return inspectToken(person, call);
      case 'token.revoke':
        return deletePermissions(person, call, id);
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
    login: accounts.authorization.door,
    restriction: { operations: ['reel.start', 'video.start', 'photo.create', 'feed.publish', 'comment.create'], refusal: () => refuse({ code: 368, message: 'The action attempted has been deemed abusive or is otherwise disallowed.' }) },
    reset(options) {
      accounts.authorization.clear();
      videos.clear();
      pageVideos.clear();
      feed.clear();
      comments.clear();
      if (options?.accounts === true) accounts.clear();
    },
  };
}

function tokenOperation({ query }: Call): Operation {
  return query.get('grant_type') === 'fb_exchange_token' ? 'token.extend' : 'token.exchange';
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
