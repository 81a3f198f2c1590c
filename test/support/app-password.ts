import * as z from 'zod';
import type { Linkable } from '../../core/linking/ports.ts';
import type { Linking } from '../../core/ports/index.ts';
import { appPasswordForm, signIn } from '../../platforms/bluesky/app-password.ts';
import { APP_PASSWORD_SCOPES, checkSession, endSession, sessionTargets } from '../../platforms/bluesky/session.ts';

/** Linking at Bluesky by an app password alone. */
export const byAppPassword: Linking = {
  scopes: APP_PASSWORD_SCOPES.map((scope) => ({ scope, needed: 'publishing', means: 'publish posts' })),
  pkce: 'none',
  choice: 'one',
  optionsSchema: z.strictObject({ handle: z.string().max(300).optional() }),
  nothingBehind: 'There is an account behind every session.',
  authorize: async ({ options }) => ({ kind: 'ask', form: appPasswordForm(z.object({ handle: z.string().optional() }).parse(options)) }),
  exchange: () => Promise.reject(new Error('Nobody comes back from a network here.')),
  signIn,
  targets: sessionTargets,
  check: checkSession,
  revoke: endSession,
};

/** The same networks, with that way at Bluesky. */
export const withAppPassword = (linkable: Linkable): Linkable => (network) => (network === 'bluesky' ? { title: 'Bluesky', linking: byAppPassword } : linkable(network));
