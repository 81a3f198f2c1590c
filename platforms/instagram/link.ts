import * as z from 'zod';
import { containerLinking } from '../container-link.ts';
import { names } from './client.ts';

/** A professional account, by Instagram Login: the login is the account, and no page of Facebook is needed. */
export const linking = containerLinking({
  names,
  scopes: [
    { scope: 'instagram_business_basic', needed: 'publishing', means: 'see the account and its posts' },
    { scope: 'instagram_business_content_publish', needed: 'publishing', means: 'post photos and reels' },
    { scope: 'instagram_business_manage_comments', needed: 'extras', means: 'add first comments' },
    { scope: 'instagram_business_manage_insights', needed: 'analytics', means: "see the account's numbers" },
  ],
  nothingBehind: 'There is no professional Instagram account behind this login. Turn it into a business or creator account in the app, then link it again.',
  exchange: { endpoint: 'api', path: '/oauth/access_token' },
  longTokenGrant: 'ig_exchange_token',
  // `id` is another one, which publishing does not take.
  meFields: 'user_id,username',
  meSchema: z.object({ user_id: z.union([z.string().min(1), z.number()]).transform(String), username: z.string().min(1) }).transform(({ user_id: id, username }) => ({ id, username })),
});
