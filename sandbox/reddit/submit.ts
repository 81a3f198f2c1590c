import * as z from 'zod';
import { formFields, json, mediaType, oddParameter } from '../http.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import type { Account, Accounts } from './accounts.ts';
import type { Asset, Assets } from './assets.ts';
import { invalidOption, refuse, refuseJson } from './errors.ts';
import { permalinkOf, type Posts, type Submission } from './posts.ts';
import type { Rates } from './rates.ts';
import { subredditOf, type Subreddit } from './subreddits.ts';

/** The two calls that make a post visible. */
export interface Submit {
  /** `POST /api/submit`: a text, a photo or a video. */
  post(call: Call): Answer;
  /** `POST /api/submit_gallery_post.json`. */
  gallery(call: Call): Answer;
}

const FIELDS = ['api_type', 'kind', 'sr', 'title', 'url', 'video_poster_url', 'text', 'flair_id', 'flair_text', 'nsfw', 'spoiler', 'sendreplies', 'resubmit', 'validate_on_submit'] as const;
const FLAGS: readonly string[] = ['nsfw', 'spoiler', 'sendreplies', 'resubmit', 'validate_on_submit'];

/** Characters (code points). */
const TITLE_MAX = 300;
const TEXT_MAX = 40_000;
const CAPTION_MAX = 180;
const PHOTOS = { min: 2, max: 20 } as const;

const gallerySchema = z.strictObject({
  api_type: z.literal('json'),
  sr: z.string(),
  title: z.string(),
  show_error_list: z.literal(true),
  /** Clients send it. */
  text: z.string().optional(),
  items: z.array(z.strictObject({ media_id: z.string(), caption: z.string(), outbound_url: z.string() })),
  flair_id: z.string().optional(),
  flair_text: z.string().optional(),
  nsfw: z.boolean().optional(),
  spoiler: z.boolean().optional(),
  sendreplies: z.boolean().optional(),
  validate_on_submit: z.boolean().optional(),
});

/** How much sooner than a video a photo is processed. */
const PHOTO_PACE = 0.1;

export interface Parts {
  readonly world: World;
  readonly accounts: Accounts;
  readonly assets: Assets;
  readonly posts: Posts;
  readonly rates: Rates;
}

