import { timestamp } from '../../core/clock.ts';
import { json, oddParameter } from '../http.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import type { Account, Accounts } from './accounts.ts';
import { refuse } from './errors.ts';
import { subredditOf, SUBSCRIBED, type Subreddit } from './subreddits.ts';

/** A post, or what is to become one. */
export interface Submission {
  readonly id: string;
  readonly account: Account;
  readonly subreddit: string;
  readonly kind: Post['kind'];
  readonly title: string;
  readonly text: string;
  readonly mediaSha256: readonly string[];
  /** Milliseconds of the epoch from which it is there; Infinity: never, its file cannot be used. */
  readonly madeAt: number;
}

export interface Posts {
  add(post: Omit<Submission, 'id' | 'madeAt'>, making: number): Submission;
  /** One that is there, by its id without `t3_`. */
  find(id: string): Submission | undefined;
  /** `GET /user/{name}/submitted`, newest first. */
  submitted(call: Call, name: string): Answer;
  /** `GET /api/info`. */
  info(call: Call): Answer;
  /** `GET /r/{subreddit}/about`. */
  about(call: Call, name: string): Answer;
  /** `GET /subreddits/mine/subscriber`. */
  subscribed(call: Call): Answer;
  posts(): readonly Post[];
  clear(): void;
}

const LIMIT_MAX = 100;
const LIMIT_DEFAULT = 25;

export function createPosts(world: World, accounts: Accounts, nextId: () => string): Posts {
  const submissions: Submission[] = [];
  const now = () => world.clock.now().getTime();
  const made = () => submissions.filter(({ madeAt }) => madeAt <= now());

  return {
    add(post, making) {
      const submission = { ...post, id: nextId(), madeAt: now() + making * 1000 };
      submissions.push(submission);
      return submission;
    },

    find: (id) => made().find((post) => post.id === id),

    submitted(call, name) {
      accounts.authorise(call, 'history');
      checkQuery(call, ['sort', 'limit', 'after', 'raw_json']);
      const limit = Number(call.query.get('limit') ?? LIMIT_DEFAULT);
      if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX || call.query.get('sort') !== 'new') throw refuse(400);
      const mine = made()
        .filter(({ account }) => account.name === name)
        .toSorted((one, other) => other.madeAt - one.madeAt);
      const after = call.query.get('after');
      const start = after === null ? 0 : mine.findIndex(({ id }) => `t3_${id}` === after) + 1;
      const page = mine.slice(start, start + limit);
      return listing(call, page, start + limit < mine.length ? `t3_${page.at(-1)?.id}` : null);
    },

    info(call) {
      accounts.authorise(call, 'read');
      checkQuery(call, ['id', 'raw_json']);
      const wanted = (call.query.get('id') ?? '').split(',');
      return listing(call, made().filter(({ id }) => wanted.includes(`t3_${id}`)), null);
    },

    about(call, name) {
      const account = accounts.authorise(call, 'read');
      checkQuery(call, ['raw_json']);
      const found = subredditOf(name, account);
      if (found === null) throw refuse(404);
      if (found.closed) throw refuse(403, { reason: 'private' });
      return json(200, { kind: 't5', data: aboutOf(found) });
    },

    subscribed(call) {
      accounts.authorise(call, 'mysubreddits');
      checkQuery(call, ['limit', 'after', 'raw_json']);
      const children = SUBSCRIBED.map((subreddit) => ({ kind: 't5', data: aboutOf(subreddit) }));
      return json(200, { kind: 'Listing', data: { after: null, before: null, dist: children.length, children } });
    },

    // From when it can be made: what follows is only that it is processed.
    posts: () =>
      submissions
        .filter(({ madeAt }) => madeAt !== Infinity)
        .map(({ id, account, kind, title, text, mediaSha256, madeAt }) => ({
          id: `t3_${id}`,
          accountId: account.id,
          kind,
          title,
          text: text === '' ? null : text,
          mediaSha256,
          createdAt: timestamp(new Date(madeAt)),
        })),

    clear: () => void (submissions.length = 0),
  };
}

export function checkQuery(call: Call, known: readonly string[]): void {
  if (oddParameter(call.query, known) !== null) throw refuse(400);
}

function aboutOf({ name, submissionType, images, videos }: Subreddit): Record<string, unknown> {
  return {
    display_name: name,
    display_name_prefixed: name.startsWith('u_') ? name.replace('_', '/') : `r/${name}`,
    subreddit_type: name.startsWith('u_') ? 'user' : 'public',
    submission_type: submissionType,
    allow_images: images,
    allow_videos: videos,
  };
}

function listing(call: Call, page: readonly Submission[], after: string | null): Answer {
  const children = page.map((post) => ({ kind: 't3', data: thing(post, shownAs(call)) }));
  return json(200, listOf(children, after));
}

export function listOf(children: readonly { readonly kind: string; readonly data: Readonly<Record<string, unknown>> }[], after: string | null): object {
  return { kind: 'Listing', data: { after, before: null, dist: children.length, modhash: null, children } };
}

/** How a text is written in the answer to a call: unless it asks otherwise, three characters come as entities of HTML. */
export function shownAs(call: Call): (text: string) => string {
  return call.query.get('raw_json') === '1' ? (text) => text : escaped;
}

/** The address of a post under www.reddit.com; what follows the id is for people. */
export function permalinkOf({ subreddit, id, title }: Submission): string {
  const place = subreddit.startsWith('u_') ? `user/${subreddit.slice(2)}` : `r/${subreddit}`;
  const slug = title.toLowerCase().replaceAll(/[^a-z0-9]+/gu, '_').slice(0, 50);
  return `/${place}/comments/${id}/${slug === '' ? '_' : slug}/`;
}

export function thing(post: Submission, show: (text: string) => string): Record<string, unknown> {
  const { id, account, subreddit, kind, title, text, madeAt, mediaSha256 } = post;
  const url: Readonly<Record<Post['kind'], string>> = { text: `https://www.reddit.com${permalinkOf(post)}`, photos: `https://i.redd.it/${id}.jpg`, video: `https://v.redd.it/${id}` };
  return {
    id,
    name: `t3_${id}`,
    author: account.name,
    subreddit,
    title: show(title),
    is_self: kind === 'text',
    is_video: kind === 'video',
    is_gallery: mediaSha256.length > 1,
    selftext: show(text),
    created_utc: Math.floor(madeAt / 1000),
    permalink: permalinkOf(post),
    url: url[kind],
    removed_by_category: null,
    view_count: null,
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
