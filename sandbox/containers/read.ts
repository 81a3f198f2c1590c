import { badParameter, nothingThere, parseFields, parseLimit, pick, refuse } from '../graph.ts';
import { json } from '../http.ts';
import type { Answer, Call } from '../stand-in.ts';
import type { Account, Accounts } from './accounts.ts';
import { CAP_WINDOW, type Caps } from './caps.ts';
import type { Containers } from './containers.ts';
import type { Dialect } from './dialect.ts';
import type { Posts, PublishedPost } from './posts.ts';

/** Refuses a post that is not there, or not the account's. */
export function demandOwn(posts: Posts, id: string, { userId }: Account): PublishedPost {
  const found = posts.get(id);
  if (found?.account.userId !== userId) throw nothingThere(id);
  return found;
}

export interface Reading {
  readonly dialect: Dialect;
  readonly accounts: Accounts;
  readonly containers: Containers;
  readonly posts: Posts;
  readonly caps: Caps;
}

/** `GET /me?fields=`. */
export function readMe({ dialect: { scopes, me }, accounts, posts }: Reading, call: Call): Answer {
  const { account, fields } = accounts.authorise(call, scopes.basic, ['fields']);
  const { id, values } = me(account, posts.of(account.userId).length);
  return json(200, pick(id, values, fields.get('fields')));
}

/** `GET /{id}?fields=` of a container or of a post. */
export async function readObject({ dialect: { scopes, state, show }, accounts, containers, posts }: Reading, call: Call, id: string): Promise<Answer> {
  const { account, fields } = accounts.authorise(call, scopes.basic, ['fields']);
  const wanted = fields.get('fields');
  const container = containers.get(id);
  if (container?.account.userId === account.userId) return json(200, pick(id, state(await containers.status(container)), wanted));
  return json(200, pick(id, show(demandOwn(posts, id, account)), wanted));
}

/** `GET /{account}/{edge}?fields=&limit=&after=`, newest first. */
export function listPosts({ dialect: { scopes, show, listParameters }, accounts, posts }: Reading, call: Call, userId: string): Answer {
  const { account, fields } = accounts.authorise(call, scopes.basic, ['fields', 'limit', 'after', ...listParameters]);
  if (account.userId !== userId) throw nothingThere(userId);
  const since = parseSince(fields.get('since'));
  return page(posts.of(userId).filter(({ publishedAt }) => publishedAt.getTime() >= since), fields, show);
}

/** `GET /{post}/replies?fields=&limit=&after=&reverse=`: those that answer it, newest first unless `reverse` is false. */
export function listReplies({ dialect: { scopes, replies, show }, accounts, posts }: Reading, call: Call, id: string): Answer {
  const known = ['fields', 'limit', 'after', 'reverse'];
  const { account, fields } = accounts.authorise(call, scopes.basic, known);
  if (replies === null) throw refuse({ code: 100, message: 'There are no replies here.' });
  accounts.authorise(call, replies.scope, known);
  demandOwn(posts, id, account);
  const reverse = fields.get('reverse') ?? 'true';
  if (reverse !== 'true' && reverse !== 'false') throw badParameter('reverse', 'neither true nor false');
  const newestFirst = posts.repliesTo(id);
  return page(reverse === 'true' ? newestFirst : newestFirst.toReversed(), fields, show);
}

/** A page of a list, as `fields`, `limit` and `after` ask for it. */
export function page<Item extends { readonly id: string }>(all: readonly Item[], fields: URLSearchParams, show: (item: Item) => Readonly<Record<string, unknown>>): Answer {
  const limit = parseLimit(fields.get('limit'));
  const start = parseCursor(fields.get('after'), all);
  const shown = all.slice(start, start + limit);
  const [first, last] = [shown.at(0), shown.at(-1)];
  return json(200, {
    data: shown.map((item) => pick(item.id, show(item), fields.get('fields'))),
    ...(first !== undefined && last !== undefined && { paging: { cursors: { before: cursor(first), after: cursor(last) } } }),
  });
}

/** `GET /{account}/{edge}?fields=`. */
export function readPublishingLimit({ dialect: { scopes, limitValues }, accounts, caps }: Reading, call: Call, userId: string): Answer {
  const { account, fields } = accounts.authorise(call, scopes.publish, ['fields']);
  if (account.userId !== userId) throw nothingThere(userId);
  const values: Readonly<Record<string, unknown>> = {
    ...limitValues,
    config: { quota_total: caps.postsTotal, quota_duration: CAP_WINDOW },
    quota_usage: caps.postsUsed(userId),
  };
  const names = parseFields(fields.get('fields') ?? 'quota_usage', values);
  return json(200, { data: [Object.fromEntries(names.map((name) => [name, values[name]]))] });
}

/** As the Graph API writes a time: not quite ISO 8601. */
export function graphTime(at: Date): string {
  return `${at.toISOString().slice(0, 19)}+0000`;
}

/** Milliseconds; a time is given in seconds or as a date. */
function parseSince(text: string | null): number {
  if (text === null) return 0;
  const at = /^\d{1,12}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(at)) throw badParameter('since', 'not a time');
  return at;
}

function cursor({ id }: { readonly id: string }): string {
  return Buffer.from(`after:${id}`).toString('base64url');
}

function parseCursor(text: string | null, all: readonly { readonly id: string }[]): number {
  if (text === null) return 0;
  const index = all.findIndex((item) => cursor(item) === text);
  if (index === -1) throw badParameter('after', 'not one of our cursors');
  return index + 1;
}
