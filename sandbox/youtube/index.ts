import { consentOperation } from '../authorization/consent.ts';
import { tokenOperation } from '../authorization/token-request.ts';
import { answering } from '../refusal.ts';
import type { Answer, Call, Post, StandIn, World } from '../stand-in.ts';
import { createAccounts } from './accounts.ts';
import { createCaptions } from './captions.ts';
import { createComments } from './comments.ts';
import { refuse } from './errors.ts';
import { createQuota } from './quota.ts';
import { listChannels, listPlaylistItems, listVideos } from './read.ts';
import { createThumbnails } from './thumbnails.ts';
import { createUploads } from './upload.ts';
import { createVideos } from './videos.ts';

const OPERATIONS = [
  'upload.start',
  'upload.slice',
  /** Makes the video exist. */
  'upload.last-slice',
  'upload.probe',
  'videos.list',
  'channels.list',
  'playlist-items.list',
  'thumbnails.set',
  'captions.list',
  'captions.insert',
  /** Makes a comment visible. */
  'comment-threads.insert',
  'comment-threads.list',
  'consent.show',
  'consent.decide',
  'token.exchange',
  'token.refresh',
  'token.revoke',
  'unknown',
] as const;

type Operation = (typeof OPERATIONS)[number];

/**
 * YouTube's Data API v3 as far as publishing a video needs it. `/api` stands for https://www.googleapis.com, `/accounts` for
 * https://accounts.google.com, `/oauth` for https://oauth2.googleapis.com.
 */
export function createYouTube(world: World): StandIn {
  const accounts = createAccounts(world);
  const videos = createVideos(world);
  const quota = createQuota(world);
  const uploads = createUploads({ world, accounts, videos, quota });
  const reading = { accounts, videos, quota };
  const thumbnails = createThumbnails(reading);
  const captions = createCaptions({ world, ...reading });
  const comments = createComments({ world, accounts, videos, quota });

  function extrasOf(videoId: string): Pick<Post, 'coverSha256' | 'captions'> {
    const coverSha256 = thumbnails.sha256Of(videoId);
    const tracks = captions.of(videoId);
    return { ...(coverSha256 !== undefined && { coverSha256 }), ...(tracks.length > 0 && { captions: tracks }) };
  }

  function answer(call: Call): Answer {
    const operation = operationOf(call);
    switch (operation) {
      case 'upload.start':
        return uploads.start(call);
      case 'upload.slice':
      case 'upload.last-slice':
      case 'upload.probe':
        return uploads.put(call);
      case 'videos.list':
        return listVideos(reading, call);
      case 'channels.list':
        return listChannels(reading, call);
      case 'playlist-items.list':
        return listPlaylistItems(reading, call);
      case 'thumbnails.set':
        return thumbnails.set(call);
      case 'captions.list':
        return captions.list(call);
      case 'captions.insert':
        return captions.insert(call);
      case 'consent.show':
      case 'consent.decide':
        return accounts.authorization.consent(call);
      case 'token.exchange':
      case 'token.refresh':
        return accounts.token(call);
      case 'token.revoke':
        return accounts.revoke(call);
      case 'comment-threads.insert':
        return comments.insert(call);
      case 'comment-threads.list':
        return comments.list(call);
      case 'unknown':
        throw refuse(404, 'notFound', 'The sandbox knows no such call.', 'global');
    }
  }

  return {
    network: 'youtube',
    operations: OPERATIONS,
    operation: operationOf,
    handle: (call) => answering(() => answer(call)),
    cutShort: (call) => uploads.cutShort(call),
    posts: () => [...videos.posts(extrasOf), ...comments.posts()].toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)),
    addAccount: (account) => accounts.add(account),
    login: accounts.authorization.door,
    restriction: { operations: ['upload.start'], refusal: () => refuse(403, 'authenticatedUserAccountSuspended', 'The account of the authenticated user is suspended.') },
    reset(options) {
      accounts.authorization.clear();
      uploads.clear();
      videos.clear();
      thumbnails.clear();
      captions.clear();
      comments.clear();
      quota.clear();
      if (options?.accounts === true) accounts.clear();
    },
  };
}

function operationOf(call: Call): Operation {
  switch (`${call.method} ${call.path}`) {
    case 'POST /api/upload/youtube/v3/videos':
      return 'upload.start';
    case 'PUT /api/upload/youtube/v3/videos':
      return putOperation(call.headers['content-range'] ?? '');
    case 'GET /api/youtube/v3/videos':
      return 'videos.list';
    case 'GET /api/youtube/v3/channels':
      return 'channels.list';
    case 'GET /api/youtube/v3/playlistItems':
      return 'playlist-items.list';
    case 'POST /api/upload/youtube/v3/thumbnails/set':
      return 'thumbnails.set';
    case 'GET /api/youtube/v3/captions':
      return 'captions.list';
    case 'POST /api/upload/youtube/v3/captions':
      return 'captions.insert';
    case 'GET /accounts/o/oauth2/v2/auth':
    case 'POST /accounts/o/oauth2/v2/auth':
      return consentOperation(call);
    case 'POST /oauth/token':
      return tokenOperation(call);
    case 'POST /oauth/revoke':
      return 'token.revoke';
    case 'POST /api/youtube/v3/commentThreads':
      return 'comment-threads.insert';
    case 'GET /api/youtube/v3/commentThreads':
      return 'comment-threads.list';
    default:
      return 'unknown';
  }
}

function putOperation(contentRange: string): Operation {
  if (contentRange.startsWith('bytes */')) return 'upload.probe';
  const [, last, total] = /-(\d+)\/(\d+)$/.exec(contentRange) ?? [];
  return last !== undefined && Number(last) + 1 === Number(total) ? 'upload.last-slice' : 'upload.slice';
}
