import { value } from '../answers.ts';
import { commentRequest, COMMENTS, listComments, publishedId } from '../container-calls.ts';
import { commentSequels } from '../sequels.ts';
import { names } from './client.ts';
import { refusalOf } from './errors.ts';

/** The first comment under a post, by an edge of its own (reference of IG Media, comments). */
export const sequels = commentSequels({
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
