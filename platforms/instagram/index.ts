import type { Platform } from '../platform.ts';
import { sequels } from './comment.ts';
import { connector } from './publish.ts';
import { attachments, caps, limits, optionsSchema, violations } from './rules.ts';

/** Instagram, by the Graph API: professional accounts. */
export const instagram: Platform = {
  network: 'instagram',
  title: 'Instagram',
  kinds: ['video', 'photos'],
  pulls: { kinds: ['video', 'photos'], verifiedHost: false },
  optionsSchema,
  perPostOptions: ['thumbOffset', 'audioName', 'altTexts', 'firstComment'],
  limits,
  caps,
  defaultEndpoints: {
    graph: 'https://graph.instagram.com',
    www: 'https://www.instagram.com',
    api: 'https://api.instagram.com',
    // Of accounts that belong to pages.
    facebook: 'https://graph.facebook.com',
    dialog: 'https://www.facebook.com',
  },
  loginThrough: 'facebook',
  violations,
  attachments,
  ...connector,
  sequels,
};
