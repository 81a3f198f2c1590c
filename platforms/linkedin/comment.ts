import { value } from '../answers.ts';
import { commentSequels } from '../sequels.ts';
import { commentedUrn, commentRequest, COMMENTS, listComments } from './client.ts';
import { refusalOf } from './errors.ts';
import { addressOf, isMember } from './publish.ts';

/** The first comment under a post (Comments API). It is plain text. */
export const sequels = commentSequels({
  request: ({ under, author, text }, tools) => commentRequest(tools, { actor: author, post: under, text }),
  made(answer, { under }) {
    const urn = commentedUrn(answer, under);
    return urn === null ? null : { id: urn, url: addressOf(under) };
  },
  refusalOf(answer, context) {
    const refusal = refusalOf(answer, context);
    // A post that was just made is not known everywhere at once; other clients wait some seconds.
    return refusal.status === 404 ? { ...refusal, trouble: { ...refusal.trouble, class: 'retryable' } } : refusal;
  },
  async list({ under, author }, tools) {
    // Nobody may read what stands under a member's post, and whether LinkedIn refuses a comment's double is not known.
    if (isMember(author)) return null;
    const listed = await listComments(tools, under);
    if (listed.kind === 'trouble') return listed;
    const comments = listed.value.map(({ urn, actor, text }) => ({ id: urn, text, own: actor === author, url: addressOf(under) }));
    return value({ comments, all: comments.length < COMMENTS });
  },
});
