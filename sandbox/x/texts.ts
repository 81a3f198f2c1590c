/**
 * How X counts and shows texts. The sandbox's own, and simpler than the product's: only links with a scheme are links here.
 */
const LINK = /https?:\/\/[^\s<>"\u3000-\u9fff]+[^\s<>"\u3000-\u9fff.,;:!?)]/giu;

/** Weighted characters. */
export const TEXT_MAX = 280;

/** Code points that count 1 (x.md section 6); all others count 2. */
function isLight(code: number): boolean {
  return code <= 0x10ff || (code >= 0x2000 && code <= 0x200d) || (code >= 0x2010 && code <= 0x201f) || (code >= 0x2032 && code <= 0x2037);
}

/** The length of a text: 23 for a link, 2 for an emoji and for what is not written in an alphabet. */
export function weigh(text: string): number {
  const shown = text.normalize('NFC').replaceAll(LINK, 'x'.repeat(23));
  let weight = 0;
  for (const { segment } of new Intl.Segmenter('en').segment(shown)) {
    if (/\p{RGI_Emoji}/v.test(segment)) weight += 2;
    else for (const character of segment) weight += isLight(character.codePointAt(0) ?? 0) ? 1 : 2;
  }
  return weight;
}

/** A text as the API gives it: entities of HTML, and a short address for each link. */
export interface Shown {
  readonly text: string;
  readonly urls: readonly { readonly start: number; readonly end: number; readonly url: string; readonly expanded_url: string }[];
}

/** `files`: the address of the post's files, which X adds to the text; null: it has none. */
export function show(text: string, shorten: (link: string) => string, files: string | null): Shown {
  const links = [...text.matchAll(LINK)].map(([link]) => link);
  let shown = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  for (const link of links) shown = shown.replace(link.replaceAll('&', '&amp;'), () => shorten(link));
  if (files !== null) shown += ` ${shorten(files)}`;
  const all = files === null ? links : [...links, files];
  const urls = all.map((link) => {
    const url = shorten(link);
    const start = shown.indexOf(url);
    return { start, end: start + url.length, url, expanded_url: link };
  });
  return { text: shown, urls };
}
