import * as z from 'zod';
import { containerLinking } from '../container-link.ts';
import { names } from './client.ts';

/** A profile of Threads. The operator's app has an id and a secret of its own for it. */
export const linking = containerLinking({
  names,
  scopes: [
    { scope: 'threads_basic', needed: 'publishing', means: 'see the profile and its posts' },
    { scope: 'threads_content_publish', needed: 'publishing', means: 'post' },
    { scope: 'threads_manage_replies', needed: 'extras', means: 'post threads of several parts and first comments' },
    { scope: 'threads_manage_insights', needed: 'analytics', means: "see the profile's numbers" },
  ],
  nothingBehind: 'There is no Threads profile behind this login. Open Threads once with the account that you want to link, then link it again.',
  exchange: { endpoint: 'graph', path: '/oauth/access_token' },
  longTokenGrant: 'th_exchange_token',
  meFields: 'id,username',
  meSchema: z.object({ id: z.string().min(1), username: z.string().min(1) }),
});
