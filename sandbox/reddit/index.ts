import { answering } from '../refusal.ts';
import type { Answer, Call, StandIn, World } from '../stand-in.ts';
import { createAccounts } from './accounts.ts';
import { createAssets } from './assets.ts';
import { createComments } from './comments.ts';
import { refuse } from './errors.ts';
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
  'token.refresh',
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
      case 'token.refresh':
        return accounts.token(call);
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
    reset(options) {
      assets.clear();
      posts.clear();
      comments.clear();
      rates.clear();
      if (options?.accounts === true) accounts.clear();
    },
  };
}

const PATHS: Readonly<Record<string, Operation>> = {
  'POST /www/api/v1/access_token': 'token.refresh',
  'GET /oauth/api/v1/me': 'me.read',
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
function target({ method, path: written }: Pick<Call, 'method' | 'path'>): { operation: Operation; name: string } {
  // Clients write it with and without a slash at its end.
  const path = written.replace(/\/$/u, '');
  const [, name = ''] = /^\/oauth\/(?:r\/|user\/|comments\/)([\w-]+)/u.exec(path) ?? [];
  const place = path.replace(/^(\/oauth\/(?:r|user|comments))\/[\w-]+/u, '$1/*');
  return { operation: PATHS[`${method} ${place}`] ?? 'unknown', name };
}
