import { consentOperation } from '../authorization/consent.ts';
import { tokenOperation } from '../authorization/token-request.ts';
import { answering } from '../refusal.ts';
import type { Answer, Call, StandIn, World } from '../stand-in.ts';
import { createAccounts } from './accounts.ts';
import { createAssets } from './assets.ts';
import { createComments } from './comments.ts';
import { refuse, refuseJson } from './errors.ts';
import { countedIds } from './ids.ts';
import { createPosts } from './posts.ts';
import { createRates } from './rates.ts';
import { createSubmit } from './submit.ts';

const OPERATIONS = [
  'subreddit.read',
  'asset.create',
  'asset.upload',
  /** Makes the post visible, at once or when its file is processed. */
  'post.submit',
  /** The same with several photos. */
  'gallery.submit',
  'posts.list',
  'post.read',
  /** Makes a comment visible. */
  'comment.create',
  'comments.list',
  'me.read',
  'subreddits.list',
  'consent.show',
  'consent.decide',
  'token.exchange',
  'token.refresh',
  'token.revoke',
  'unknown',
] as const;

type Operation = (typeof OPERATIONS)[number];

/**
 * Reddit's Data API as far as publishing needs it. `/oauth` stands for https://oauth.reddit.com, `/www` for
 * https://www.reddit.com, `/uploads` for the store to which files are sent.
 */
export function createReddit(world: World): StandIn {
  const nextId = countedIds(world.clock);
  const accounts = createAccounts(world, nextId);
  const rates = createRates(world);
  const assets = createAssets(world, accounts);
  const posts = createPosts(world, accounts, nextId);
  const comments = createComments({ world, accounts, posts, rates, nextId });
  const submit = createSubmit({ world, accounts, assets, posts, rates });

  function answer(call: Call): Answer {
    const { operation, name } = target(call);
    switch (operation) {
      case 'subreddit.read':
        return posts.about(call, name);
      case 'asset.create':
        return assets.create(call);
      case 'asset.upload':
        return assets.upload(call);
      case 'post.submit':
        return submit.post(call);
      case 'gallery.submit':
        return submit.gallery(call);
      case 'posts.list':
        return posts.submitted(call, name);
      case 'post.read':
        return posts.info(call);
      case 'comment.create':
        return comments.create(call);
      case 'comments.list':
        return comments.list(call, name);
      case 'me.read':
        return accounts.me(call);
      case 'subreddits.list':
        return posts.subscribed(call);
      case 'consent.show':
      case 'consent.decide':
        return accounts.authorization.consent(call);
      case 'token.exchange':
      case 'token.refresh':
        return accounts.token(call);
      case 'token.revoke':
        return accounts.revoke(call);
      case 'unknown':
        throw refuse(404);
    }
  }

  async function handle(call: Call): Promise<Answer> {
    const headers: Record<string, string> = { date: world.clock.now().toUTCString() };
    const answered = await answering(() => {
      if (call.path.startsWith('/oauth/')) Object.assign(headers, rates.spend());
      return answer(call);
    });
    return { ...answered, headers: { ...headers, ...answered.headers } };
  }

  return {
    network: 'reddit',
    operations: OPERATIONS,
    operation: (call) => target(call).operation,
    handle,
    posts: () => [...posts.posts(), ...comments.posts()].toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)),
    addAccount: (account) => accounts.add(account),
    login: accounts.authorization.door,
    restriction: { operations: ['post.submit', 'gallery.submit', 'comment.create'], refusal: () => refuseJson('USER_BLOCKED', 'this user is blocked', 'sr') },
    reset(options) {
      accounts.authorization.clear();
      assets.clear();
      posts.clear();
      comments.clear();
      rates.clear();
      if (options?.accounts === true) accounts.clear();
    },
  };
}

const PATHS: Readonly<Record<string, Operation>> = {
  'GET /www/api/v1/authorize': 'consent.show',
  'POST /www/api/v1/authorize': 'consent.decide',
  'POST /www/api/v1/access_token': 'token.refresh',
  'POST /www/api/v1/revoke_token': 'token.revoke',
  'GET /oauth/api/v1/me': 'me.read',
  'GET /oauth/subreddits/mine/subscriber': 'subreddits.list',
  'GET /oauth/r/*/about': 'subreddit.read',
  'POST /oauth/api/media/asset.json': 'asset.create',
  'POST /uploads': 'asset.upload',
  'POST /oauth/api/submit': 'post.submit',
  'POST /oauth/api/submit_gallery_post.json': 'gallery.submit',
  'GET /oauth/user/*/submitted': 'posts.list',
  'GET /oauth/api/info': 'post.read',
  'POST /oauth/api/comment': 'comment.create',
  'GET /oauth/comments/*': 'comments.list',
};

/** What a path names; `name` is that of the subreddit or person in it, or the id of the post. */
function target(call: Call): { operation: Operation; name: string } {
  const { method, path: written } = call;
  // Clients write it with and without a slash at its end.
  const path = written.replace(/\/$/u, '');
  const [, name = ''] = /^\/oauth\/(?:r\/|user\/|comments\/)([\w-]+)/u.exec(path) ?? [];
  const place = path.replace(/^(\/oauth\/(?:r|user|comments))\/[\w-]+/u, '$1/*');
  return { operation: exactly(call, PATHS[`${method} ${place}`] ?? 'unknown'), name };
}

/** What a call does at an address that serves for several. */
function exactly(call: Call, operation: Operation): Operation {
  if (operation === 'consent.show') return consentOperation(call);
  return operation === 'token.refresh' ? tokenOperation(call) : operation;
}
