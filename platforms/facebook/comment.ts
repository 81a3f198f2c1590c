import { value } from '../answers.ts';
import { commentSequels } from '../sequels.ts';
import { commentRequest, COMMENTS, listComments, postedId, signed } from './client.ts';
import { refusalOf } from './errors.ts';

/** The first comment of a page under its post or video (reference of the edge `comments`). */
export const sequels = commentSequels({
  request: ({ under, text }, tools) => commentRequest(tools, under, text),
  signed,
  made(answer) {
    const id = postedId(answer);
    return id === null ? null : { id, url: `https://www.facebook.com/${id}` };
  },
  refusalOf,
  async list({ under, author }, tools) {
    const listed = await listComments(tools, under);
    if (listed.kind === 'trouble') return listed;
    // Who wrote a comment is shown to who may see it: the page itself may.
    const comments = listed.value.map(({ id, message, by }) => ({ id, text: message, own: by === null || by === author, url: `https://www.facebook.com/${id}` }));
    return value({ comments, all: comments.length < COMMENTS });
  },
});
