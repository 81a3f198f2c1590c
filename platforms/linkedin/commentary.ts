import type { Work } from '../../core/ports/index.ts';
import { captionOf } from '../text.ts';

/**
 * LinkedIn's "little text": a few characters mean something, and text is cut at one that stands there unescaped, without a
 * word. So all are escaped, and hashtags are written as its template for them.
 */

const RESERVED = /[\\|{}@[\]()<>#*_~]/gu;

/** `#word` at the beginning of a word, with at least one letter: `#1` and the `#` of an address are no hashtags. */
const HASHTAG = /(?<=^|[\s([{<])#(?=[\p{N}_]*\p{L})([\p{L}\p{M}\p{N}_]+)/gu;

const TEMPLATE = /\{hashtag\|\\#\|((?:\\.|[^\\{}|])+)\}/gu;

/** The text of a post as LinkedIn wants it. */
export function commentaryOf(upload: Pick<Work['upload'], 'title' | 'description'>): string {
  const text = captionOf(upload);
  let commentary = '';
  let at = 0;
  for (const match of text.matchAll(HASHTAG)) {
    commentary += `${escaped(text.slice(at, match.index))}{hashtag|\\#|${escaped(match[1] ?? '')}}`;
    at = match.index + match[0].length;
  }
  return commentary + escaped(text.slice(at));
}

/** What a reader sees of such a text. */
export function plainText(commentary: string): string {
  return commentary.replaceAll(TEMPLATE, '#$1').replaceAll(/\\(.)/gsu, '$1');
}

function escaped(text: string): string {
  return text.replaceAll(RESERVED, '\\$&');
}
