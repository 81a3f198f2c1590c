import * as z from 'zod';
import { timestamp } from '../../core/clock.ts';
import { json, oddParameter } from '../http.ts';
import { randomDigits } from '../random.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import type { Accounts, Author } from './accounts.ts';
import { requireOwner, type Asset, type Assets } from './assets.ts';
import type { Caps } from './caps.ts';
import { readCommentary } from './commentary.ts';
import { bodyOf, refuse } from './errors.ts';

/** Milliseconds for which the same content of an author is refused. The page says "soon", and that traces of it last for 24 to 48 hours. */
const DUPLICATE_WINDOW = 24 * 60 * 60 * 1000;

const COUNT_MAX = 100;

const mediaSchema = z.strictObject({ id: z.string(), title: z.string().min(1).max(400).optional(), altText: z.string().max(4086).optional() });
const imageSchema = z.strictObject({ id: z.string(), altText: z.string().max(4086).optional() });

const postSchema = z.strictObject({
  author: z.string(),
  commentary: z.string(),
  visibility: z.enum(['PUBLIC', 'CONNECTIONS']),
  distribution: z.strictObject({
    feedDistribution: z.literal('MAIN_FEED'),
    targetEntities: z.tuple([]),
    thirdPartyDistributionChannels: z.tuple([]),
  }),
  // Documents, links and polls are not known here.
  content: z
    .union([z.strictObject({ media: mediaSchema }), z.strictObject({ multiImage: z.strictObject({ images: z.array(imageSchema).min(2).max(20) }) })])
    .optional(),
  lifecycleState: z.literal('PUBLISHED'),
  isReshareDisabledByAuthor: z.boolean(),
});
type NewPost = z.output<typeof postSchema>;

interface Published {
  readonly urn: string;
  readonly sent: NewPost;
  readonly text: string;
  readonly assets: readonly Asset[];
  readonly createdAt: Date;
}

export interface Posts {
  /** `POST /rest/posts`: the visible call. */
  create(call: Call): Answer;
  /** `GET /rest/posts?author=&q=author`, of a page. */
  list(call: Call): Answer;
  has(urn: string): boolean;
  posts(): readonly Post[];
  clear(): void;
}

export function createPosts({ world, accounts, assets, caps }: { world: World; accounts: Accounts; assets: Assets; caps: Caps }): Posts {
  const published: Published[] = [];

  /** The files of a post, which must be the author's and ready. */
  function filesOf(author: Author, { content }: NewPost): readonly Asset[] {
    if (content === undefined) return [];
    const named = 'media' in content ? [content.media] : content.multiImage.images;
    return named.map(({ id }) => {
      const asset = assets.get(id);
      if (asset?.owner.urn !== author.urn) throw refuse({ status: 404, code: 'NOT_FOUND', message: `Could not find entity ${id}` });
      if ('multiImage' in content && asset.kind !== 'image') throw refuse({ code: 'INVALID_VALUE', message: `${id} is no image.` });
      switch (assets.status(asset)) {
        case 'WAITING_UPLOAD':
        case 'PROCESSING':
          throw refuse({ status: 400, code: 'MEDIA_ASSET_WAITING_UPLOAD', message: `Media asset ${id} is not available: WAITING_UPLOAD` });
        case 'PROCESSING_FAILED':
          throw refuse({ status: 400, code: 'MEDIA_ASSET_PROCESSING_FAILED', message: `Media asset ${id} failed processing.` });
        case 'AVAILABLE':
          return asset;
      }
    });
  }

  /** Refuses what the author has posted shortly before, by its words and files, and names it. */
  function checkDouble(author: Author, text: string, files: readonly Asset[]): void {
    const since = world.clock.now().getTime() - DUPLICATE_WINDOW;
    const same = published.find(
      (post) => post.sent.author === author.urn && post.text === text && urnsOf(post.assets) === urnsOf(files) && post.createdAt.getTime() > since,
    );
    if (same === undefined) return;
    const description = `Content is a duplicate of ${same.urn}`;
    throw refuse({ code: 'DUPLICATE_POST', message: description, inputErrors: [{ code: 'DUPLICATE_POST', description }] });
  }

  return {
    create(call) {
      const authors = accounts.writer(call);
      const sent = bodyOf(call, postSchema);
      const author = requireOwner(authors, sent.author);
      if (author.kind === 'page' && sent.visibility !== 'PUBLIC') throw refuse({ code: 'INVALID_VALUE', message: 'A page posts in public only.' });
      const text = readCommentary(sent.commentary);
      const files = filesOf(author, sent);
      checkDouble(author, text, files);
      caps.spendPost(author.urn);
      const type = files[0]?.kind === 'video' ? 'ugcPost' : 'share';
      const urn = `urn:li:${type}:7${randomDigits(18)}`;
      published.push({ urn, sent, text, assets: files, createdAt: world.clock.now() });
      return { status: 201, headers: { 'x-restli-id': urn, location: `/posts/${encodeURIComponent(urn)}` }, body: '' };
    },

    list(call) {
      const authors = accounts.reader(call);
      const odd = oddParameter(call.query, ['author', 'q', 'count', 'start', 'sortBy']);
      if (odd !== null) throw refuse({ status: 400, code: 'INVALID_VALUE', message: `The parameter ${odd.name} is ${odd.problem}.` });
      const author = requireOwner(authors, call.query.get('author') ?? '');
      if (call.query.get('q') !== 'author') throw refuse({ status: 400, code: 'INVALID_VALUE', message: 'q is not author.' });
      if (!['LAST_MODIFIED', 'CREATED', null].includes(call.query.get('sortBy'))) throw refuse({ status: 400, code: 'INVALID_VALUE', message: 'sortBy is LAST_MODIFIED or CREATED.' });
      const count = number(call.query.get('count') ?? '10', 1);
      const start = number(call.query.get('start') ?? '0', 0);
      const all = published.filter(({ sent }) => sent.author === author.urn).toReversed();
      return json(200, { paging: { start, count, links: [] }, elements: all.slice(start, start + count).map(shown) });
    },

    has: (urn) => published.some((post) => post.urn === urn),

    posts: () =>
      published
        .filter(({ sent }) => sent.visibility === 'PUBLIC')
        .map(({ urn, sent, text, assets: files, createdAt }) => ({
          id: urn,
          accountId: sent.author,
          kind: files[0] === undefined ? 'text' : files[0].kind === 'video' ? 'video' : 'photos',
          title: null,
          text,
          mediaSha256: files.map(({ done }) => done?.sha256 ?? ''),
          ...coverOf(files),
          createdAt: timestamp(createdAt),
        })),

    clear: () => void published.splice(0),
  };
}

function shown({ urn, sent, createdAt }: Published): object {
  const at = createdAt.getTime();
  return { id: urn, ...sent, createdAt: at, publishedAt: at, lastModifiedAt: at };
}

function coverOf([file]: readonly Asset[]): Pick<Post, 'coverSha256'> {
  const thumbnail = file?.thumbnail ?? '';
  return thumbnail === '' ? {} : { coverSha256: thumbnail };
}

function urnsOf(assets: readonly Asset[]): string {
  return assets.map(({ urn }) => urn).join(' ');
}

export function number(text: string, least: number): number {
  const given = Number(text);
  if (!/^\d{1,4}$/.test(text) || given < least || given > COUNT_MAX) throw refuse({ status: 400, code: 'INVALID_VALUE', message: `${text} is not between ${least} and ${COUNT_MAX}.` });
  return given;
}
