import type { Sequels } from '../../core/ports/index.ts';
import { value } from '../answers.ts';
import { commentRequest, COMMENTS, listComments, publishedId } from '../container-calls.ts';
import { commentSequels } from '../sequels.ts';
import { asLinked } from './by-page.ts';
import { names } from './client.ts';
import { refusalOf } from './errors.ts';

/** The first comment under a post, by an edge of its own (reference of IG Media, comments). */
const comments = commentSequels({
  request: ({ under, text }, tools) => commentRequest(names, tools, under, text),
  made(answer) {
    const id = publishedId(answer);
    return id === null ? null : { id, url: null };
  },
  refusalOf,
  async list({ under }, tools) {
    const listed = await listComments(names, tools, under);
    if (listed.kind === 'trouble') return listed;
    // An account may change its name, and the id that comes with a comment is another one than its own: the text has to tell.
    return value({ comments: listed.value.map(({ id, text }) => ({ id, text, own: true, url: null })), all: listed.value.length < COMMENTS });
  },
});

/** Of an account that was linked in either way. */
export const sequels: Sequels = {
  ...comments,
  publish: async (work, body, tools) => comments.publish(work, body, await asLinked(tools)),
  confirm: async (work, body, attempt, tools) => comments.confirm(work, body, attempt, await asLinked(tools)),
};
