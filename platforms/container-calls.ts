import * as z from 'zod';
import { timestampAfter } from '../core/clock.ts';
import type { TokenSet } from '../core/model.ts';
import type { HttpAnswer, HttpRequest, NetworkTools, RefreshOutcome } from '../core/ports/index.ts';
import { type ErrorContext, parseAnswer, unanswered, value } from './answers.ts';
import type { ContainerRefusal } from './container-errors.ts';
import { graphCall, graphForm, type GraphReply } from './graph.ts';

/**
 * The calls with which a post is made from a container, one function each: the same for every network of the Graph API that
 * publishes so, under names of its own. The token goes in a header, as in the examples of Meta's publishing guide, so that no
 * address holds it; only refreshing has it in the query, the one place that is documented for it.
 */

/** How a network calls all that. Its base URL is the endpoint `graph`. */
export interface ContainerNames {
  /** For people. */
  readonly title: string;
  /** `v25.0`: the first part of every path but that of refreshing. */
  readonly version: string;
  /** Edges of an account. */
  readonly edges: { readonly create: string; readonly publish: string; readonly posts: string; readonly limit: string };
  readonly stateFields: string;
  readonly stateSchema: z.ZodType<ContainerState>;
  readonly postFields: string;
  readonly postSchema: z.ZodType<RecentPost>;
  readonly refreshGrant: string;
  readonly refusalOf: (answer: HttpAnswer, context: ErrorContext) => ContainerRefusal;
}

export const containerStates = ['IN_PROGRESS', 'FINISHED', 'PUBLISHED', 'ERROR', 'EXPIRED'] as const;

export interface ContainerState {
  readonly code: (typeof containerStates)[number];
  /** Of a failed one: the network's words for it. */
  readonly why: string;
}

export interface RecentPost {
  readonly postId: string;
  readonly caption: string;
  readonly publishedAt: Date;
  readonly permalink: string | null;
}

type Tools = Pick<NetworkTools, 'send' | 'accessToken' | 'endpoints' | 'now'>;

export type ContainerReply<Value> = GraphReply<Value, ContainerRefusal>;
/** A trouble, with what more the network's code says; null: no answer came. */
export type Failed = Extract<ContainerReply<never>, { kind: 'trouble' }>;

const idSchema = z.object({ id: z.string().min(1) });

/** Makes a container: the network fetches its file by itself. Nobody sees it. */
export async function createContainer(names: ContainerNames, tools: Tools, userId: string, fields: Readonly<Record<string, string>>): Promise<ContainerReply<string>> {
  const made = await graphCall(names, tools, form(names, tools, `${userId}/${names.edges.create}`, fields), idSchema);
  return made.kind === 'trouble' ? made : value(made.value.id);
}

/** How far a container is. */
export async function readContainer(names: ContainerNames, tools: Tools, containerId: string): Promise<ContainerReply<ContainerState>> {
  return graphCall(names, tools, graphGet(names, tools, containerId, { fields: names.stateFields }), names.stateSchema);
}

/** The request that makes a container's post visible; without credentials. */
export function publishRequest(names: ContainerNames, tools: Pick<Tools, 'endpoints'>, userId: string, containerId: string): HttpRequest {
  return form(names, tools, `${userId}/${names.edges.publish}`, { creation_id: containerId });
}

/** The id in the answer to a publish call, or to one that made a comment; null: it is no success, or not what was documented. */
export function publishedId(answer: HttpAnswer): string | null {
  return answer.status === 200 ? (parseAnswer(idSchema, answer)?.id ?? null) : null;
}

/** How many posts one look sees. */
export const RECENT = 10;

/** `2026-04-01T10:00:00+0000`, which is not quite ISO 8601. */
export const graphTime = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)))
  .transform((text) => new Date(text));

/** The newest posts of an account, or those that answer a post of it, newest first. */
export async function listRecent(names: ContainerNames, tools: Tools, of: { userId: string } | { answersTo: string }): Promise<ContainerReply<readonly RecentPost[]>> {
  const path = 'userId' in of ? `${of.userId}/${names.edges.posts}` : `${of.answersTo}/replies`;
  const request = graphGet(names, tools, path, { fields: names.postFields, limit: String(RECENT) });
  const listed = await graphCall(names, tools, request, z.object({ data: z.array(names.postSchema) }));
  return listed.kind === 'trouble' ? listed : value(listed.value.data);
}

