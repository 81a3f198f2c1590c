import * as z from 'zod';
import { timestamp } from '../../core/clock.ts';
import { badParameter, nothingThere, refuse } from '../graph.ts';
import { json } from '../http.ts';
import { randomDigits } from '../random.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import { demandPage, SCOPES, type Accounts, type Page } from './accounts.ts';
import { checkPhoto, fetchFile } from './files.ts';
import { flag, required } from './parameters.ts';

/** A photo that belongs to no post yet. */
interface Photo {
  readonly page: Page;
  readonly sha256: string;
  readonly createdAt: number;
  used: boolean;
}

export interface FeedPost {
  readonly id: string;
  readonly page: Page;
  readonly message: string | null;
  readonly sha256: readonly string[];
  readonly createdAt: Date;
}

export interface Feed {
  /** `POST /{page}/photos`, of those that belong to no post yet. */
  addPhoto(call: Call, pageId: string): Promise<Answer>;
  /** `POST /{page}/feed`: the visible call. */
  publish(call: Call, pageId: string): Answer;
  get(id: string): FeedPost | undefined;
  all(): readonly FeedPost[];
  posts(): readonly Post[];
  clear(): void;
}

const MESSAGE_MAX = 63_206;
const PHOTOS_MAX = 10;
/** Milliseconds for which a photo waits for its post: about a day, says the page. */
const PHOTO_LIFE = 24 * 60 * 60 * 1000;
/** Milliseconds in which a text like that of the post before is held for a repetition: «immediate», says the page. */
const REPEAT_WINDOW = 5 * 60 * 1000;

const attachedSchema = z.array(z.strictObject({ media_fbid: z.string().min(1) })).min(1).max(PHOTOS_MAX);

export function createFeed({ world, accounts }: { world: World; accounts: Accounts }): Feed {
  const photos = new Map<string, Photo>();
  const feed = new Map<string, FeedPost>();
  const now = () => world.clock.now().getTime();

  function attached(text: string | null, page: Page): readonly Photo[] {
    if (text === null) return [];
    const ids = parseAttached(text).map(({ media_fbid: id }) => id);
    if (new Set(ids).size < ids.length) throw badParameter('attached_media', 'the same photo twice');
    return ids.map((id) => {
      const photo = photos.get(id);
      if (photo === undefined || photo.page.pageId !== page.pageId || now() - photo.createdAt >= PHOTO_LIFE) throw nothingThere(id);
      if (photo.used) throw refuse({ code: 1_366_051, message: 'These photos were already posted.' });
      return photo;
    });
  }

  return {
    async addPhoto(call, pageId) {
      const { page, fields } = accounts.authorise(call, SCOPES.publish, ['url', 'published', 'alt_text_custom']);
      demandPage(page, pageId);
      // A photo that is a post by itself is not known here.
      if (flag(fields, 'published', true)) throw badParameter('published', 'not false');
      const url = required(fields, 'url');
      if (!/^https?:\/\/[\u0021-\u007e]+$/.test(url) || !URL.canParse(url)) throw badParameter('url', 'no address');
      const fetched = await fetchFile(world, url, 'image');
      const checked = 'problem' in fetched ? fetched : checkPhoto(fetched.bytes);
      if ('problem' in checked) throw refuse({ code: 324, subcode: checked.problem.code, message: checked.problem.message });
      const id = randomDigits(15);
      photos.set(id, { page, sha256: checked.sha256, createdAt: now(), used: false });
      return json(200, { id });
    },

    publish(call, pageId) {
      const { page, fields } = accounts.authorise(call, SCOPES.publish, ['message', 'link', 'published', 'attached_media']);
      demandPage(page, pageId);
      if (!flag(fields, 'published', true)) throw badParameter('published', 'not true');
      const message = fields.get('message');
      const link = fields.get('link');
      const media = attached(fields.get('attached_media'), page);
      if (message !== null && message.length > MESSAGE_MAX) throw badParameter('message', `longer than ${MESSAGE_MAX} characters`);
      if (link !== null && (!URL.canParse(link) || media.length > 0)) throw refuse({ code: 100, subcode: 1_609_005, message: 'There was a problem with the link.' });
      if ((message ?? '') === '' && link === null && media.length === 0) throw badParameter('message', 'required');
      const before = [...feed.values()].findLast(({ page: of }) => of.pageId === pageId);
      if (media.length === 0 && before?.message === message && now() - before.createdAt.getTime() < REPEAT_WINDOW) {
        throw refuse({ code: 506, subcode: 1_455_006, message: 'Duplicate status message.' });
      }
      const id = `${pageId}_${randomDigits(15)}`;
      for (const photo of media) photo.used = true;
      feed.set(id, { id, page, message, sha256: media.map(({ sha256 }) => sha256), createdAt: world.clock.now() });
      return json(200, { id });
    },

    get: (id) => feed.get(id),
    all: () => [...feed.values()],

    posts: () =>
      [...feed.values()].map(({ id, page, message, sha256, createdAt }) => ({
        id,
        accountId: page.pageId,
        kind: sha256.length === 0 ? ('text' as const) : ('photos' as const),
        title: null,
        text: message,
        mediaSha256: sha256,
        createdAt: timestamp(createdAt),
      })),

    clear() {
      photos.clear();
      feed.clear();
    },
  };
}

function parseAttached(text: string): z.output<typeof attachedSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badParameter('attached_media', `not JSON (${String(error)})`);
  }
  const parsed = attachedSchema.safeParse(value);
  if (!parsed.success) throw badParameter('attached_media', 'of the wrong form');
  return parsed.data;
}
