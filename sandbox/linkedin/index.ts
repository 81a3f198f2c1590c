import { consentOperation } from '../authorization/consent.ts';
import { tokenOperation } from '../authorization/token-request.ts';
import { answering } from '../refusal.ts';
import type { Answer, Call, StandIn, World } from '../stand-in.ts';
import { createAccounts } from './accounts.ts';
import { createAssets } from './assets.ts';
import { createCaps } from './caps.ts';
import { createComments } from './comments.ts';
import { refuse } from './errors.ts';
import { listOrganizations, readOrganization, readUserInfo } from './member.ts';
import { createPosts } from './posts.ts';

const OPERATIONS = [
  'video.start',
  'video.part',
  'video.thumbnail',
  'video.finish',
  'video.read',
  'image.start',
  'image.put',
  /** Makes the post visible. */
  'post.create',
  'posts.list',
  /** Makes a comment visible. */
  'comment.create',
  'comments.list',
  'user-info.read',
  'organizations.list',
  'organization.read',
  'consent.show',
  'consent.decide',
  'token.exchange',
  'token.refresh',
  'token.inspect',
  'unknown',
] as const;

type Operation = (typeof OPERATIONS)[number];

/** What a path names. */
interface Target {
  readonly operation: Operation;
  readonly id: string;
  /** Of a file, from 0. */
  readonly part: number;
}

/** LinkedIn's versioned REST API. `/api` stands for https://api.linkedin.com, `/www` for https://www.linkedin.com. */
export function createLinkedIn(world: World): StandIn {
  const accounts = createAccounts(world);
  const assets = createAssets({ world, accounts });
  const caps = createCaps(world);
  const posts = createPosts({ world, accounts, assets, caps });
  const comments = createComments({ world, accounts, posts });

  function answer(call: Call): Answer {
    const { operation, id, part } = target(call);
    switch (operation) {
      case 'video.start':
        return assets.startVideo(call);
      case 'image.start':
        return assets.startImage(call);
      case 'video.part':
      case 'image.put':
        return assets.putPart(call, id, part);
      case 'video.thumbnail':
        return assets.putThumbnail(call, id);
      case 'video.finish':
        return assets.finishVideo(call);
      case 'video.read':
        return assets.readVideo(call, id);
      case 'post.create':
        return posts.create(call);
      case 'posts.list':
        return posts.list(call);
      case 'comment.create':
        return comments.create(call, id);
      case 'comments.list':
        return comments.list(call, id);
      case 'user-info.read':
        return readUserInfo(accounts, call);
      case 'organizations.list':
        return listOrganizations(accounts, call);
      case 'organization.read':
        return readOrganization(accounts, call, id);
      case 'consent.show':
      case 'consent.decide':
        return accounts.authorization.consent(call);
      case 'token.exchange':
      case 'token.refresh':
        return accounts.token(call);
      case 'token.inspect':
        return accounts.introspect(call);
      case 'unknown':
        throw refuse({ status: 404, code: 'RESOURCE_NOT_FOUND', message: `No virtual resource found: ${call.method} ${call.path}` });
    }
  }

  return {
    network: 'linkedin',
    operations: OPERATIONS,
    operation: (call) => target(call).operation,
    handle: (call) => answering(() => answer(call)),
    posts: () => [...posts.posts(), ...comments.posts()].toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)),
    addAccount: (account) => accounts.add(account),
    login: accounts.authorization.door,
    reset(options) {
      accounts.authorization.clear();
      assets.clear();
      posts.clear();
      comments.clear();
      caps.clear();
      if (options?.accounts === true) accounts.clear();
    },
  };
}

const PART = /^\/www\/dms-uploads\/([\w-]+)\/uploaded-(video|image|thumbnail)\/(\d{1,4})$/;
/** What is sent to an address, by its last word but one. */
const PUTS: Readonly<Record<string, Operation>> = { video: 'video.part', image: 'image.put', thumbnail: 'video.thumbnail' };
const VIDEO = /^\/api\/rest\/videos\/(urn[\w%:-]+)$/;
const ORGANIZATION = /^\/api\/rest\/organizations\/(\d+)$/;
const COMMENTS = /^\/api\/rest\/socialActions\/(urn[\w%:-]+)\/comments$/;

function target(call: Call): Target {
  const { method, path, query } = call;
  const [, id = '', kind, part] = PART.exec(path) ?? [];
  if (method === 'PUT' && kind !== undefined) return { operation: PUTS[kind] ?? 'unknown', id, part: Number(part) };
  const [, urn] = VIDEO.exec(path) ?? [];
  if (method === 'GET' && urn !== undefined && query.size === 0) return { operation: 'video.read', id: decodeURIComponent(urn), part: 0 };
  const [, thread] = COMMENTS.exec(path) ?? [];
  if (thread !== undefined) return { operation: commentOperation(method, query), id: decodeURIComponent(thread), part: 0 };
  const [, organization] = ORGANIZATION.exec(path) ?? [];
  if (method === 'GET' && organization !== undefined) return { operation: 'organization.read', id: organization, part: 0 };
  switch (`${method} ${path}`) {
    case 'POST /api/rest/videos':
    case 'POST /api/rest/images':
      return plain(actions[`${path.slice('/api/rest/'.length)}?${query.toString()}`] ?? 'unknown');
    case 'POST /api/rest/posts':
      return plain(query.size === 0 ? 'post.create' : 'unknown');
    case 'GET /api/rest/posts':
      return plain('posts.list');
    case 'GET /api/v2/userinfo':
      return plain('user-info.read');
    case 'GET /api/rest/organizationAcls':
      return plain('organizations.list');
    case 'GET /www/oauth/v2/authorization':
    case 'POST /www/oauth/v2/authorization':
      return plain(consentOperation(call));
    case 'POST /www/oauth/v2/accessToken':
      return plain(tokenOperation(call));
    case 'POST /www/oauth/v2/introspectToken':
      return plain('token.inspect');
    default:
      return plain('unknown');
  }
}

function commentOperation(method: string, query: URLSearchParams): Operation {
  if (method === 'GET') return 'comments.list';
  return method === 'POST' && query.size === 0 ? 'comment.create' : 'unknown';
}

const actions: Readonly<Record<string, Operation>> = {
  'videos?action=initializeUpload': 'video.start',
  'videos?action=finalizeUpload': 'video.finish',
  'images?action=initializeUpload': 'image.start',
};

function plain(operation: Operation): Target {
  return { operation, id: '', part: 0 };
}
