/**
 * Headers of a page of ours. Nothing is loaded, framed or sent on, and the address, which holds secrets, is told to nobody.
 * `forms`: it has a form, which goes to us.
 */
export function pageHeaders({ forms = false }: { readonly forms?: boolean } = {}) {
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action '${forms ? 'self' : 'none'}'; frame-ancestors 'none'`,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}

/** A page of ours, which works without scripts. `title` and `heading`: texts; `head` and `body`: HTML. */
export function pageOf({ title, heading, head = '', body }: { readonly title: string; readonly heading: string; readonly head?: string; readonly body: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${head}<title>${escaped(title)}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
main { box-sizing: border-box; width: min(28rem, 100% - 2rem); margin: 1rem; padding: 2rem; border: 1px solid color-mix(in srgb, CanvasText 20%, Canvas); border-radius: 0.75rem; }
h1 { margin: 0 0 0.75rem; font-size: 1.35rem; line-height: 1.25; }
p { margin: 0.75rem 0 0; }
a { color: LinkText; }
label { font-weight: 600; }
input { box-sizing: border-box; width: 100%; margin-top: 0.25rem; padding: 0.5rem; border: 1px solid color-mix(in srgb, CanvasText 55%, Canvas); border-radius: 0.5rem; font: inherit; background: Field; color: FieldText; }
.small { opacity: 0.75; font-size: 0.9rem; }
.hint { margin-top: 0.25rem; }
.wrong { padding: 0.5rem 0.75rem; border-left: 4px solid #c01c28; background: color-mix(in srgb, #c01c28 12%, Canvas); }
.button, button { display: inline-block; padding: 0.5rem 1rem; border: 0; border-radius: 0.5rem; font: inherit; background: #1a5fb4; color: #fff; text-decoration: none; cursor: pointer; }
:focus-visible { outline: 3px solid #1a5fb4; outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>${escaped(heading)}</h1>
${body}
</main>
</body>
</html>
`;
}

/** A text as HTML, between tags and in attributes in quotes. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => `&#${character.codePointAt(0)};`);
}
