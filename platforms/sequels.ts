import * as z from 'zod';
import type { ConfirmOutcome, HttpAnswer, HttpRequest, NetworkTools, PublishOutcome, PublishTools, Sequels, SequelWork, Trouble } from '../core/ports/index.ts';
import type { SequelName } from '../core/model.ts';
import type { ErrorContext, Reply } from './answers.ts';
import { asBearer } from './oauth.ts';
import { sameText } from './text.ts';
import { partOf, sequelNames } from './thread.ts';

/** What follows a post, and how a first comment is made where it is one call. */

const carriedSchema = z.object({
  follows: z.object({ parts: z.array(z.string()), comment: z.string().nullable() }).default({ parts: [], comment: null }),
});

/** The texts that follow a post, as a field of what the post is sent with, which is never sent itself; nothing where none do. */
export function carried({ parts = [], comment }: { parts?: readonly string[]; comment: string | undefined }): { readonly follows?: { readonly parts: readonly string[]; readonly comment: string | null } } {
  return parts.length === 0 && comment === undefined ? {} : { follows: { parts, comment: comment ?? null } };
}

/** `Sequels.follow` of what `carried` put into the body. */
export function followingIn(body: unknown): readonly SequelName[] {
  const { parts, comment } = carriedSchema.parse(body).follows;
  return sequelNames(parts.length + 1, comment !== null);
}

/** The text of a sequel that `carried` put into the body of its post. */
export function sequelText({ sequel: { name, post } }: Pick<SequelWork, 'sequel'>): string {
  const { parts, comment } = carriedSchema.parse(post.body).follows;
  const part = partOf(name);
  // The first part is the post.
  const text = part === null ? comment : parts[part - 2];
  if (typeof text !== 'string') throw new Error(`The post was not sent with ${name}.`);
  return text;
}

/** A comment as its network lists it. */
export interface ListedComment {
  readonly id: string;
  readonly text: string;
  /** Whether the account wrote it. */
  readonly own: boolean;
  readonly url: string | null;
}

/** Comments under a post; `all`: there are no others. */
export interface ListedComments {
  readonly comments: readonly ListedComment[];
  readonly all: boolean;
}

/** A comment that is to be made. */
export interface CommentBody {
  /** The post's id. */
  readonly under: string;
  readonly text: string;
  /** The network's own id of the account. */
  readonly author: string;
  /** Its name there when the comment was composed. */
  readonly name: string;
}

const bodySchema = z.object({ under: z.string(), text: z.string(), author: z.string(), name: z.string() });

/** A network where one call makes a comment, and a list tells which there are. None has a key for it. */
export interface CommentNetwork {
  /** What makes the comment; without credentials. */
  readonly request: (body: CommentBody, tools: Pick<NetworkTools, 'endpoints' | 'app'>) => HttpRequest;
  /** How it carries the account's token; left out: as a bearer. */
  readonly signed?: (request: HttpRequest, token: string, tools: Pick<NetworkTools, 'app'>) => HttpRequest;
  /** The comment in the answer to it; null: it is no success, or not what was documented. */
  readonly made: (answer: HttpAnswer, body: CommentBody) => Pick<ListedComment, 'id' | 'url'> | null;
  readonly refusalOf: (answer: HttpAnswer, context: ErrorContext) => { readonly trouble: Trouble; readonly definite: boolean };
  /** Null: who may comment here may not read what is there. */
  readonly list: (body: CommentBody, tools: NetworkTools) => Promise<Reply<ListedComments> | null>;
}

/** A first comment as what follows a post. After a lost answer it is looked for by its very text. */
export function commentSequels(network: CommentNetwork): Sequels {
  return {
    follow: (_work, body) => followingIn(body),
    checkpointVersion: 1,
    compose: (work): CommentBody => ({ under: work.sequel.post.externalId, text: sequelText(work), author: work.account.externalId, name: work.account.name }),
    publish: (_work, body, tools) => publishComment(network, bodySchema.parse(body), tools),
    confirm: (_work, body, _attempt, tools) => confirmComment(network, bodySchema.parse(body), tools),
  };
}

async function publishComment({ request, signed = asBearer, made, refusalOf }: CommentNetwork, body: CommentBody, tools: PublishTools): Promise<PublishOutcome> {
  const token = await tools.accessToken();
  const result = await tools.sendOnce(signed(request(body, tools), token, tools));
  if (result.kind !== 'answered') return { kind: result.kind, evidence: result.reason };
  const comment = made(result.answer, body);
  if (comment !== null) return { kind: 'published', externalId: comment.id, externalUrl: comment.url };
  const { trouble, definite } = refusalOf(result.answer, { now: tools.now(), secrets: [token] });
  const evidence = `${result.answer.status} ${trouble.platformCode}`;
  return definite ? { kind: 'refused', evidence, trouble: ofSequel(trouble) } : { kind: 'ambiguous', evidence };
}

/**
 * A trouble of what follows a post. That the account was linked without the permission for it says nothing about the link: posts
 * go on. Should the link be over, the next post finds it out.
 */
export function ofSequel(trouble: Trouble): Trouble {
  return trouble.class === 'auth_revoked' ? { ...trouble, class: 'permanent' } : trouble;
}

async function confirmComment({ list }: CommentNetwork, body: CommentBody, tools: NetworkTools): Promise<ConfirmOutcome> {
  const listed = await list(body, tools);
  if (listed === null) return { kind: 'undecided', evidence: 'the comments cannot be read with this account', trouble: null };
  if (listed.kind === 'trouble') return { kind: 'undecided', evidence: listed.trouble.message, trouble: listed.trouble };
  const { comments, all } = listed.value;
  const [match] = comments.filter((comment) => comment.own && sameText(comment.text, body.text));
  if (match !== undefined) return { kind: 'found', externalId: match.id, externalUrl: match.url };
  if (!all) return { kind: 'undecided', evidence: 'the post has more comments than one look shows', trouble: null };
  return { kind: 'absent', evidence: 'the post has no such comment of the account', artefactLost: false };
}
