import { timestamp } from '../../core/clock.ts';
import { formFields, json, mediaType, oddParameter } from '../http.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import type { Account, Accounts } from './accounts.ts';
import { invalidOption, refuse, refuseJson } from './errors.ts';
import { checkQuery, listOf, permalinkOf, shownAs, thing, type Posts, type Submission } from './posts.ts';
import type { Rates } from './rates.ts';

interface Comment {
  readonly id: string;
  readonly account: Account;
  readonly post: Submission;
  readonly text: string;
  readonly madeAt: number;
}

/** Comments under posts; those under comments are not known here. */
export interface Comments {
  /** `POST /api/comment`: the visible call. */
  create(call: Call): Answer;
  /** `GET /comments/{id of the post}?sort=new`: the post, and the comments under it. */
  list(call: Call, id: string): Answer;
  posts(): readonly Post[];
  clear(): void;
}

/** Characters (code points), as the site counts them. */
const TEXT_MAX = 10_000;

const LIMIT_DEFAULT = 200;

export interface Parts {
  readonly world: World;
  readonly accounts: Accounts;
  readonly posts: Posts;
  readonly rates: Rates;
  readonly nextId: () => string;
}

export function createComments({ world, accounts, posts, rates, nextId }: Parts): Comments {
  const comments: Comment[] = [];

  return {
    create(call) {
      const account = accounts.authorise(call, 'submit');
      if (mediaType(call) !== 'application/x-www-form-urlencoded') throw refuse(400);
      const form = formFields(call);
      // What PRAW sends; without `api_type` the answer is a program for a page.
      const odd = oddParameter(form, ['api_type', 'thing_id', 'text']);
      if (odd !== null) throw invalidOption(odd.name);
      if (form.get('api_type') !== 'json') throw invalidOption('api_type');
      const text = form.get('text') ?? '';
      if (text.trim() === '') throw refuseJson('NO_TEXT', 'we need something here', 'text');
      if (Array.from(text).length > TEXT_MAX) throw refuseJson('TOO_LONG', `this is too long (max: ${TEXT_MAX})`, 'text');
      const [, postId = ''] = /^t3_([a-z0-9]{1,13})$/u.exec(form.get('thing_id') ?? '') ?? [];
      const post = posts.find(postId);
      // Said of one that was deleted; of one that never was nothing is documented.
      if (post === undefined) throw refuseJson('DELETED_LINK', 'the link you are commenting on has been deleted', 'parent');
      rates.check('comments', account.id);
      rates.count('comments', account.id);
      const comment = { id: nextId(), account, post, text, madeAt: world.clock.now().getTime() };
      comments.push(comment);
      return json(200, { json: { errors: [], data: { things: [{ kind: 't1', data: shown(comment, shownAs(call)) }] } } });
    },

    list(call, id) {
      accounts.authorise(call, 'read');
      checkQuery(call, ['sort', 'limit', 'depth', 'raw_json']);
      const [limit, depth] = [Number(call.query.get('limit') ?? LIMIT_DEFAULT), Number(call.query.get('depth') ?? 1)];
      if (![limit, depth].every((number) => Number.isInteger(number) && number >= 1) || call.query.get('sort') !== 'new') throw refuse(400);
      const post = posts.find(id);
      if (post === undefined) throw refuse(404);
      const newestFirst = comments.filter((comment) => comment.post.id === id).toReversed();
      const children = newestFirst.slice(0, limit).map((comment) => ({ kind: 't1', data: shown(comment, shownAs(call)) }));
      return json(200, [listOf([{ kind: 't3', data: thing(post, shownAs(call)) }], null), listOf([...children, ...rest(newestFirst.slice(limit))], null)]);
    },

    posts: () =>
      comments.map(({ id, account, post, text, madeAt }) => ({
        id: `t1_${id}`,
        accountId: account.id,
        kind: 'text',
        title: null,
        text,
        mediaSha256: [],
        createdAt: timestamp(new Date(madeAt)),
        replyTo: `t3_${post.id}`,
      })),

    clear: () => void (comments.length = 0),
  };
}

/** What stands in a list for the comments that it has no room for. */
function rest(left: readonly Comment[]) {
  const [first] = left;
  if (first === undefined) return [];
  const children = left.map(({ id }) => id);
  return [{ kind: 'more', data: { id: first.id, name: `t1_${first.id}`, parent_id: `t3_${first.post.id}`, count: left.length, depth: 0, children } }];
}

function shown({ id, account, post, text, madeAt }: Comment, show: (text: string) => string): Record<string, unknown> {
  return {
    id,
    name: `t1_${id}`,
    parent_id: `t3_${post.id}`,
    link_id: `t3_${post.id}`,
    author: account.name,
    subreddit: post.subreddit,
    body: show(text),
    created_utc: Math.floor(madeAt / 1000),
    permalink: `${permalinkOf(post)}${id}/`,
    replies: '',
  };
}
