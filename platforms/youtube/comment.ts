import * as z from 'zod';
import type { HttpAnswer } from '../../core/ports/index.ts';
import { parseAnswer, value } from '../answers.ts';
import { commentSequels } from '../sequels.ts';
import { get } from './client.ts';
import { refusalOf } from './errors.ts';
import { addressOf } from './publish.ts';

const threadSchema = z.object({
  id: z.string().min(1),
  snippet: z.object({
    topLevelComment: z.object({
      // The text as it was written is shown to its author only.
      snippet: z.object({ textOriginal: z.string().optional(), textDisplay: z.string(), authorChannelId: z.object({ value: z.string() }).optional() }),
    }),
  }),
});

/** How many comments one look sees: the most that a page of them has. */
const COMMENTS = 100;

const threadsSchema = z.object({ items: z.array(threadSchema), nextPageToken: z.string().optional() });

/** The first comment under a video (commentThreads.insert, 50 units of quota; a look costs one). */
export const sequels = commentSequels({
  request({ under, author, text }, { endpoints }) {
    const snippet = { channelId: author, videoId: under, topLevelComment: { snippet: { textOriginal: text } } };
    const headers = { 'content-type': 'application/json; charset=UTF-8' };
    return { method: 'POST', url: `${endpoints['api']}/youtube/v3/commentThreads?part=snippet`, headers, body: JSON.stringify({ snippet }) };
  },
  made: (answer, { under }) => madeUnder(answer, under),
  refusalOf,
  async list({ under, author }, tools) {
    const query = new URLSearchParams({ part: 'snippet', videoId: under, order: 'time', textFormat: 'plainText', maxResults: String(COMMENTS) });
    const listed = await get(tools, `/youtube/v3/commentThreads?${query.toString()}`, threadsSchema);
    if (listed.kind === 'trouble') return listed;
    const comments = listed.value.items.map(({ id, snippet: { topLevelComment } }) => {
      const { textOriginal, textDisplay, authorChannelId } = topLevelComment.snippet;
      return { id, text: textOriginal ?? textDisplay, own: authorChannelId?.value === author, url: commentAddress(under, id) };
    });
    return value({ comments, all: listed.value.nextPageToken === undefined });
  },
});

function madeUnder(answer: HttpAnswer, videoId: string): { readonly id: string; readonly url: string } | null {
  const id = answer.status === 200 ? parseAnswer(threadSchema, answer)?.id : undefined;
  return id === undefined ? null : { id, url: commentAddress(videoId, id) };
}

function commentAddress(videoId: string, commentId: string): string {
  return `${addressOf(videoId)}&lc=${commentId}`;
}
