import * as z from 'zod';
import { containerStates, graphTime, type ContainerNames } from '../container-calls.ts';
import { refusalOf } from './errors.ts';

/** The calls of the Threads API that publishing needs, by its names. `graph` is graph.threads.net. */
export const names: ContainerNames = {
  title: 'Threads',
  version: 'v1.0',
  edges: { create: 'threads', publish: 'threads_publish', posts: 'threads', limit: 'threads_publishing_limit' },
  stateFields: 'status,error_message',
  stateSchema: z
    .object({ status: z.enum(containerStates), error_message: z.string().nullish() })
    .transform(({ status: code, error_message: why }) => ({ code, why: why ?? 'UNKNOWN' })),
  // The list takes a `since` too. It is not asked for: the page does not say in which form, and times are compared here.
  postFields: 'id,text,timestamp,permalink',
  postSchema: z
    .object({ id: z.string().min(1), text: z.string().optional(), timestamp: graphTime, permalink: z.string().optional() })
    .transform(({ id, text = '', timestamp, permalink = null }) => ({ postId: id, caption: text, publishedAt: timestamp, permalink })),
  refreshGrant: 'th_refresh_token',
  refusalOf,
};
