import * as z from 'zod';
import { timestamp } from '../../core/clock.ts';
import { json, oddParameter } from '../http.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import type { Account, Accounts } from './accounts.ts';
import { parseBody } from './bodies.ts';
import { invalid, refuse } from './errors.ts';
import type { Media, MediaLibrary } from './media.ts';
import type { Rates } from './rates.ts';
import { show, TEXT_MAX, weigh } from './texts.ts';

/** A published post. */
interface Tweet {
  readonly id: string;
  readonly account: Account;
  readonly text: string;
  readonly media: readonly Media[];
  readonly createdAt: Date;
  /** The tweet that it answers; null: none. */
  readonly repliesTo: string | null;
}

export interface Posts {
  /** `POST /2/tweets`: the visible call. */
  create(call: Call): Answer;
  /** `GET /2/users/{id}/tweets`, newest first. */
  timeline(call: Call, userId: string): Answer;
  posts(): readonly Post[];
  clear(): void;
}

const MEDIA_MAX = 4;

/** What the page says of the body; quotes and polls are not known here. */
const tweetSchema = z.strictObject({
  text: z.string().optional(),
  media: z.strictObject({ media_ids: z.array(z.string().regex(/^\d{1,19}$/u)).min(1) }).optional(),
  reply_settings: z.enum(['following', 'mentionedUsers', 'subscribers', 'verified']).optional(),
  made_with_ai: z.boolean().optional(),
  paid_partnership: z.boolean().optional(),
  reply: z.strictObject({ in_reply_to_tweet_id: z.string().regex(/^\d{1,19}$/u) }).optional(),
  community_id: z.string().regex(/^\d{1,19}$/u).optional(),
});

const PAGE_MIN = 5;
const PAGE_MAX = 100;
const PAGE_DEFAULT = 10;
const FIELDS = ['id', 'text', 'created_at', 'attachments', 'entities', 'edit_history_tweet_ids', 'referenced_tweets'];

export interface Parts {
  readonly world: World;
  readonly accounts: Accounts;
  readonly rates: Rates;
  readonly media: MediaLibrary;
  readonly nextId: () => string;
}

