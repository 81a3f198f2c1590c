import { value } from '../answers.ts';
import { commentSequels } from '../sequels.ts';
import { commentedAs, commentRequest, listComments } from './client.ts';
import { refusalOf } from './errors.ts';
import { addressUnder } from './publish.ts';

/** The first comment under a post, as clients make it. A name on Reddit is for good: it tells whose a comment is. */
export const sequels = commentSequels({
  request: ({ under, text }, tools) => commentRequest(tools, under, text),
  made(answer) {
    const made = commentedAs(answer);
    return made === null ? null : { id: made.id, url: addressUnder(made.permalink) };
  },
  refusalOf,
  async list({ under, name }, tools) {
    const listed = await listComments(tools, under);
    if (listed.kind === 'trouble') return listed;
    const comments = listed.value.comments.map(({ id, author, text, permalink }) => ({ id, text, own: author === name, url: addressUnder(permalink) }));
    return value({ comments, all: !listed.value.more });
  },
});
