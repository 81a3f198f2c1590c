import type { GrantOutcome, LinkForm, LinkTools, SignInRequest } from '../../core/ports/index.ts';
import type { Reply } from '../answers.ts';
import { NO_ACCOUNT } from './errors.ts';
import { findOwner } from './owner.ts';
import { createSession } from './session.ts';

/** Linking by an app password, which the person types on a page of ours. */

/** What the person is asked for; the handle of the link's options stands there already. */
export function appPasswordForm({ handle = '' }: { readonly handle?: string | undefined }): LinkForm {
  return {
    heading: 'Link your Bluesky account',
    text: [
      'Make an app password at Bluesky, under Settings, Privacy and security, App passwords, and type it here with your handle.',
      'Do not use the password of your account itself. You can take an app password back at any time.',
    ],
    help: { label: 'Open App passwords at Bluesky', url: 'https://bsky.app/settings/app-passwords' },
    fields: [
      { name: 'handle', label: 'Handle', type: 'text', hint: 'Such as ada.bsky.social.', initial: handle, autocomplete: 'username' },
      // It is typed once, and shown once at Bluesky: nothing to remember.
      { name: 'password', label: 'App password', type: 'password', hint: 'Such as abcd-efgh-ijkl-mnop.', initial: '', autocomplete: 'off' },
    ],
  };
}

/** A session for what was typed into that form. */
export async function signIn({ fields }: SignInRequest, tools: LinkTools): Promise<GrantOutcome> {
  const owner = await findOwner(fields['handle'] ?? '', tools);
  if (owner.kind === 'trouble') return { kind: 'trouble', trouble: isPassing(owner) ? owner.trouble : NO_ACCOUNT };
  // What is copied brings blanks along, which no app password has.
  return createSession(owner.value, (fields['password'] ?? '').trim(), tools);
}

function isPassing({ trouble }: Extract<Reply<never>, { kind: 'trouble' }>): boolean {
  return trouble.class === 'retryable' || trouble.class === 'rate_limited';
}