export function createPosts({ world, accounts, rates, media, nextId }: Parts): Posts {
  const tweets: Tweet[] = [];
  const short = new Map<string, string>();

  function shorten(link: string): string {
    const found = short.get(link) ?? `https://t.co/${randomText(10).replaceAll(/[-_]/gu, 'a')}`;
    short.set(link, found);
    return found;
  }

  function shown({ id, account, text, media: files }: Tweet) {
    return show(text, shorten, files.length === 0 ? null : `https://x.com/${account.username}/status/${id}/${files[0]?.category === 'tweet_image' ? 'photo' : 'video'}/1`);
  }

  function filesOf(ids: readonly string[], account: Account): readonly Media[] {
    if (ids.length > MEDIA_MAX) throw invalid(`$.media.media_ids: there must be a maximum of ${MEDIA_MAX} items in the array`);
    const files = ids.map((id) => media.usable(id, account)).filter((file) => file !== null);
    if (files.length < ids.length || new Set(ids).size < ids.length) throw invalid('Your media IDs are invalid.');
    if (files.length > 1 && files.some(({ category }) => category !== 'tweet_image')) throw invalid('A post has up to 4 images, or 1 GIF, or 1 video.');
    return files;
  }

  return {
    create(call) {
      const account = accounts.authorise(call, ['tweet.read', 'tweet.write', 'users.read']);
      const headers = rates.spend('posts', account.userId);
      const { text = '', media: named, community_id: community, reply } = parseBody(call, tweetSchema);
      const files = filesOf(named?.media_ids ?? [], account);
      if (text.trim() === '' && files.length === 0) throw invalid('The text is missing.');
      if (weigh(text) > TEXT_MAX) throw refuse(403, { detail: 'Your post text is too long.' });
      // Nobody here is a member of a community.
      if (community !== undefined) throw refuse(403, { detail: 'You are not permitted to perform this action.' });
      const repliesTo = reply?.in_reply_to_tweet_id ?? null;
      const answered = tweets.find(({ id }) => id === repliesTo);
      // Programs may answer only who wrote to them, and themselves (since February 2026).
      if (repliesTo !== null && answered?.account.userId !== account.userId) throw refuse(403, { detail: 'You are not permitted to perform this action.' });
      const since = world.clock.now().getTime() - rates.sameText * 1000;
      const same = tweets.some((tweet) => tweet.account.userId === account.userId && tweet.text === text && tweet.createdAt.getTime() > since);
      if (same && text !== '') throw refuse(403, { detail: 'You are not allowed to create a Tweet with duplicate content.' });

      const tweet: Tweet = { id: nextId(), account, text, media: files, createdAt: world.clock.now(), repliesTo };
      tweets.push(tweet);
      return json(201, { data: { id: tweet.id, text: shown(tweet).text, edit_history_tweet_ids: [tweet.id] } }, headers);
    },

    timeline(call, userId) {
      const account = accounts.authorise(call, ['tweet.read', 'users.read']);
      const headers = rates.spend('timelines', account.userId);
      const odd = oddParameter(call.query, ['max_results', 'start_time', 'tweet.fields', 'pagination_token']);
      if (odd !== null) throw invalid(`The query parameter [${odd.name}] is ${odd.problem}.`);
      if (account.userId !== userId) throw refuse(404, { detail: `Could not find user with id: [${userId}].`, type: 'https://api.twitter.com/2/problems/resource-not-found' });
      const size = Number(call.query.get('max_results') ?? PAGE_DEFAULT);
      if (!Number.isInteger(size) || size < PAGE_MIN || size > PAGE_MAX) throw invalid(`The max_results query parameter is not between ${PAGE_MIN} and ${PAGE_MAX}.`);
      const fields = (call.query.get('tweet.fields') ?? 'id,text').split(',');
      const unknown = fields.find((field) => !FIELDS.includes(field));
      if (unknown !== undefined) throw invalid(`The tweet.fields query parameter value [${unknown}] is not one of ${FIELDS.join(',')}`);
      const since = parseStart(call.query.get('start_time'), world.clock.now());
      const all = tweets.filter((tweet) => tweet.account.userId === userId && tweet.createdAt >= since).toReversed();
      const page = call.query.get('pagination_token');
      const start = page === null ? 0 : all.findIndex(({ id }) => token(id) === page) + 1;
      if (page !== null && start === 0) throw invalid('The pagination_token is not one of ours.');
      const data = all.slice(start, start + size);
      const last = data.at(-1);
      const more = last !== undefined && start + data.length < all.length;
      return json(200, {
        ...(data.length > 0 && { data: data.map((tweet) => pick(tweet, fields)) }),
        meta: { result_count: data.length, ...(last !== undefined && { newest_id: data[0]?.id, oldest_id: last.id }), ...(more && { next_token: token(last.id) }) },
      }, headers);
    },

    posts: () =>
      tweets.map(({ id, account, text, media: files, createdAt, repliesTo }) => ({
        id,
        accountId: account.userId,
        kind: files.length === 0 ? 'text' : files.some(({ category }) => category.endsWith('video')) ? 'video' : 'photos',
        title: null,
        text: text === '' ? null : text,
        mediaSha256: files.map(({ sha256 }) => sha256),
        createdAt: timestamp(createdAt),
        ...(repliesTo !== null && { replyTo: repliesTo }),
      })),

    clear() {
      tweets.length = 0;
      short.clear();
    },
  };

  function pick(tweet: Tweet, fields: readonly string[]): Record<string, unknown> {
    const { text, urls } = shown(tweet);
    const values: Readonly<Record<string, unknown>> = {
      created_at: tweet.createdAt.toISOString(),
      attachments: tweet.media.length === 0 ? undefined : { media_keys: tweet.media.map(({ mediaKey }) => mediaKey) },
      referenced_tweets: tweet.repliesTo === null ? undefined : [{ type: 'replied_to', id: tweet.repliesTo }],
      entities: urls.length === 0 ? undefined : { urls },
    };
    // These three always come along.
    return { ...Object.fromEntries(fields.map((field) => [field, values[field]])), id: tweet.id, text, edit_history_tweet_ids: [tweet.id] };
  }
}

function token(id: string): string {
  return Buffer.from(`older than ${id}`).toString('base64url').toLowerCase();
}

function parseStart(text: string | null, now: Date): Date {
  if (text === null) return new Date(0);
  const at = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/u.test(text) || Number.isNaN(at.getTime())) throw invalid('The start_time query parameter is no time.');
  // The page does not speak of times to come.
  if (at > now) throw invalid('The start_time query parameter lies in the future.');
  return at;
}
