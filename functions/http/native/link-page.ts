import type { PageReason } from '../../../core/linking/browser.ts';

/** Nothing is loaded, framed or sent on, and the address, which holds secrets, is told to nobody. */
export const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

const WORDS: Readonly<Record<PageReason, { readonly heading: string; readonly text: string }>> = {
  unknown: { heading: 'This link is not known', text: 'It may be incomplete, or begun too long ago. Nothing was linked. Go back to where you came from and begin again.' },
  other_browser: { heading: 'This was begun in another browser', text: 'An account can only be linked in the browser in which that was begun. Nothing was linked. Go back to where you came from and begin again here.' },
  used: { heading: 'This was used already', text: 'The network has sent you back here before, and that counts. Nothing more was linked. Look at your accounts where you came from.' },
  over: { heading: 'This link was used already', text: 'It has its outcome. Look at your accounts where you came from, or begin again there.' },
  expired: { heading: 'This link has expired', text: 'It is good for 15 minutes. Nothing was linked. Go back to where you came from and begin again.' },
  try_again: { heading: 'The network does not answer', text: 'This may pass in a moment. Nothing is lost.' },
};

/** A page for people, which works without scripts. `title`: the network's name, null if it is not known. `message`: what else is known. */
export function linkPageFor({ reason, title, message }: { readonly reason: PageReason; readonly title: string | null; readonly message: string | null }): string {
  const { heading, text } = WORDS[reason];
  const more = message === null ? '' : `<p class="more">${escaped(message)}</p>`;
  // An empty address is the page's own.
  const again = reason === 'try_again' ? '<p><a class="button" href="">Try again</a></p>' : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(heading)}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
main { max-width: 28rem; margin: 1rem; padding: 2rem; border: 1px solid color-mix(in srgb, CanvasText 20%, Canvas); border-radius: 0.75rem; }
h1 { margin: 0 0 0.75rem; font-size: 1.35rem; line-height: 1.25; }
p { margin: 0.75rem 0 0; }
.network, .more { opacity: 0.75; font-size: 0.9rem; }
.button { display: inline-block; padding: 0.5rem 1rem; border-radius: 0.5rem; background: #1a5fb4; color: #fff; text-decoration: none; }
.button:focus-visible { outline: 3px solid #1a5fb4; outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>${escaped(heading)}</h1>
<p>${escaped(text)}</p>
${more}${again}
${title === null ? '' : `<p class="network">Linking an account of ${escaped(title)}</p>`}
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => `&#${character.codePointAt(0)};`);
}
