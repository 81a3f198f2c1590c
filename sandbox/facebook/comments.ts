import { timestamp } from '../../core/clock.ts';
import { badParameter, nothingThere } from '../graph.ts';
import { json } from '../http.ts';
import { randomDigits } from '../random.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import { SCOPES, type Accounts, type Page } from './accounts.ts';
import type { Feed } from './feed.ts';
import { graphTime, listed } from './read.ts';
import type { Videos } from './videos.ts';

interface Comment {
  readonly id: string;
  readonly page: Page;
  /** Of the video, or else of the post. */
  readonly under: string;
  readonly message: string;
  readonly createdAt: Date;
}

/** Comments of a page under what it has published; those of people are not known here. */
export interface Comments {
  /** `POST /{post or video}/comments`: the visible call. */
  create(call: Call, id: string): Answer;
  /** `GET /{post or video}/comments?fields=&order=&filter=&limit=&after=`. */
  list(call: Call, id: string): Answer;
  posts(): readonly Post[];
  clear(): void;
}

/** What the site takes; the reference names no number. Unsure. */
const MESSAGE_MAX = 8000;

const ORDERS: readonly string[] = ['chronological', 'reverse_chronological'];

export interface Parts {
  readonly world: World;
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly feed: Feed;
}

export function createComments({ world, accounts, videos, feed }: Parts): Comments {
  const comments: Comment[] = [];

  /** What is published under an id: a post, a video, or the post beside a video, which stands for it. */
  function published(page: Page, id: string): string {
    if (feed.get(id)?.page.pageId === page.pageId) return id;
    const video = videos.all().find((each) => each.id === id || each.postId === id);
    if (video?.page.pageId !== page.pageId || videos.stage(video).kind !== 'published') throw nothingThere(id);
    return video.id;
  }

  return {
    create(call, id) {
      // Attachments and answers to comments are not known here.
      const { page, fields } = accounts.authorise(call, SCOPES.comment, ['message']);
      const under = published(page, id);
      const message = fields.get('message') ?? '';
      if (message.trim() === '') throw badParameter('message', 'required');
      if (message.length > MESSAGE_MAX) throw badParameter('message', `longer than ${MESSAGE_MAX} characters`);
      const comment = { id: `${under.split('_').at(-1)}_${randomDigits(15)}`, page, under, message, createdAt: world.clock.now() };
      comments.push(comment);
      return json(200, { id: comment.id });
    },

    list(call, id) {
      // To see the parent is to see its comments (the reference of the edge).
      const { page, fields } = accounts.authorise(call, SCOPES.read, ['fields', 'order', 'filter', 'limit', 'after']);
      const order = fields.get('order') ?? 'chronological';
      if (!ORDERS.includes(order)) throw badParameter('order', `none of ${ORDERS.join(', ')}`);
      if (!['toplevel', 'stream', null].includes(fields.get('filter'))) throw badParameter('filter', 'neither toplevel nor stream');
      const under = published(page, id);
      const oldestFirst = comments.filter((comment) => comment.under === under);
      return listed(order === 'chronological' ? oldestFirst : oldestFirst.toReversed(), fields, show);
    },

    posts: () =>
      comments.map(({ id, page, under, message, createdAt }) => ({
        id,
        accountId: page.pageId,
        kind: 'text',
        title: null,
        text: message,
        mediaSha256: [],
        createdAt: timestamp(createdAt),
        replyTo: under,
      })),

    clear: () => void (comments.length = 0),
  };
}

function show({ page, message, createdAt }: Comment): Readonly<Record<string, unknown>> {
  return { message, created_time: graphTime(createdAt), from: { id: page.pageId, name: page.name } };
}
