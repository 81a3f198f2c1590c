import { timestamp } from '../../core/clock.ts';
import { badParameter, nothingThere, refuse } from '../graph.ts';
import { json } from '../http.ts';
import { randomDigits, randomText } from '../random.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import { SCOPES, type Account, type Accounts } from './accounts.ts';
import type { Caps } from './caps.ts';
import type { Containers } from './containers.ts';

/** A published reel. */
export interface Media {
  readonly id: string;
  readonly account: Account;
  readonly caption: string | null;
  readonly shortcode: string;
  readonly sha256: string;
  readonly publishedAt: Date;
}

export interface MediaList {
  /** `POST /{ig-id}/media_publish`: the visible call. */
  publish(call: Call, userId: string): Promise<Answer>;
  get(id: string): Media | undefined;
  /** Newest first. */
  of(userId: string): readonly Media[];
  posts(): readonly Post[];
  clear(): void;
}

export function createMediaList({
  world,
  accounts,
  containers,
  caps,
}: {
  world: World;
  accounts: Accounts;
  containers: Containers;
  caps: Caps;
}): MediaList {
  const media = new Map<string, Media>();

  return {
    async publish(call, userId) {
      const { account, fields } = accounts.authorise(call, SCOPES.publish, ['creation_id']);
      if (account.userId !== userId) throw nothingThere(userId);
      const creationId = fields.get('creation_id');
      if (creationId === null) throw badParameter('creation_id', 'required');
      const container = containers.get(creationId);
      if (container === undefined || container.account.userId !== account.userId) {
        throw refuse({ code: 24, subcode: 2207006, message: 'The media was not found.', type: 'IGApiException' });
      }
      const { code } = await containers.status(container);
      switch (code) {
        case 'EXPIRED':
          throw refuse({ code: -2, subcode: 2207020, message: 'The media has expired.', type: 'IGApiException' });
        case 'IN_PROGRESS':
        // The page does not say what publishing a failed container gives; it never gets ready.
        case 'ERROR':
          throw refuse({ code: 9007, subcode: 2207027, message: 'The media is not ready to be published.', type: 'IGApiException' });
        case 'FINISHED':
        case 'PUBLISHED':
          break;
      }
      const pulled = await container.pulled;
      // A container publishes once. The page does not say what a second call is told: here that the container is used up,
      // which proves nothing about the first call. Who asks for its status learns that it is PUBLISHED.
      if (container.published || pulled.kind !== 'taken') {
        throw refuse({ code: 24, subcode: 2207008, message: 'The media builder does not exist any more.', type: 'IGApiException' });
      }
      caps.spendPost(account.userId);
      container.published = true;
      const { caption } = container;
      const id = `18${randomDigits(15)}`;
      media.set(id, { id, account, caption, shortcode: `D${randomText(10)}`, sha256: pulled.sha256, publishedAt: world.clock.now() });
      return json(200, { id });
    },

    get: (id) => media.get(id),

    of: (userId) => [...media.values()].filter(({ account }) => account.userId === userId).toReversed(),

    posts: () =>
      [...media.values()].map(({ id, account, caption, sha256, publishedAt }) => ({
        id,
        accountId: account.userId,
        kind: 'video',
        title: null,
        text: caption,
        mediaSha256: [sha256],
        createdAt: timestamp(publishedAt),
      })),

    clear: () => media.clear(),
  };
}
