import * as z from 'zod';
import { consentOperation } from '../authorization/consent.ts';
import { tokenOperation } from '../authorization/token-request.ts';
import { answering } from '../refusal.ts';
import type { Answer, Call, StandIn, World } from '../stand-in.ts';
import { createAccounts, SCOPES } from './accounts.ts';
import { bodyOf, PRIVACY_LEVELS } from './body.ts';
import { ok, refuse } from './errors.ts';
import { createPublications } from './publications.ts';
import { createRates } from './rates.ts';
import { createUploads } from './uploads.ts';

const OPERATIONS = [
  'creator-info.query',
  'video.init',
  'upload.chunk',
  /** Makes a post of the video. */
  'upload.last-chunk',
  /** Makes a post of photos. */
  'content.init',
  'status.fetch',
  'video.list',
  'user-info.read',
  'consent.show',
  'consent.decide',
  'token.exchange',
  'token.refresh',
  'token.revoke',
  'unknown',
] as const;

type Operation = (typeof OPERATIONS)[number];

/** Seconds that a video of any creator here may last. */
const DURATION_MAX = 600;

/**
 * TikTok's Content Posting API v2, direct posts, and what publishing needs of the Display API. `/api` stands for
 * https://open.tiktokapis.com, `/www` for https://www.tiktok.com, `/upload` for the host of upload addresses.
 */
export function createTikTok(world: World): StandIn {
  const accounts = createAccounts(world);
  const rates = createRates(world);
  const publications = createPublications({ world, accounts, rates });
  const uploads = createUploads({ world, accounts, publications, rates });

  function creatorInfo(call: Call): Answer {
    const { openId, username, nickname } = accounts.authorise(call, SCOPES.publish);
    bodyOf(call, z.strictObject({}));
    rates.spend('creatorInfoPerMinute', openId);
    rates.checkPosts(openId);
    return ok({
      creator_avatar_url: `https://p16-sign.tiktokcdn.com/${username}.webp`,
      creator_username: username,
      creator_nickname: nickname,
      privacy_level_options: PRIVACY_LEVELS,
      comment_disabled: false,
      duet_disabled: false,
      stitch_disabled: false,
      max_video_post_duration_sec: DURATION_MAX,
    });
  }

  function answer(call: Call): Answer | Promise<Answer> {
    switch (operationOf(call)) {
      case 'creator-info.query':
        return creatorInfo(call);
      case 'video.init':
        return uploads.initVideo(call);
      case 'upload.chunk':
      case 'upload.last-chunk':
        return uploads.put(call);
      case 'content.init':
        return uploads.initPhotos(call);
      case 'status.fetch':
        return publications.status(call);
      case 'video.list':
        return publications.list(call);
      case 'user-info.read':
        return accounts.userInfo(call);
      case 'consent.show':
      case 'consent.decide':
        return accounts.authorization.consent(call);
      case 'token.exchange':
      case 'token.refresh':
        return accounts.token(call);
      case 'token.revoke':
        return accounts.revoke(call);
      case 'unknown':
        throw refuse(404, 'invalid_params', 'The sandbox knows no such call.');
    }
  }

  return {
    network: 'tiktok',
    operations: OPERATIONS,
    operation: operationOf,
    handle: (call) => answering(() => answer(call)),
    posts: () => publications.posts(),
    addAccount: (account) => accounts.add(account),
    login: accounts.authorization.door,
    restriction: { operations: ['creator-info.query', 'video.init', 'content.init'], refusal: () => refuse(403, 'spam_risk_user_banned_from_posting', 'The user is banned from making new posts.') },
    reset(options) {
      accounts.authorization.clear();
      uploads.clear();
      publications.clear();
      rates.clear();
      if (options?.accounts === true) accounts.clear();
    },
  };
}

function operationOf(call: Call): Operation {
  switch (`${call.method} ${call.path}`) {
    case 'POST /api/v2/post/publish/creator_info/query/':
      return 'creator-info.query';
    case 'POST /api/v2/post/publish/video/init/':
      return 'video.init';
    case 'PUT /upload/video/':
      return chunkOperation(call.headers['content-range'] ?? '');
    case 'POST /api/v2/post/publish/content/init/':
      return 'content.init';
    case 'POST /api/v2/post/publish/status/fetch/':
      return 'status.fetch';
    case 'POST /api/v2/video/list/':
      return 'video.list';
    case 'GET /api/v2/user/info/':
      return 'user-info.read';
    case 'GET /www/v2/auth/authorize/':
    case 'POST /www/v2/auth/authorize/':
      return consentOperation(call);
    case 'POST /api/v2/oauth/token/':
      return tokenOperation(call);
    case 'POST /api/v2/oauth/revoke/':
      return 'token.revoke';
    default:
      return 'unknown';
  }
}

function chunkOperation(contentRange: string): Operation {
  const [, last, total] = /-(\d+)\/(\d+)$/.exec(contentRange) ?? [];
  return last !== undefined && Number(last) + 1 === Number(total) ? 'upload.last-chunk' : 'upload.chunk';
}
