import * as z from 'zod';
import { parseAnswer, value } from '../answers.ts';
import { commentSequels, type ListedComment } from '../sequels.ts';
import { call, get, post } from './client.ts';
import { refusalOf } from './errors.ts';
import { addressUnder } from './publish.ts';

const commentSchema = z.object({
  kind: z.literal('t1'),
  data: z.object({ name: z.string().regex(/^t1_/u), author: z.string(), body: z.string(), permalink: z.string() }),
});
type Comment = z.output<typeof commentSchema>;

const madeSchema = z.object({ json: z.object({ errors: z.array(z.unknown()).max(0), data: z.object({ things: z.tuple([commentSchema]) }) }) });

/** Comments of one look. */
const COMMENTS = 100;

const listedSchema = z.tuple([
  z.object({ kind: z.literal('Listing') }),
  // What there is no room for stands in things of another kind.
  z.object({ kind: z.literal('Listing'), data: z.object({ children: z.array(z.union([commentSchema, z.object({ kind: z.literal('more') })])) }) }),
]);

/** The first comment under a post, as clients make it. */
export const sequels = commentSequels({
  request: ({ under, text }, tools) => post(tools, '/api/comment', { api_type: 'json', thing_id: under, text }),
  made(answer, { name }) {
    const thing = answer.status === 200 ? parseAnswer(madeSchema, answer)?.json.data.things[0] : undefined;
    return thing === undefined ? null : listedAs(thing, name);
  },
  refusalOf,
  async list({ under, name }, tools) {
    const query = { sort: 'new', depth: '1', limit: String(COMMENTS) };
    const listed = await call(tools, get(tools, `/comments/${under.replace('t3_', '')}`, query), listedSchema);
    if (listed.kind === 'trouble') return listed;
    const { children } = listed.value[1].data;
    const comments = children.flatMap((child) => (child.kind === 't1' ? [listedAs(child, name)] : []));
    return value({ comments, all: children.every(({ kind }) => kind === 't1') });
  },
});

/** A name on Reddit is for good: it tells whose a comment is. */
function listedAs({ data }: Comment, name: string): ListedComment {
  return { id: data.name, text: data.body, own: data.author === name, url: addressUnder(data.permalink) };
}