const permalinkSchema = z.object({ permalink: z.string() });

/** The address of a post. */
export async function readPermalink(names: ContainerNames, tools: Tools, postId: string): Promise<ContainerReply<string>> {
  const read = await graphCall(names, tools, graphGet(names, tools, postId, { fields: 'permalink' }), permalinkSchema);
  return read.kind === 'trouble' ? read : value(read.value.permalink);
}

/** The request that makes a comment under a post: the visible call. Without credentials. */
export function commentRequest(names: Pick<ContainerNames, 'version'>, tools: Pick<Tools, 'endpoints'>, postId: string, message: string): HttpRequest {
  return form(names, tools, `${postId}/comments`, { message });
}

/** How many comments one look sees: the most that a page of them has. */
export const COMMENTS = 50;

const commentsSchema = z.object({ data: z.array(z.object({ id: z.string().min(1), text: z.string().optional() })) });

/** The newest comments under a post of the account. */
export async function listComments(names: ContainerNames, tools: Tools, postId: string): Promise<ContainerReply<readonly { readonly id: string; readonly text: string }[]>> {
  const listed = await graphCall(names, tools, graphGet(names, tools, `${postId}/comments`, { fields: 'id,text', limit: String(COMMENTS) }), commentsSchema);
  return listed.kind === 'trouble' ? listed : value(listed.value.data.map(({ id, text = '' }) => ({ id, text })));
}

const limitSchema = z.object({
  data: z.array(z.object({ quota_usage: z.number(), config: z.object({ quota_total: z.number() }).optional() })).min(1),
});

/** Posts that the account has made through the API in the last 24 hours, and how many it may make; null: the network does not say. */
export async function readPublishingLimit(names: ContainerNames, tools: Tools, userId: string): Promise<ContainerReply<{ used: number; total: number } | null>> {
  const request = graphGet(names, tools, `${userId}/${names.edges.limit}`, { fields: 'config,quota_usage' });
  const read = await graphCall(names, tools, request, limitSchema);
  if (read.kind === 'trouble') return read;
  const [limit] = read.value.data;
  return value(limit?.config === undefined ? null : { used: limit.quota_usage, total: limit.config.quota_total });
}

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().positive(), permissions: z.string().optional() });

/**
 * A new token for another 60 days: the access token itself is what refreshes it, while it is not over, and not before it is
 * 24 hours old.
 */
export async function refreshToken(names: ContainerNames, tokens: TokenSet, tools: Pick<NetworkTools, 'send' | 'now' | 'endpoints' | 'app'>): Promise<RefreshOutcome> {
  const now = tools.now();
  const query = new URLSearchParams({ grant_type: names.refreshGrant, access_token: tokens.accessToken });
  const result = await tools.send({ method: 'GET', url: `${tools.endpoints['graph']}/refresh_access_token?${query.toString()}`, headers: {} });
  if (result.kind !== 'answered') return unanswered(names.title, result);
  const granted = result.answer.status === 200 ? parseAnswer(tokenSchema, result.answer) : null;
  if (granted === null) {
    const { trouble } = names.refusalOf(result.answer, { now, secrets: [tokens.accessToken] });
    // The network knows the token and does not renew it: it is too new, and serves on. (The pages name no code for this.)
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
export function graphGet({ version }: Pick<ContainerNames, 'version'>, { endpoints }: Pick<Tools, 'endpoints'>, path: string, query: Readonly<Record<string, string>>): HttpRequest {
  return { method: 'GET', url: `${endpoints['graph']}/${version}/${path}?${new URLSearchParams(query).toString()}`, headers: {} };
}

function form({ version }: Pick<ContainerNames, 'version'>, { endpoints }: Pick<Tools, 'endpoints'>, path: string, fields: Readonly<Record<string, string>>): HttpRequest {
  return graphForm(`${endpoints['graph']}/${version}/${path}`, fields);
}
