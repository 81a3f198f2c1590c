import { createHash } from 'node:crypto';
import * as z from 'zod';
import { json, mediaType, oddParameter } from '../http.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import type { Account, Accounts, Scope } from './accounts.ts';
import { parseBody, parseForm } from './bodies.ts';
import { flawOf, SIZE_MAX, type Category, type Flaw } from './check.ts';
import { invalid, refuse } from './errors.ts';
import type { Rates } from './rates.ts';

/** Files that posts may name: in segments or in one request (x.md sections 2 and 3). Nobody sees them. */
export interface Media {
  readonly id: string;
  readonly mediaKey: string;
  readonly account: Account;
  readonly category: Category;
  readonly type: string;
  readonly total: number;
  readonly segments: Map<number, Uint8Array>;
  expiresAt: number;
  /** Null: not finalized. */
  finalizedAt: number | null;
  /** Of the whole file, in lower-case hex, once it is finalized. */
  sha256: string;
  flaw: Flaw | null;
}

export interface MediaLibrary {
  initialize(call: Call): Answer;
  append(call: Call, id: string): Answer;
  finalize(call: Call, id: string): Answer;
  status(call: Call): Answer;
  upload(call: Call): Answer;
  describe(call: Call): Answer;
  /** The file, if a post of this account may name it now. */
  usable(id: string, account: Account): Media | null;
  clear(): void;
}

const TYPES = ['video/mp4', 'video/webm', 'video/mp2t', 'video/quicktime', 'text/srt', 'text/vtt', 'image/jpeg', 'image/gif', 'image/bmp', 'image/png', 'image/webp', 'image/pjpeg', 'image/tiff'] as const;
const CATEGORIES = ['amplify_video', 'tweet_gif', 'tweet_image', 'tweet_video'] as const;

const TOTAL_MAX = 17_179_869_184;
/** Bytes of a segment: the documented ceiling. */
const SEGMENT_MAX = 5_000_000;
const SEGMENT_INDEX_MAX = 999;
/** Seconds. */
const LIFE = 24 * 3600;
const POLLS = 4;

const initializeSchema = z.strictObject({ media_type: z.enum(TYPES), total_bytes: z.int().min(1).max(TOTAL_MAX), media_category: z.enum(CATEGORIES), shared: z.boolean().optional() });
const indexSchema = z.union([z.int(), z.string().regex(/^\d{1,4}$/u).transform(Number)]).pipe(z.int().min(0).max(SEGMENT_INDEX_MAX));
const metadataSchema = z.strictObject({ id: z.string(), metadata: z.strictObject({ alt_text: z.strictObject({ text: z.string().min(1).max(1000) }) }) });

/** What the first part of a media key says of it. */
const KEYS: Readonly<Record<Category, string>> = { tweet_image: '3', tweet_video: '7', amplify_video: '13', tweet_gif: '16' };

export interface Parts {
  readonly world: World;
  readonly accounts: Accounts;
  readonly rates: Rates;
  readonly nextId: () => string;
}

