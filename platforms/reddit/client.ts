import * as z from 'zod';
import type { Media } from '../../core/model.ts';
import type { ByteStream, HttpAnswer, HttpRequest, NetworkTools } from '../../core/ports/index.ts';
import { parseAnswer, unanswered, value, type Reply } from '../answers.ts';
import { multipartStream } from '../multipart.ts';
import { asBearer } from '../oauth.ts';
import { refusalOf, storeTrouble } from './errors.ts';

/** The calls of the Data API that publishing needs, one function each. `oauth` is oauth.reddit.com. */

type Tools = Pick<NetworkTools, 'send' | 'accessToken' | 'endpoints' | 'now' | 'app'>;

/**
 * Reddit refuses programs that do not say who they are: `<platform>:<app id>:<version>`, and the name of a person, which nobody
 * has told us; the id of the app leads to it.
 */
export function userAgent({ app }: Pick<Tools, 'app'>): string {
  return `server:${app.clientId}:v1 (Fanfare)`;
}

const aboutSchema = z.object({
  kind: z.literal('t5'),
  // Any of them may be missing, or null: then nothing is known.
  data: z.object({
    submission_type: z.string().nullish(),
    allow_images: z.boolean().nullish(),
    allow_videos: z.boolean().nullish(),
  }),
});

export interface Subreddit {
  /** Null: not said. */
  readonly texts: boolean | null;
  readonly images: boolean | null;
  readonly videos: boolean | null;
}

/** What a subreddit takes. */
export async function readSubreddit(tools: Tools, subreddit: string): Promise<Reply<Subreddit>> {
  const read = await call(tools, get(tools, `/r/${subreddit}/about`, {}), aboutSchema);
  if (read.kind === 'trouble') return read;
  const { submission_type: type, allow_images: images = null, allow_videos: videos = null } = read.value.data;
  return value({ texts: type === undefined || type === null ? null : type !== 'link', images, videos });
}

const assetSchema = z.object({
  args: z.object({ action: z.string().min(1), fields: z.array(z.object({ name: z.string(), value: z.string() })) }),
  asset: z.object({ asset_id: z.string().min(1) }),
});

/** A place for a file. */
export interface Asset {
  readonly assetId: string;
  /** Where the file goes. */
  readonly action: string;
  /** What goes with it. */
  readonly fields: Readonly<Record<string, string>>;
  /** Where it is then. */
  readonly url: string;
}

/** Asks for a place for a file; nobody sees it before a post names it. */
export async function createAsset(tools: Tools, { filePath, mimeType }: { filePath: string; mimeType: string }): Promise<Reply<Asset>> {
  const created = await call(tools, post(tools, '/api/media/asset.json', { filepath: filePath, mimetype: mimeType }), assetSchema);
  if (created.kind === 'trouble') return created;
  const { args, asset } = created.value;
  const fields = Object.fromEntries(args.fields.map(({ name, value: text }) => [name, text]));
  // It comes without a scheme, and has that of the API.
  const action = new URL(args.action, tools.endpoints['oauth']).href.replace(/\/$/u, '');
  return value({ assetId: asset.asset_id, action, fields, url: `${action}/${fields['key'] ?? ''}` });
}

/** Seconds for a whole file: the largest at 4 MB a second. A step that begins with one at its end is still there when it has gone. */
const FILE_TIMEOUT = 250;

/** Sends a file to its place, in one request: it cannot be gone on with, but may be sent again. The place knows no token. */
export async function sendFile(tools: Pick<Tools, 'send'>, asset: Asset, file: { fileName: string; contentType: string; content: ByteStream }): Promise<Reply<true>> {
  const { contentType, stream } = multipartStream(asset.fields, { field: 'file', ...file });
  const result = await tools.send({ method: 'POST', url: asset.action, headers: { 'content-type': contentType }, stream, timeout: FILE_TIMEOUT });
  if (result.kind !== 'answered') return unanswered('Reddit', result);
  const { answer } = result;
  const taken = answer.status === 201 && answer.body.includes('<Location>');
  return taken ? value(true) : { kind: 'trouble', trouble: storeTrouble(answer) };
}

/** What a photo or a video is to Reddit; a type that it does not know it refuses in its own words. */
export function typeOf({ contentType, image, facts }: Pick<Media, 'contentType' | 'image' | 'facts'>): { mimeType: string; extension: string } {
  const picture = image?.format ?? /^image\/(\w+)/u.exec(contentType)?.[1];
  if (picture !== undefined) return { mimeType: `image/${picture}`, extension: picture === 'jpeg' ? 'jpg' : picture };
  const quickTime = facts === null ? contentType === 'video/quicktime' : facts.container === 'mov';
  return quickTime ? { mimeType: 'video/quicktime', extension: 'mov' } : { mimeType: 'video/mp4', extension: 'mp4' };
}

/** The request that makes a post; without credentials. */
export function submitRequest(tools: Pick<Tools, 'endpoints' | 'app'>, { gallery, post: fields }: { gallery: boolean; post: Readonly<Record<string, unknown>> }): HttpRequest {
  if (!gallery) return post(tools, '/api/submit', z.record(z.string(), z.string()).parse(fields));
  const headers = { 'content-type': 'application/json', 'user-agent': userAgent(tools) };
  return { method: 'POST', url: `${tools.endpoints['oauth']}/api/submit_gallery_post.json`, headers, body: JSON.stringify(fields) };
}

