import type { PageReason } from '../../../core/linking/browser.ts';
import { againForm, type Sent } from './link-form.ts';
import { escaped, pageOf } from './page.ts';

const WORDS: Readonly<Record<PageReason, { readonly heading: string; readonly text: string }>> = {
  unknown: { heading: 'This link is not known', text: 'It may be incomplete, or begun too long ago. Nothing was linked. Go back to where you came from and begin again.' },
  other_browser: { heading: 'This was begun in another browser', text: 'An account can only be linked in the browser in which that was begun. Nothing was linked. Go back to where you came from and begin again here.' },
  used: { heading: 'This was used already', text: 'The network has sent you back here before, and that counts. Nothing more was linked. Look at your accounts where you came from.' },
  over: { heading: 'This link was used already', text: 'It has its outcome. Look at your accounts where you came from, or begin again there.' },
  expired: { heading: 'This link has expired', text: 'It is good for 15 minutes. Nothing was linked. Go back to where you came from and begin again.' },
  refused: { heading: 'The network does not take this', text: 'Nothing was linked. Go back to where you came from and begin again.' },
  try_again: { heading: 'The network does not answer', text: 'This may pass in a moment. Nothing is lost.' },
};

export interface LinkPage {
  readonly reason: PageReason;
  /** The network's name, null if it is not known. */
  readonly title: string | null;
  /** What else is known. */
  readonly message: string | null;
  /** The form after which it comes, null if it comes after none. */
  readonly sent: Sent | null;
}

/** A page for people. */
export function linkPageFor({ reason, title, message, sent }: LinkPage): string {
  const { heading, text } = WORDS[reason];
  const more = message === null ? '' : `<p class="small">${escaped(message)}</p>`;
  // An empty address is the page's own.
  const again = sent === null ? '<p><a class="button" href="">Try again</a></p>' : againForm(sent);
  return pageOf({
    title: heading,
    heading,
    body: `<p>${escaped(text)}</p>
${more}${reason === 'try_again' ? again : ''}
${title === null ? '' : `<p class="small">Linking an account of ${escaped(title)}</p>`}`,
  });
}

/** Sends the browser on without a redirect. */
export function backPageFor(url: string): string {
  const heading = 'You are being sent back';
  return pageOf({
    title: heading,
    heading,
    head: `<meta http-equiv="refresh" content="0; url=${escaped(url)}">\n`,
    body: `<p>If nothing happens, use the button.</p>\n<p><a class="button" href="${escaped(url)}">Go back</a></p>`,
  });
}
