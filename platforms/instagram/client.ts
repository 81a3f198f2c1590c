import * as z from 'zod';
import { containerStates, graphTime, type ContainerNames } from '../container-calls.ts';
import { refusalOf } from './errors.ts';

/** The calls of the Graph API that publishing needs, by Instagram's names. `graph` is graph.instagram.com, or of an account that belongs to a page graph.facebook.com. */
export const names: ContainerNames = {
  title: 'Instagram',
  // Versions live about two years.
  version: 'v25.0',
  edges: { create: 'media', publish: 'media_publish', posts: 'media', limit: 'content_publishing_limit' },
  stateFields: 'status_code,status',
  stateSchema: z
    .object({ status_code: z.enum(containerStates), status: z.string().optional() })
    .transform(({ status_code: code, status = code }) => ({ code, why: status })),
  postFields: 'id,caption,timestamp,permalink',
  postSchema: z
    .object({ id: z.string().min(1), caption: z.string().optional(), timestamp: graphTime, permalink: z.string().optional() })
    .transform(({ id, caption = '', timestamp, permalink = null }) => ({ postId: id, caption, publishedAt: timestamp, permalink })),
  refreshGrant: 'ig_refresh_token',
  refusalOf,
};