const postIdSchema = z.string().regex(/^(?:t3_)?[0-9a-z]{1,13}$/u);
const submittedSchema = z.object({
  json: z.object({
    errors: z.array(z.unknown()).max(0),
    data: z.union([
      z.object({ name: postIdSchema.optional(), id: postIdSchema, url: z.string().optional() }),
      // Of a post with a file: it is made later, and nobody says under which id.
      z.object({ id: z.undefined().optional(), user_submitted_page: z.string() }),
      z.object({ id: z.undefined().optional(), websocket_url: z.string() }),
    ]),
  }),
});

export type Submitted = { readonly id: string } | 'later';

/** What the answer to a publish call says; null: it is no success, or not what was documented. */
export function submittedAs(answer: HttpAnswer): Submitted | null {
  const data = answer.status === 200 ? parseAnswer(submittedSchema, answer)?.json.data : undefined;
  if (data === undefined) return null;
  return data.id === undefined ? 'later' : { id: fullName(data.id) };
}

function fullName(id: string): string {
  return id.startsWith('t3_') ? id : `t3_${id}`;
}

export interface ListedPost {
  /** With its type: `t3_…`. */
  readonly id: string;
  readonly title: string;
  readonly subreddit: string;
  /** Nothing but text, no files. */
  readonly isText: boolean;
  readonly text: string;
  readonly createdAt: Date;
  readonly permalink: string;
  /** Who took it away, in Reddit's words; null: nobody. */
  readonly removedBy: string | null;
}

const listingSchema = z.object({
  kind: z.literal('Listing'),
  data: z.object({
    children: z.array(
      z.object({
        data: z.object({
          name: z.string().regex(/^t3_/u),
          title: z.string(),
          subreddit: z.string(),
          is_self: z.boolean(),
          selftext: z.string(),
          created_utc: z.number(),
          permalink: z.string(),
          removed_by_category: z.string().nullish(),
        }),
      }),
    ),
    after: z.string().nullish(),
  }),
});

/** Posts of one look. */
const LOOK = 25;

const meSchema = z.object({ id: z.string().regex(/^[0-9a-z]{1,13}$/u), name: z.string().min(1) });

/** Whose token it is. */
export async function readMe(tools: Tools): Promise<Reply<z.output<typeof meSchema>>> {
  return call(tools, get(tools, '/api/v1/me', {}), meSchema);
}

/** The newest posts of the account of this name, which it keeps for good on Reddit; `more`: there are older ones. */
export async function listSubmitted(tools: Tools, name: string): Promise<Reply<{ posts: readonly ListedPost[]; more: boolean }>> {
  const listed = await call(tools, get(tools, `/user/${encodeURIComponent(name)}/submitted`, { sort: 'new', limit: String(LOOK) }), listingSchema);
  return listed.kind === 'trouble' ? listed : value({ posts: postsOf(listed.value), more: typeof listed.value.data.after === 'string' });
}

/** One post by its id; null: there is none. */
export async function readPost(tools: Tools, id: string): Promise<Reply<ListedPost | null>> {
  const read = await call(tools, get(tools, '/api/info', { id }), listingSchema);
  return read.kind === 'trouble' ? read : value(postsOf(read.value)[0] ?? null);
}

function postsOf({ data }: z.output<typeof listingSchema>): readonly ListedPost[] {
  return data.children.map(({ data: each }) => ({
    id: each.name,
    title: each.title,
    subreddit: each.subreddit,
    isText: each.is_self,
    text: each.selftext,
    createdAt: new Date(each.created_utc * 1000),
    permalink: each.permalink,
    removedBy: each.removed_by_category ?? null,
  }));
}

/** `raw_json`: otherwise three characters would come as entities of HTML. */
export function get(tools: Pick<Tools, 'endpoints' | 'app'>, path: string, query: Readonly<Record<string, string>>): HttpRequest {
  const search = new URLSearchParams({ ...query, raw_json: '1' }).toString();
  return { method: 'GET', url: `${tools.endpoints['oauth']}${path}?${search}`, headers: { 'user-agent': userAgent(tools) } };
}

export function post(tools: Pick<Tools, 'endpoints' | 'app'>, path: string, form: Readonly<Record<string, string>>): HttpRequest {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': userAgent(tools) };
  return { method: 'POST', url: `${tools.endpoints['oauth']}${path}`, headers, body: new URLSearchParams(form).toString() };
}

export async function call<Schema extends z.ZodType>(tools: Tools, request: HttpRequest, schema: Schema): Promise<Reply<z.output<Schema>>> {
  const token = await tools.accessToken();
  const result = await tools.send(asBearer(request, token));
  if (result.kind !== 'answered') return unanswered('Reddit', result);
  const { answer } = result;
  const found = answer.status === 200 ? parseAnswer(schema, answer) : null;
  if (found !== null) return value(found);
  return { kind: 'trouble', trouble: refusalOf(answer, { now: tools.now(), secrets: [token] }).trouble };
}
