import { timestamp } from '../../core/clock.ts';
import { badParameter, refuse } from '../graph.ts';
import { json } from '../http.ts';
import { randomDigits } from '../random.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import type { Account, Accounts } from './accounts.ts';
import type { Caps } from './caps.ts';
import type { Dialect } from './dialect.ts';
import type { Posts } from './posts.ts';
import { demandOwn, graphTime, page } from './read.ts';

interface Comment {
  readonly id: string;
  readonly account: Account;
  readonly postId: string;
  readonly text: string;
  readonly createdAt: Date;
}

/** Comments under an account's own posts; those of others are not known here. */
export interface Comments {
  /** `POST /{post}/comments`: the visible call. */
  create(call: Call, postId: string): Answer;
  /** `GET /{post}/comments?fields=&limit=&after=`, newest first. */
  list(call: Call, postId: string): Answer;
  all(): readonly Post[];
  clear(): void;
}

export interface Parts {
  readonly world: World;
  readonly dialect: Pick<Dialect, 'scopes' | 'comments'>;
  readonly accounts: Accounts;
  readonly posts: Posts;
  readonly caps: Caps;
}

export function createComments({ world, dialect: { scopes, comments: allowed }, accounts, posts, caps }: Parts): Comments {
  const comments: Comment[] = [];

  /** Both permissions are needed, also for reading (the reference of the edge). */
  function authorise(call: Call, known: readonly string[]) {
    if (allowed === null) throw refuse({ code: 100, message: 'There are no comments here.' });
    accounts.authorise(call, scopes.basic, known);
    return { ...accounts.authorise(call, allowed.scope, known), textMax: allowed.textMax };
  }

  return {
    create(call, postId) {
      // The reference shows the text in the query, where `&` would cut it; the Graph API takes a form as well.
      const { account, fields, textMax } = authorise(call, ['message']);
      demandOwn(posts, postId, account);
      const text = fields.get('message') ?? '';
      if (text.trim() === '') throw badParameter('message', 'required');
      if (text.length > textMax) throw badParameter('message', `longer than ${textMax} characters`);
      caps.spendReply(account.userId);
      const comment = { id: `17${randomDigits(15)}`, account, postId, text, createdAt: world.clock.now() };
      comments.push(comment);
      return json(200, { id: comment.id });
    },

    list(call, postId) {
      const { account, fields } = authorise(call, ['fields', 'limit', 'after']);
      demandOwn(posts, postId, account);
      // These two come unless others are asked for (the guide to moderation).
      if (!fields.has('fields')) fields.set('fields', 'timestamp,text');
      return page(comments.filter((comment) => comment.postId === postId).toReversed(), fields, show);
    },

    all: () =>
      comments.map(({ id, account, postId, text, createdAt }) => ({
        id,
        accountId: account.userId,
        kind: 'text',
        title: null,
        text,
        mediaSha256: [],
        createdAt: timestamp(createdAt),
        replyTo: postId,
      })),

    clear: () => void (comments.length = 0),
  };
}

function show({ account, text, createdAt }: Comment): Readonly<Record<string, unknown>> {
  return { text, timestamp: graphTime(createdAt), username: account.username, from: { id: account.appScopedId, username: account.username } };
}
