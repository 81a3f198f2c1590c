import { timestamp } from '../../core/clock.ts';
import { badParameter, nothingThere, refuse } from '../graph.ts';
import { json } from '../http.ts';
import { randomDigits, randomText } from '../random.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import type { Account, Accounts } from './accounts.ts';
import type { Caps } from './caps.ts';
import type { Containers } from './containers.ts';
import type { Dialect, Source } from './dialect.ts';

export interface PublishedPost {
  readonly id: string;
  readonly account: Account;
  readonly kind: Source['kind'];
  readonly caption: string | null;
  readonly shortcode: string;
  readonly sha256: readonly string[];
  readonly coverSha256: string | null;
  readonly publishedAt: Date;
  readonly replyTo: string | null;
}

export interface Posts {
  /** `POST /{account}/{edge}`: the visible call. */
  publish(call: Call, userId: string): Promise<Answer>;
  get(id: string): PublishedPost | undefined;
  /** Newest first, without those that answer others. */
  of(userId: string): readonly PublishedPost[];
  /** Those that answer a post, newest first. */
  repliesTo(id: string): readonly PublishedPost[];
  all(): readonly Post[];
  clear(): void;
}

export function createPosts({
  world,
  dialect: { scopes, replies, refusals },
  accounts,
  containers,
  caps,
}: {
  world: World;
  dialect: Pick<Dialect, 'scopes' | 'replies' | 'refusals'>;
  accounts: Accounts;
  containers: Containers;
  caps: Caps;
}): Posts {
  const posts = new Map<string, PublishedPost>();
  const newestFirst = () => [...posts.values()].toReversed();

  return {
    async publish(call, userId) {
      const { account, fields } = accounts.authorise(call, scopes.publish, ['creation_id']);
      if (account.userId !== userId) throw nothingThere(userId);
      const creationId = fields.get('creation_id');
      if (creationId === null) throw badParameter('creation_id', 'required');
      const container = containers.get(creationId);
      if (container === undefined || container.account.userId !== account.userId || container.inCarousel) throw refuse(refusals.notFound);
      const { caption, source, replyTo } = container;
      if (replyTo !== null && replies !== null) accounts.authorise(call, replies.scope, ['creation_id']);
      const { code } = await containers.status(container);
      switch (code) {
        case 'EXPIRED':
          throw refuse(refusals.expired);
        case 'IN_PROGRESS':
        // The pages do not say what publishing a failed container gives; it never gets ready.
        case 'ERROR':
          throw refuse(refusals.notReady);
        case 'FINISHED':
        case 'PUBLISHED':
          break;
      }
      const pulled = await container.pulled;
      // A container publishes once. The pages do not say what a second call is told: here that the container is used up,
      // which proves nothing about the first call. Who asks for its status learns that it is PUBLISHED.
      if (container.published || pulled.kind !== 'taken') throw refuse(refusals.usedUp);
      if (replyTo === null) caps.spendPost(account.userId);
      else caps.spendReply(account.userId);
      container.published = true;
      const id = `18${randomDigits(15)}`;
      const { sha256, coverSha256 = null } = pulled;
      posts.set(id, { id, account, kind: source.kind, caption, shortcode: `D${randomText(10)}`, sha256, coverSha256, publishedAt: world.clock.now(), replyTo });
      return json(200, { id });
    },

    get: (id) => posts.get(id),

    of: (userId) => newestFirst().filter(({ account, replyTo }) => account.userId === userId && replyTo === null),

    repliesTo: (id) => newestFirst().filter(({ replyTo }) => replyTo === id),

    all: () =>
      [...posts.values()].map(({ id, account, kind, caption, sha256, coverSha256, publishedAt, replyTo }) => ({
        id,
        accountId: account.userId,
        kind: kind === 'video' || kind === 'text' ? kind : 'photos',
        title: null,
        text: caption,
        mediaSha256: sha256,
        ...(coverSha256 !== null && { coverSha256 }),
        createdAt: timestamp(publishedAt),
        ...(replyTo !== null && { replyTo }),
      })),

    clear: () => posts.clear(),
  };
}
