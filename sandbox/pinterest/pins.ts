import { createHash } from 'node:crypto';
import * as z from 'zod';
import { timestamp } from '../../core/clock.ts';
import { json, oddParameter } from '../http.ts';
import { readImage } from '../media/image.ts';
import { randomDigits } from '../random.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import type { Account } from './accounts.ts';
import { parseBody } from './bodies.ts';
import { sizeOf } from './check.ts';
import { CODES, invalid, refuse } from './errors.ts';
import type { MediaLibrary } from './media.ts';

interface Pin {
  readonly id: string;
  readonly account: Account;
  readonly body: z.output<typeof pinSchema>;
  readonly kind: 'video' | 'photos';
  readonly mediaSha256: readonly string[];
  readonly coverSha256: string | null;
  readonly createdAt: Date;
}

export interface Pins {
  /** `POST /v5/pins`: the visible call. */
  create(call: Call, account: Account): Promise<Answer>;
  /** `GET /v5/boards/{board_id}/pins`, and of a section; newest first. */
  list(call: Call, account: Account, place: { board: string; section: string | null }): Answer;
  posts(): readonly Post[];
  clear(): void;
}

const id = z.string().regex(/^\d+$/u);
const link = z.url().max(2048);
const imageType = z.enum(['image/jpeg', 'image/png']);
const encoded = { content_type: imageType, data: z.base64() };
const ITEMS = [2, 5] as const;

/** How a video is shown before it plays: one of these ways. */
const coverSchema = {
  cover_image_url: link.optional(),
  cover_image_key_frame_time: z.number().min(0).optional(),
  cover_image_content_type: imageType.optional(),
  cover_image_data: z.base64().optional(),
};

const sourceSchema = z.discriminatedUnion('source_type', [
  z.strictObject({ source_type: z.literal('video_id'), media_id: id, ...coverSchema }),
  z.strictObject({ source_type: z.literal('image_url'), url: link }),
  z.strictObject({ source_type: z.literal('image_base64'), ...encoded }),
  z.strictObject({ source_type: z.literal('multiple_image_urls'), items: z.array(z.strictObject({ url: link })).min(ITEMS[0]).max(ITEMS[1]) }),
  z.strictObject({ source_type: z.literal('multiple_image_base64'), items: z.array(z.strictObject(encoded)).min(ITEMS[0]).max(ITEMS[1]) }),
]);
type Source = z.output<typeof sourceSchema>;

const pinSchema = z.strictObject({
  board_id: id,
  board_section_id: id.nullish(),
  title: z.string().max(100).nullish(),
  description: z.string().max(800).nullish(),
  link: link.nullish(),
  alt_text: z.string().max(500).nullish(),
  media_source: sourceSchema,
});

const PAGE_MAX = 250;
const PAGE_DEFAULT = 25;

/** Seconds after which the lists have a new pin. */
const LISTED_AFTER = 30;