export function createSubmit({ world, accounts, assets, posts, rates }: Parts): Submit {
  /** What every post is looked at for: where it goes, its title, its flair, and how often the account posts. */
  function target(account: Account, { sr, title, flair }: { sr: string; title: string; flair: string | undefined }): Subreddit {
    if (sr === '') throw refuseJson('SUBREDDIT_REQUIRED', 'you must specify a subreddit', 'sr');
    const found = subredditOf(sr, account);
    if (found === null) throw refuseJson('SUBREDDIT_NOEXIST', "that subreddit doesn't exist", 'sr');
    if (found.closed) throw refuseJson('SUBREDDIT_NOTALLOWED', "you aren't allowed to post there.", 'sr');
    if (title.trim() === '') throw refuseJson('NO_TEXT', 'we need something here', 'title');
    if (Array.from(title).length > TITLE_MAX) throw refuseJson('TOO_LONG', `this is too long (max: ${TITLE_MAX})`, 'title');
    if (flair !== undefined && !found.flairs.includes(flair)) throw refuseJson('BAD_FLAIR_TEMPLATE_ID', 'Bad flair template ID', 'flair');
    if (flair === undefined && found.flairs.length > 0) throw refuseJson('SUBMIT_VALIDATION_FLAIR_REQUIRED', 'Your post must contain post flair.', 'flair');
    rates.check('posts', account.id);
    return found;
  }

  /** A file of the account that has come, and is of this sort. */
  function fileOf(account: Account, by: Parameters<Assets['find']>[1], sort: 'image' | 'video'): Asset | null {
    const found = assets.find(account, by);
    return found !== null && found.type.startsWith(`${sort}/`) ? found : null;
  }

  function make(account: Account, { name }: Subreddit, post: Pick<Submission, 'kind' | 'title' | 'text'>, files: readonly Asset[], making: number): Submission {
    rates.count('posts', account.id);
    const mediaSha256 = files.flatMap(({ sha256 }) => sha256 ?? []);
    return posts.add({ ...post, account, subreddit: name, mediaSha256 }, making);
  }

  return {
    post(call) {
      const account = accounts.authorise(call, 'submit');
      if (mediaType(call) !== 'application/x-www-form-urlencoded') throw refuse(400);
      const form = formFields(call);
      const odd = oddParameter(form, FIELDS)?.name ?? FLAGS.find((name) => !/^(?:true|false)$/iu.test(form.get(name) ?? 'true'));
      if (odd !== undefined) throw invalidOption(odd);
      // Otherwise the answer is a program for a page.
      if (form.get('api_type') !== 'json') throw invalidOption('api_type');
      const [title, text, url] = [form.get('title') ?? '', form.get('text') ?? '', form.get('url') ?? ''];
      const subreddit = target(account, { sr: form.get('sr') ?? '', title, flair: form.get('flair_id') ?? undefined });
      checkText(text);
      switch (form.get('kind')) {
        case 'self': {
          if (subreddit.submissionType === 'link') throw refuseJson('NO_SELFS', "that subreddit doesn't allow text posts", 'sr');
          if (form.has('url') || form.has('video_poster_url')) throw invalidOption('url');
          return done(make(account, subreddit, { kind: 'text', title, text }, [], 0));
        }
        case 'image': {
          if (!subreddit.images) throw refuseJson('NO_IMAGES', "that subreddit doesn't allow images", 'sr');
          if (form.has('video_poster_url')) throw invalidOption('video_poster_url');
          const image = fileOf(account, { url }, 'image');
          if (image === null) throw refuseJson('BAD_URL', 'you should check that url', 'url');
          if (!image.usable) throw refuseJson('IMAGE_ERROR', 'Invalid image', 'url');
          make(account, subreddit, { kind: 'photos', title, text }, [image], PHOTO_PACE * world.processingSeconds);
          return later(account);
        }
        // The second loses its sound; here it is the same.
        case 'video':
        case 'videogif': {
          if (!subreddit.videos) throw refuseJson('NO_VIDEOS', "that subreddit doesn't allow videos", 'sr');
          const [video, poster] = [fileOf(account, { url }, 'video'), fileOf(account, { url: form.get('video_poster_url') ?? '' }, 'image')];
          if (video === null || poster === null || !poster.usable) throw refuseJson('MISSING_VIDEO_URLS', 'Missing video urls', 'url');
          // What is wrong with a video shows in processing, which ends without a post.
          make(account, subreddit, { kind: 'video', title, text }, [video], video.usable ? world.processingSeconds : Infinity);
          return later(account);
        }
        default:
          throw invalidOption('kind');
      }
    },

    gallery(call) {
      const account = accounts.authorise(call, 'submit');
      const body = mediaType(call) === 'application/json' ? gallerySchema.safeParse(parseJson(call)) : null;
      if (body?.success !== true) throw invalidOption(body?.error?.issues[0]?.path.join('.') ?? 'body');
      const { sr, title, items, text = '', flair_id: flair } = body.data;
      const subreddit = target(account, { sr, title, flair });
      if (!subreddit.images) throw refuseJson('NO_IMAGES', "that subreddit doesn't allow images", 'sr');
      checkText(text);
      if (items.length < PHOTOS.min || items.length > PHOTOS.max) throw invalidOption('items');
      if (items.some(({ caption }) => Array.from(caption).length > CAPTION_MAX)) throw refuseJson('TOO_LONG', `this is too long (max: ${CAPTION_MAX})`, 'items');
      const files = items.map((item) => fileOf(account, { id: item.media_id }, 'image'));
      const usable = files.filter((file) => file !== null).filter((file) => file.usable);
      if (usable.length < items.length || new Set(items.map((item) => item.media_id)).size < items.length) throw refuseJson('IMAGE_ERROR', 'Invalid image', 'items');
      return done(make(account, subreddit, { kind: 'photos', title, text }, usable, 0));
    },
  };
}

function checkText(text: string): void {
  if (Array.from(text).length > TEXT_MAX) throw refuseJson('TOO_LONG', `this is too long (max: ${TEXT_MAX})`, 'text');
}

/** A post that is made when its file is processed; nobody is told its id. */
function later({ name }: Account): Answer {
  return json(200, { json: { errors: [], data: { user_submitted_page: `https://www.reddit.com/user/${name}/submitted/`, websocket_url: 'wss://ws.example/post' } } });
}

function done(post: Submission): Answer {
  const url = `https://www.reddit.com${permalinkOf(post)}`;
  return json(200, { json: { errors: [], data: { id: post.id, name: `t3_${post.id}`, url, drafts_count: 0 } } });
}

function parseJson(call: Call): unknown {
  try {
    return JSON.parse(Buffer.from(call.body).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse(400);
    throw error;
  }
}