export function createMedia({ world, accounts, rates, nextId }: Parts): MediaLibrary {
  const library = new Map<string, Media>();
  const now = () => world.clock.now().getTime();
  const WRITE: readonly Scope[] = ['media.write'];

  function find(id: string, account: Account): Media {
    const media = library.get(id);
    if (media === undefined || media.account.userId !== account.userId || media.expiresAt <= now()) {
      throw refuse(404, { detail: `Could not find media with id: [${id}].`, type: 'https://api.twitter.com/2/problems/resource-not-found' });
    }
    return media;
  }

  function add(account: Account, of: Pick<Media, 'category' | 'type' | 'total'>): Media {
    const id = nextId();
    const media: Media = { ...of, id, mediaKey: `${KEYS[of.category]}_${id}`, account, segments: new Map(), expiresAt: now() + LIFE * 1000, finalizedAt: null, sha256: '', flaw: null };
    library.set(id, media);
    return media;
  }

  function finish(media: Media, file: Uint8Array): void {
    media.sha256 = createHash('sha256').update(file).digest('hex');
    media.flaw = flawOf(file, media.category, media.type);
    media.finalizedAt = now();
    media.expiresAt = now() + LIFE * 1000;
    media.segments.clear();
  }

  /** What is told of a file; one that X has to process says how far it is. */
  function show(media: Media): Record<string, unknown> {
    const { id, mediaKey, total } = media;
    const shown = { id, media_key: mediaKey, size: total, expires_after_secs: Math.ceil((media.expiresAt - now()) / 1000) };
    return media.category === 'tweet_image' ? shown : { ...shown, processing_info: processing(media) };
  }

  function processing({ finalizedAt, flaw }: Media): Record<string, unknown> {
    const passed = (now() - (finalizedAt ?? now())) / 1000;
    const left = world.processingSeconds - passed;
    if (left > 0) {
      const check = Math.max(1, Math.ceil(world.processingSeconds / POLLS));
      return passed <= 0
        ? { state: 'pending', check_after_secs: check }
        : { state: 'in_progress', check_after_secs: check, progress_percent: Math.floor((100 * passed) / world.processingSeconds) };
    }
    return flaw === null ? { state: 'succeeded', progress_percent: 100 } : { state: 'failed', progress_percent: 100, error: flaw };
  }

  return {
    initialize(call) {
      const account = accounts.authorise(call, WRITE);
      const headers = rates.spend('segments', account.userId);
      const { media_type: type, total_bytes: total, media_category: category } = parseBody(call, initializeSchema);
      if (type.startsWith('image/') !== (category === 'tweet_image' || category === 'tweet_gif')) throw invalid(`media_category ${category} does not go with ${type}.`);
      if (total > SIZE_MAX[category]) throw invalid(`File size exceeds ${SIZE_MAX[category]} bytes.`);
      const { id, media_key, expires_after_secs } = show(add(account, { category, type, total }));
      return json(200, { data: { id, media_key, expires_after_secs } }, headers);
    },

    append(call, id) {
      const account = accounts.authorise(call, WRITE);
      const headers = rates.spend('segments', account.userId);
      // The edge of X says this, without a body.
      if (call.body.byteLength > SEGMENT_MAX * (mediaType(call) === 'application/json' ? 4 / 3 : 1) + 1000) return { status: 413, headers: {}, body: '' };
      const media = find(id, account);
      if (media.finalizedAt !== null) throw invalid('The media is finalized.');
      const { fields, file } = parseForm(call, { segment_index: indexSchema });
      if (file.byteLength > SEGMENT_MAX || file.byteLength === 0) throw invalid(`A segment has 1 to ${SEGMENT_MAX} bytes.`);
      media.segments.set(fields.segment_index, Uint8Array.from(file));
      return json(200, { data: { expires_at: Math.floor(media.expiresAt / 1000) } }, headers);
    },

    finalize(call, id) {
      const account = accounts.authorise(call, WRITE);
      const headers = rates.spend('segments', account.userId);
      if (call.body.byteLength > 0) parseBody(call, z.strictObject({}));
      const media = find(id, account);
      // The page does not say what a second call is told; refusing it is the stricter reading.
      if (media.finalizedAt !== null) throw invalid('The media is finalized already.');
      const segments = [...media.segments].toSorted(([one], [other]) => one - other);
      const file = Buffer.concat(segments.map(([, bytes]) => bytes));
      if (segments.some(([index], place) => index !== place) || file.byteLength !== media.total) throw invalid('Segments do not add up to provided total file size.');
      finish(media, file);
      return json(200, { data: show(media) }, headers);
    },

    status(call) {
      const account = accounts.authorise(call, WRITE);
      const headers = rates.spend('states', account.userId);
      const odd = oddParameter(call.query, ['command', 'media_id']);
      if (odd !== null) throw invalid(`The query parameter [${odd.name}] is ${odd.problem}.`);
      if ((call.query.get('command') ?? 'STATUS') !== 'STATUS') throw invalid('The command is STATUS.');
      const media = find(call.query.get('media_id') ?? '', account);
      if (media.finalizedAt === null) throw invalid('The media is not finalized.');
      return json(200, { data: show(media) }, headers);
    },

    upload(call) {
      const account = accounts.authorise(call, WRITE);
      const headers = rates.spend('images', account.userId);
      const { fields, file } = parseForm(call, { media_category: z.literal('tweet_image'), media_type: z.enum(TYPES) });
      const type = fields.media_type;
      if (!type.startsWith('image/')) throw invalid(`media_category tweet_image does not go with ${type}.`);
      if (file.byteLength > SIZE_MAX.tweet_image) throw invalid(`File size exceeds ${SIZE_MAX.tweet_image} bytes.`);
      const flaw = flawOf(file, 'tweet_image', type);
      if (flaw !== null) throw invalid(flaw.message);
      const media = add(account, { category: 'tweet_image', type, total: file.byteLength });
      finish(media, file);
      return json(200, { data: show(media) }, headers);
    },

    describe(call) {
      const account = accounts.authorise(call, WRITE);
      const { id, metadata } = parseBody(call, metadataSchema);
      const media = find(id, account);
      if (!media.type.startsWith('image/')) throw invalid('Only images have an alt text.');
      return json(200, { data: { id, associated_metadata: metadata } });
    },

    usable(id, account) {
      const media = library.get(id);
      if (media === undefined || media.account.userId !== account.userId || media.expiresAt <= now()) return null;
      const state = media.category === 'tweet_image' ? 'succeeded' : processing(media)['state'];
      return media.finalizedAt !== null && media.flaw === null && state === 'succeeded' ? media : null;
    },

    clear: () => library.clear(),
  };
}
