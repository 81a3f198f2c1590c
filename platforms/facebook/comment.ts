import * as z from 'zod';
import { value } from '../answers.ts';
import { commentSequels } from '../sequels.ts';
import { call, form, get, postedId, signed } from './client.ts';
import { refusalOf } from './errors.ts';

/** How many comments one look sees. */
const COMMENTS = 100;

const commentsSchema = z.object({
  data: z.array(z.object({ id: z.string().min(1), message: z.string().optional(), from: z.object({ id: z.string() }).optional() })),
});

/** The first comment of a page under its post or video (reference of the edge `comments`). */
export const sequels = commentSequels({
  request: ({ under, text }, tools) => form(tools, `${under}/comments`, { message: text }),
  signed,
  made(answer) {
    const id = postedId(answer);
    return id === null ? null : { id, url: addressOf(id) };
  },
  refusalOf,
  async list({ under, author }, tools) {
    const query = { fields: 'id,message,from', order: 'reverse_chronological', limit: String(COMMENTS) };
    const listed = await call(tools, get(tools, `${under}/comments`, query), commentsSchema);
    if (listed.kind === 'trouble') return listed;
    // Who wrote a comment is shown to who may see it: the page itself may.
    const comments = listed.value.data.map(({ id, message = '', from }) => ({ id, text: message, own: from === undefined || from.id === author, url: addressOf(id) }));
    return value({ comments, all: comments.length < COMMENTS });
  },
});

function addressOf(commentId: string): string {
  return `https://www.facebook.com/${commentId}`;
}