export function createPins({ world, media }: { readonly world: World; readonly media: MediaLibrary }): Pins {
  const pins: Pin[] = [];
  const listedAfter = Math.min(LISTED_AFTER, world.processingSeconds) * 1000;

  /** The bytes of the photos of a pin. */
  async function photosOf(source: Exclude<Source, { source_type: 'video_id' }>): Promise<readonly Uint8Array[]> {
    switch (source.source_type) {
      case 'image_url':
        return [await fetched(source.url)];
      case 'image_base64':
        return [Buffer.from(source.data, 'base64')];
      case 'multiple_image_urls':
        return Promise.all(source.items.map(({ url }) => fetched(url)));
      case 'multiple_image_base64':
        return source.items.map(({ data }) => Buffer.from(data, 'base64'));
    }
  }

  async function fetched(url: string): Promise<Uint8Array> {
    const found = await world.fetch(url).catch((error: unknown) => {
      if (error instanceof Error) return null;
      throw error;
    });
    if (found?.status !== 200) throw refuse(400, CODES.unreachable, 'Unable to reach the URL. Please check the URL is correct and try again.');
    return found.body;
  }

  /** What a pin is made of; refuses what Pinterest cannot show. */
  async function contentOf(source: Source, account: Account): Promise<Pick<Pin, 'kind' | 'mediaSha256' | 'coverSha256'>> {
    if (source.source_type === 'video_id') {
      const { cover_image_url: url, cover_image_key_frame_time: second, cover_image_data: data, cover_image_content_type: type } = source;
      if ([url, second, data].filter((cover) => cover !== undefined).length !== 1 || (data === undefined) !== (type === undefined)) {
        throw invalid('media_source: a cover image is missing, or there is more than one.');
      }
      const mediaSha256 = [media.usable(source.media_id, account)];
      const cover = url === undefined ? (data === undefined ? null : Buffer.from(data, 'base64')) : await fetched(url);
      const picture = cover === null ? null : readImage(cover);
      if (cover !== null && (sizeOf(cover) === null || picture === null || (type !== undefined && type !== `image/${picture.format}`))) {
        throw invalid('media_source: the cover image is no JPEG or PNG of at most 20 MB.');
      }
      return { kind: 'video', mediaSha256, coverSha256: cover === null ? null : sha256Of(cover) };
    }
    const photos = await photosOf(source);
    const sizes = photos.map((photo) => sizeOf(photo));
    const [first] = sizes;
    if (first === undefined || sizes.includes(null)) throw invalid('media_source: a file is no picture of at most 20 MB.');
    if (sizes.some((size) => size?.width !== first?.width || size?.height !== first?.height)) throw invalid('media_source: the images have different dimensions.');
    return { kind: 'photos', mediaSha256: photos.map(sha256Of), coverSha256: null };
  }

  return {
    async create(call, account) {
      const body = parseBody(call, pinSchema);
      checkPlace(account, body.board_id, body.board_section_id);
      // The page knows no refusal of a video that has a pin already: a second one is made, so that it is seen.
      const content = await contentOf(body.media_source, account);
      const pin: Pin = { id: randomDigits(18), account, body, ...content, createdAt: world.clock.now() };
      pins.push(pin);
      return json(201, show(pin));
    },

    list(call, account, { board, section }) {
      const odd = oddParameter(call.query, ['page_size', 'bookmark']);
      if (odd !== null) throw invalid(`the parameter ${odd.name} is ${odd.problem}.`);
      checkPlace(account, board, section);
      const size = Number(call.query.get('page_size') ?? PAGE_DEFAULT);
      if (!Number.isInteger(size) || size < 1 || size > PAGE_MAX) throw invalid(`page_size is not between 1 and ${PAGE_MAX}.`);
      const until = world.clock.now().getTime() - listedAfter;
      const there = pins.filter((pin) => pin.account === account && pin.body.board_id === board && pin.createdAt.getTime() <= until && (section === null || pin.body.board_section_id === section)).toReversed();
      const bookmark = call.query.get('bookmark');
      const start = bookmark === null ? 0 : there.findIndex((pin) => bookmarkOf(pin) === bookmark) + 1;
      if (bookmark !== null && start === 0) throw invalid('the bookmark is not one of ours.');
      const items = there.slice(start, start + size);
      const last = items.at(-1);
      return json(200, { items: items.map(show), bookmark: last !== undefined && start + size < there.length ? bookmarkOf(last) : null });
    },

    posts: () =>
      pins.map(({ id: pinId, account, kind, body, mediaSha256, coverSha256, createdAt }) => ({
        id: pinId,
        accountId: account.userId,
        kind,
        title: body.title ?? null,
        text: body.description ?? null,
        mediaSha256,
        ...(coverSha256 !== null && { coverSha256 }),
        createdAt: timestamp(createdAt),
      })),

    clear() {
      pins.length = 0;
    },
  };
}

/** Refuses a board, or a section, that the account does not have. */
function checkPlace({ boards }: Account, boardId: string, section: string | null | undefined): void {
  const board = boards.find(({ id: own }) => own === boardId);
  if (board === undefined) throw refuse(404, CODES.board, 'Board not found.');
  if (typeof section === 'string' && board.section !== section) throw refuse(404, CODES.board, 'Board section not found.');
}

function show({ id: pinId, account, body, kind, mediaSha256, createdAt }: Pin): Record<string, unknown> {
  return {
    id: pinId,
    // Without a zone, as the API's own examples have it.
    created_at: createdAt.toISOString().replace(/\.\d+Z$/u, ''),
    link: body.link ?? null,
    title: body.title ?? null,
    description: body.description ?? null,
    alt_text: body.alt_text ?? null,
    board_id: body.board_id,
    board_section_id: body.board_section_id ?? null,
    board_owner: { username: account.username },
    creative_type: kind === 'video' ? 'VIDEO' : mediaSha256.length > 1 ? 'CAROUSEL' : 'REGULAR',
    media: { media_type: kind === 'video' ? 'video' : mediaSha256.length > 1 ? 'multiple_images' : 'image' },
    is_owner: true,
    parent_pin_id: null,
  };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function bookmarkOf({ id: pinId }: Pin): string {
  return Buffer.from(`older than ${pinId}`).toString('base64url');
}
