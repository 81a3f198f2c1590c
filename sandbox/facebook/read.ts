import { badParameter, nothingThere, parseLimit, pick } from '../graph.ts';
import { json } from '../http.ts';
import type { Answer, Call } from '../stand-in.ts';
import { SCOPES, type Accounts, type Page } from './accounts.ts';
import type { Feed } from './feed.ts';
import { UPLOAD_LIMITS } from './page-videos.ts';
import { showStatus, type Video, type Videos } from './videos.ts';

export interface Reading {
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly feed: Feed;
}

/** `GET /{id}?fields=` of a page, a video or a post. */
export async function readObject({ accounts, videos, feed }: Reading, call: Call, id: string): Promise<Answer> {
  const { page, fields } = accounts.authorise(call, SCOPES.read, ['fields']);
  const wanted = fields.get('fields');
  if (id === page.pageId) return json(200, pick(id, { name: page.name, username: page.username, video_upload_limits: UPLOAD_LIMITS }, wanted));
  const video = videos.get(id);
  if (video?.page.pageId === page.pageId) return json(200, await showVideo(videos, video, wanted));
  const post = feed.get(id);
  if (post?.page.pageId !== page.pageId) throw nothingThere(id);
  return json(200, pick(id, { message: post.message ?? undefined, created_time: graphTime(post.createdAt), permalink_url: permalinkOf(page, id) }, wanted));
}

/** `GET /{page}?fields=access_token`: the token of the page, for who may have it. */
export function readPageToken({ accounts }: Pick<Reading, 'accounts'>, call: Call, pageId: string): Answer {
  const { token } = accounts.caller(call, SCOPES.list, ['fields']);
  const page = accounts.pageOf(token) ?? token.grant.subject.pages.find((own) => own.pageId === pageId);
  if (page?.pageId !== pageId) throw nothingThere(pageId);
  return json(200, { access_token: accounts.pageToken(token, page), id: pageId });
}

/** `GET /{page}/published_posts?fields=&limit=&after=`, newest first, those of videos too. */
export function listPosts({ accounts, videos, feed }: Reading, call: Call, pageId: string): Answer {
  const { page, fields } = accounts.authorise(call, SCOPES.read, ['fields', 'limit', 'after']);
  if (page.pageId !== pageId) throw nothingThere(pageId);
  const ofVideos = videos.all().flatMap((video) => {
    const stage = videos.stage(video);
    return stage.kind === 'published' && video.page.pageId === pageId
      ? { id: video.postId, message: video.finish?.description ?? undefined, at: new Date(stage.at) }
      : [];
  });
  const ofFeed = feed.all().flatMap(({ id, page: of, message, createdAt }) => (of.pageId === pageId ? { id, message: message ?? undefined, at: createdAt } : []));
  const all = [...ofVideos, ...ofFeed].toSorted((a, b) => b.at.getTime() - a.at.getTime());
  return listed(all, fields, ({ id, message, at }) => ({ message, created_time: graphTime(at), permalink_url: permalinkOf(page, id) }));
}

/** A page of a list, as `fields`, `limit` and `after` ask for it. */
export function listed<Item extends { readonly id: string }>(all: readonly Item[], fields: URLSearchParams, show: (item: Item) => Readonly<Record<string, unknown>>): Answer {
  const after = fields.get('after');
  const start = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0) throw badParameter('after', 'not one of our cursors');
  const shown = all.slice(start, start + parseLimit(fields.get('limit')));
  const [first, last] = [shown.at(0), shown.at(-1)];
  const data = shown.map((item) => pick(item.id, show(item), fields.get('fields')));
  return json(200, { data, ...(first !== undefined && last !== undefined && { paging: { cursors: { before: first.id, after: last.id } } }) });
}

async function showVideo(videos: Videos, video: Video, wanted: string | null): Promise<Record<string, unknown>> {
  const stage = await videos.settledStage(video);
  const isOut = stage.kind === 'published';
  const values = {
    title: video.finish?.title ?? undefined,
    description: video.finish?.description ?? undefined,
    created_time: graphTime(new Date(video.createdAt)),
    published: isOut,
    status: showStatus(video, stage),
    permalink_url: isOut ? `/reel/${video.id}/` : undefined,
    post_id: isOut ? video.postId : undefined,
  };
  return pick(video.id, values, wanted);
}

function permalinkOf({ pageId }: Page, postId: string): string {
  return `https://www.facebook.com/${pageId}/posts/${postId.slice(pageId.length + 1)}`;
}

export function graphTime(at: Date): string {
  return `${at.toISOString().slice(0, 19)}+0000`;
}
