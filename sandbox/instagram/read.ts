import { badParameter, nothingThere, parseFields, parseLimit, pick } from '../graph.ts';
import { json } from '../http.ts';
import type { Answer, Call } from '../stand-in.ts';
import { SCOPES, type Accounts } from './accounts.ts';
import { CAP_WINDOW, type Caps } from './caps.ts';
import type { Containers } from './containers.ts';
import type { Media, MediaList } from './media.ts';

export interface Reading {
  readonly accounts: Accounts;
  readonly containers: Containers;
  readonly media: MediaList;
  readonly caps: Caps;
}

/** `GET /me?fields=`. */
export function readMe({ accounts, media }: Reading, call: Call): Answer {
  const { account, fields } = accounts.authorise(call, SCOPES.basic, ['fields']);
  const values = {
    user_id: account.userId,
    username: account.username,
    name: account.name,
    profile_picture_url: `https://scontent.cdninstagram.com/v/${account.userId}.jpg`,
    account_type: 'BUSINESS',
    followers_count: 0,
    media_count: media.of(account.userId).length,
  };
  return json(200, pick(account.appScopedId, values, fields.get('fields')));
}

/** `GET /{id}?fields=` of a container or of a published media. */
export async function readObject({ accounts, containers, media }: Reading, call: Call, id: string): Promise<Answer> {
  const { account, fields } = accounts.authorise(call, SCOPES.basic, ['fields']);
  const wanted = fields.get('fields');
  const container = containers.get(id);
  if (container?.account.userId === account.userId) {
    const { code, text } = await containers.status(container);
    return json(200, pick(id, { status_code: code, status: text }, wanted));
  }
  const found = media.get(id);
  if (found?.account.userId !== account.userId) throw nothingThere(id);
  return json(200, showMedia(found, wanted));
}

/** `GET /{ig-id}/media?fields=&limit=&after=`, newest first. */
export function listMedia({ accounts, media }: Reading, call: Call, userId: string): Answer {
  const { account, fields } = accounts.authorise(call, SCOPES.basic, ['fields', 'limit', 'after']);
  if (account.userId !== userId) throw nothingThere(userId);
  const limit = parseLimit(fields.get('limit'));
  const all = media.of(userId);
  const start = parseCursor(fields.get('after'), all);
  const shown = all.slice(start, start + limit);
  const [first, last] = [shown.at(0), shown.at(-1)];
  const data = shown.map((each) => showMedia(each, fields.get('fields')));
  return json(200, {
    data,
    ...(first !== undefined && last !== undefined && { paging: { cursors: { before: cursor(first), after: cursor(last) } } }),
  });
}

/** `GET /{ig-id}/content_publishing_limit?fields=`. */
export function readPublishingLimit({ accounts, caps }: Reading, call: Call, userId: string): Answer {
  const { account, fields } = accounts.authorise(call, SCOPES.basic, ['fields']);
  if (account.userId !== userId) throw nothingThere(userId);
  const values: Readonly<Record<string, unknown>> = {
    config: { quota_total: caps.postsTotal, quota_duration: CAP_WINDOW },
    quota_usage: caps.postsUsed(userId),
  };
  const names = parseFields(fields.get('fields') ?? 'quota_usage', values);
  return json(200, { data: [Object.fromEntries(names.map((name) => [name, values[name]]))] });
}

function showMedia({ id, account, caption, shortcode, publishedAt }: Media, wanted: string | null): Record<string, unknown> {
  const values = {
    caption: caption ?? undefined,
    media_type: 'VIDEO',
    media_product_type: 'REELS',
    permalink: `https://www.instagram.com/reel/${shortcode}/`,
    shortcode,
    timestamp: `${publishedAt.toISOString().slice(0, 19)}+0000`,
    username: account.username,
  };
  return pick(id, values, wanted);
}

function cursor({ id }: Media): string {
  return Buffer.from(`after:${id}`).toString('base64url');
}

function parseCursor(text: string | null, all: readonly Media[]): number {
  if (text === null) return 0;
  const index = all.findIndex((media) => cursor(media) === text);
  if (index === -1) throw badParameter('after', 'not one of our cursors');
  return index + 1;
}
