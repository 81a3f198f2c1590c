import * as z from 'zod';
import { timestampAfter } from '../../core/clock.ts';
import type { TokenSet } from '../../core/model.ts';
import type { HttpAnswer, HttpRequest, NetworkTools, RefreshOutcome } from '../../core/ports/index.ts';
import { parseAnswer, unanswered, value } from '../answers.ts';
import { graphCall, graphForm, type GraphReply } from '../graph.ts';
import { refusalOf, type Refusal } from './errors.ts';

/**
 * The calls of the Graph API with Instagram Login that publishing needs, one function each. `graph` is graph.instagram.com.
 * The token goes in a header, as in the examples of Meta's publishing guide, so that no address holds it; only refreshing has
 * it in the query, the one place that is documented for it.
 */

/** Versions live about two years. */
const VERSION = 'v25.0';

type Tools = Pick<NetworkTools, 'send' | 'accessToken' | 'endpoints' | 'now'>;

type InstagramReply<Value> = GraphReply<Value, Refusal>;

const idSchema = z.object({ id: z.string().min(1) });

/** Makes a container of a reel: Instagram fetches the video from `video_url` by itself. Nobody sees it. */
export async function createContainer(tools: Tools, userId: string, fields: Readonly<Record<string, string>>): Promise<InstagramReply<string>> {
  const made = await call(tools, form(tools, `${userId}/media`, fields), idSchema);
  return made.kind === 'trouble' ? made : value(made.value.id);
}

const containerSchema = z.object({
  status_code: z.enum(['IN_PROGRESS', 'FINISHED', 'PUBLISHED', 'ERROR', 'EXPIRED']),
  status: z.string().optional(),
});

export type Container = z.output<typeof containerSchema>;

/** How far a container is. */
export async function readContainer(tools: Tools, containerId: string): Promise<InstagramReply<Container>> {
  return call(tools, get(tools, containerId, { fields: 'status_code,status' }), containerSchema);
}

/** The request that makes a container's reel visible; without credentials. */
export function publishRequest(tools: Pick<Tools, 'endpoints'>, userId: string, containerId: string): HttpRequest {
  return form(tools, `${userId}/media_publish`, { creation_id: containerId });
}

/** The media id in the answer to a publish call; null: it is no success, or not what was documented. */
export function publishedId(answer: HttpAnswer): string | null {
  return answer.status === 200 ? (parseAnswer(idSchema, answer)?.id ?? null) : null;
}

/** How many media one look sees. */
export const RECENT = 10;

const mediaSchema = z.object({
  data: z.array(
    z.object({
      id: z.string().min(1),
      caption: z.string().optional(),
      /** `2026-04-01T10:00:00+0000`, which is not quite ISO 8601. */
      timestamp: z.string().refine((text) => !Number.isNaN(Date.parse(text))),
      permalink: z.string().optional(),
    }),
  ),
});

export interface RecentMedia {
  readonly mediaId: string;
  readonly caption: string;
  readonly publishedAt: Date;
  readonly permalink: string | null;
}

/** The newest posts of an account, newest first. */
export async function listRecent(tools: Tools, userId: string): Promise<InstagramReply<readonly RecentMedia[]>> {
  const listed = await call(tools, get(tools, `${userId}/media`, { fields: 'id,caption,timestamp,permalink', limit: String(RECENT) }), mediaSchema);
  if (listed.kind === 'trouble') return listed;
  return value(
    listed.value.data.map(({ id, caption = '', timestamp, permalink = null }) => ({
      mediaId: id,
      caption,
      publishedAt: new Date(timestamp),
      permalink,
    })),
  );
}

const permalinkSchema = z.object({ permalink: z.string() });

/** The address of a post. */
export async function readPermalink(tools: Tools, mediaId: string): Promise<InstagramReply<string>> {
  const read = await call(tools, get(tools, mediaId, { fields: 'permalink' }), permalinkSchema);
  return read.kind === 'trouble' ? read : value(read.value.permalink);
}

const limitSchema = z.object({
  data: z.array(z.object({ quota_usage: z.number(), config: z.object({ quota_total: z.number() }).optional() })).min(1),
});

/** Posts that the account has made through the API in the last 24 hours, and how many it may make; null: the network does not say. */
export async function readPublishingLimit(tools: Tools, userId: string): Promise<InstagramReply<{ used: number; total: number } | null>> {
  const read = await call(tools, get(tools, `${userId}/content_publishing_limit`, { fields: 'config,quota_usage' }), limitSchema);
  if (read.kind === 'trouble') return read;
  const [limit] = read.value.data;
  return value(limit?.config === undefined ? null : { used: limit.quota_usage, total: limit.config.quota_total });
}

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().positive(), permissions: z.string().optional() });

/**
 * A new token for another 60 days: the access token itself is what refreshes it, while it is not over, and not before it is
 * 24 hours old.
 */
export async function refreshToken(tokens: TokenSet, tools: Pick<NetworkTools, 'send' | 'now' | 'endpoints' | 'app'>): Promise<RefreshOutcome> {
  const now = tools.now();
  const query = new URLSearchParams({ grant_type: 'ig_refresh_token', access_token: tokens.accessToken });
  const result = await tools.send({ method: 'GET', url: `${tools.endpoints['graph']}/refresh_access_token?${query.toString()}`, headers: {} });
  if (result.kind !== 'answered') return unanswered('Instagram', result);
  const granted = result.answer.status === 200 ? parseAnswer(tokenSchema, result.answer) : null;
  if (granted === null) {
    const { trouble } = refusalOf(result.answer, { now, secrets: [tokens.accessToken] });
    // Instagram knows the token and does not renew it: it is too new, and serves on. (The page names no code for this.)
    if (trouble.class === 'invalid_metadata') return { kind: 'refreshed', tokens };
    // There is no other token to try.
    return { kind: 'trouble', trouble: trouble.class === 'auth_expired' ? { ...trouble, class: 'auth_revoked' } : trouble };
  }
  return {
    kind: 'refreshed',
    tokens: {
      accessToken: granted.access_token,
      refreshToken: null,
      expiresAt: timestampAfter(now, granted.expires_in),
      scopes: granted.permissions === undefined ? tokens.scopes : granted.permissions.split(',').filter((scope) => scope !== ''),
    },
  };
}

/** A GET; its query holds nothing that must not be cut or seen. */
function get({ endpoints }: Pick<Tools, 'endpoints'>, path: string, query: Readonly<Record<string, string>>): HttpRequest {
  return { method: 'GET', url: `${endpoints['graph']}/${VERSION}/${path}?${new URLSearchParams(query).toString()}`, headers: {} };
}

function form({ endpoints }: Pick<Tools, 'endpoints'>, path: string, fields: Readonly<Record<string, string>>): HttpRequest {
  return graphForm(`${endpoints['graph']}/${VERSION}/${path}`, fields);
}

function call<Schema extends z.ZodType>(tools: Tools, request: HttpRequest, schema: Schema): Promise<InstagramReply<z.output<Schema>>> {
  return graphCall({ title: 'Instagram', refusalOf }, tools, request, schema);
}
