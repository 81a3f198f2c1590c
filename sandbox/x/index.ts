import * as z from 'zod';
import { consentOperation } from '../authorization/consent.ts';
import { tokenOperation } from '../authorization/token-request.ts';
import { hasBody } from '../http.ts';
import { answering } from '../refusal.ts';
import type { Answer, Call, StandIn, World } from '../stand-in.ts';
import { createAccounts } from './accounts.ts';
import { refuse } from './errors.ts';
import { snowflakes } from './ids.ts';
import { createMedia } from './media.ts';
import { createPosts } from './posts.ts';
import { createRates } from './rates.ts';

const OPERATIONS = [
  'media.initialize',
  'media.append',
  'media.finalize',
  'media.status',
  'media.upload',
  'media.describe',
  /** Makes the post visible. */
  'posts.create',
  /** The same of one that answers another. */
  'replies.create',
  'posts.list',
  'me.read',
  'consent.show',
  'consent.decide',
  'token.exchange',
  'token.refresh',
  'token.revoke',
  'unknown',
] as const;

type Operation = (typeof OPERATIONS)[number];

/** X's API v2 as far as publishing needs it. `/api` stands for https://api.x.com, `/www` for https://x.com. */
export function createX(world: World): StandIn {
  const nextId = snowflakes(world.clock);
  const accounts = createAccounts(world, nextId);
  const rates = createRates(world);
  const media = createMedia({ world, accounts, rates, nextId });
  const posts = createPosts({ world, accounts, rates, media, nextId });

  function answer(call: Call): Answer {
    const { operation, id } = target(call);
    switch (operation) {
      case 'media.initialize':
        return media.initialize(call);
      case 'media.append':
        return media.append(call, id);
      case 'media.finalize':
        return media.finalize(call, id);
      case 'media.status':
        return media.status(call);
      case 'media.upload':
        return media.upload(call);
      case 'media.describe':
        return media.describe(call);
      case 'posts.create':
      case 'replies.create':
        return posts.create(call);
      case 'posts.list':
        return posts.timeline(call, id);
      case 'me.read': {
        const account = accounts.authorise(call, ['tweet.read', 'users.read']);
        const answered = accounts.me(call, account);
        return { ...answered, headers: { ...answered.headers, ...rates.spend('users', account.userId) } };
      }
      case 'consent.show':
      case 'consent.decide':
        return accounts.authorization.consent(call);
      case 'token.exchange':
      case 'token.refresh':
        return accounts.token(call);
      case 'token.revoke':
        return accounts.revoke(call);
      case 'unknown':
        throw refuse(404, { detail: 'The sandbox knows no such call.' });
    }
  }

  return {
    network: 'x',
    operations: OPERATIONS,
    operation: (call) => target(call).operation,
    handle: (call) => answering(() => answer(call)),
    posts: () => posts.posts(),
    addAccount: (account) => accounts.add(account),
    login: accounts.authorization.door,
    restriction: { operations: ['posts.create', 'replies.create'], refusal: () => refuse(403, { detail: 'Your account is suspended and is not permitted to access this feature.' }) },
    reset(options) {
      accounts.authorization.clear();
      media.clear();
      posts.clear();
      rates.clear();
      if (options?.accounts === true) accounts.clear();
    },
  };
}

const PATHS: Readonly<Record<string, Operation>> = {
  'POST /api/2/media/upload/initialize': 'media.initialize',
  'POST /api/2/media/upload/*/append': 'media.append',
  'POST /api/2/media/upload/*/finalize': 'media.finalize',
  'GET /api/2/media/upload': 'media.status',
  'POST /api/2/media/upload': 'media.upload',
  'POST /api/2/media/metadata': 'media.describe',
  'POST /api/2/tweets': 'posts.create',
  'GET /api/2/users/*/tweets': 'posts.list',
  'GET /api/2/users/me': 'me.read',
  'GET /www/i/oauth2/authorize': 'consent.show',
  'POST /www/i/oauth2/authorize': 'consent.decide',
  'POST /api/2/oauth2/token': 'token.refresh',
  'POST /api/2/oauth2/revoke': 'token.revoke',
};

const replySchema = z.object({ reply: z.object({}) });

/** What a path names; `id` is the number in it, if it has one. */
function target(call: Call): { operation: Operation; id: string } {
  const { method, path } = call;
  const [, id = ''] = /\/(\d+)\//u.exec(path.replace('/api/2/', '')) ?? [];
  const operation = PATHS[`${method} ${id === '' ? path : path.replace(`/${id}/`, '/*/')}`];
  switch (operation) {
    case 'consent.show':
    case 'consent.decide':
      return { operation: consentOperation(call), id };
    case 'token.refresh':
      return { operation: tokenOperation(call), id };
    case 'posts.create':
      return { operation: hasBody(call, replySchema) ? 'replies.create' : operation, id };
    default:
      return { operation: operation ?? 'unknown', id };
  }
}
