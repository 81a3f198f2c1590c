import * as z from 'zod';
import { timestamp } from '../../core/clock.ts';
import { json, oddParameter } from '../http.ts';
import { randomDigits } from '../random.ts';
import type { Answer, Call, Post, World } from '../stand-in.ts';
import type { Accounts } from './accounts.ts';
import { requireOwner } from './assets.ts';
import { bodyOf, refuse } from './errors.ts';
import { number, type Posts } from './posts.ts';

interface Comment {
  readonly id: string;
  readonly actor: string;
  /** The post's URN. */
  readonly object: string;
  readonly text: string;
  readonly createdAt: Date;
}

/** Comments under posts; those under comments, and pictures in them, are not known here. */
export interface Comments {
  /** `POST /rest/socialActions/{post}/comments`: the visible call. */
  create(call: Call, urn: string): Answer;
  /** `GET /rest/socialActions/{post}/comments`, of a page. */
  list(call: Call, urn: string): Answer;
  posts(): readonly Post[];
  clear(): void;
}

/** UTF-16 units; the number is that of the site, the reference names none. Unsure. */
const TEXT_MAX = 1250;

/** The text is plain: mentions would stand in `attributes`. The reference shows `object`; clients leave it out. */
const commentSchema = z.strictObject({ actor: z.string(), object: z.string().optional(), message: z.strictObject({ text: z.string() }) });

export function createComments({ world, accounts, posts }: { world: World; accounts: Accounts; posts: Posts }): Comments {
  const comments: Comment[] = [];

  function requireThere(urn: string): void {
    if (!posts.has(urn)) throw refuse({ status: 404, code: 'NOT_FOUND', message: `Could not find entity ${urn}` });
  }

  return {
    create(call, urn) {
      const authors = accounts.writer(call);
      const { actor, object = urn, message } = bodyOf(call, commentSchema);
      requireOwner(authors, actor);
      requireThere(urn);
      if (object !== urn) throw refuse({ status: 400, code: 'INVALID_VALUE', message: `The object of the comment is not ${urn}.` });
      if (message.text.trim() === '') throw refuse({ code: 'MISSING_FIELD', message: 'The text of the comment is empty.' });
      if (message.text.length > TEXT_MAX) {
        const code = 'FIELD_LENGTH_TOO_LONG';
        throw refuse({ code, message: `The comment has ${message.text.length} characters.`, inputErrors: [{ code, description: `/message/text: at most ${TEXT_MAX}` }] });
      }
      const comment = { id: `7${randomDigits(18)}`, actor, object: urn, text: message.text, createdAt: world.clock.now() };
      comments.push(comment);
      return json(201, shown(comment), { 'x-restli-id': comment.id });
    },

    list(call, urn) {
      accounts.reader(call);
      const odd = oddParameter(call.query, ['start', 'count']);
      if (odd !== null) throw refuse({ status: 400, code: 'INVALID_VALUE', message: `The parameter ${odd.name} is ${odd.problem}.` });
      requireThere(urn);
      const count = number(call.query.get('count') ?? '10', 1);
      const start = number(call.query.get('start') ?? '0', 0);
      // In which order they come is not documented.
      const all = comments.filter(({ object }) => object === urn);
      return json(200, { paging: { start, count, total: all.length, links: [] }, elements: all.slice(start, start + count).map(shown) });
    },

    posts: () =>
      comments.map((comment) => ({
        id: urnOf(comment),
        accountId: comment.actor,
        kind: 'text',
        title: null,
        text: comment.text,
        mediaSha256: [],
        createdAt: timestamp(comment.createdAt),
        replyTo: comment.object,
      })),

    clear: () => void (comments.length = 0),
  };
}

function urnOf({ object, id }: Pick<Comment, 'object' | 'id'>): string {
  return `urn:li:comment:(${object},${id})`;
}

function shown(comment: Comment): object {
  const { id, actor, object, text, createdAt } = comment;
  const at = { actor, time: createdAt.getTime() };
  return { id, commentUrn: urnOf(comment), actor, object, message: { attributes: [], text }, created: at, lastModified: at };
}
