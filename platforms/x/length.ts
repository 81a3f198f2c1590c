import tlds from 'tlds' with { type: 'json' };
import { stretchesOf, type Stretch } from '../split.ts';

/**
 * How X counts a post's text (X's documentation "Counting characters", version 3 of its weights): Latin and most other alphabets
 * weigh 1, all else 2, an emoji 2 however many code points it has, and a link 23, since X puts a short one in its place.
 */

const LINK_WEIGHT = 23;
const EMOJI_WEIGHT = 2;
const LIGHT_WEIGHT = 1;
const HEAVY_WEIGHT = 2;

/** Code points of weight 1, both ends inclusive. */
const LIGHT: readonly (readonly [number, number])[] = [
  [0x0000, 0x10ff],
  [0x2000, 0x200d],
  [0x2010, 0x201f],
  [0x2032, 0x2037],
];

/** Letters that X takes inside an address: Latin with its accents, and in paths Cyrillic. */
const LATIN = 'a-z0-9\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u024f';
const CYRILLIC = '\\u0400-\\u04ff';

/** Longest first, or `co` would be found in `com`. */
const ENDING = `(?:${tlds.toSorted((one, other) => other.length - one.length).join('|')})(?![a-z0-9@+-])`;

/** A name before the ending: of letters of any alphabet behind a scheme, of Latin ones without. */
const labels = (letters: string): string => `(?:[${letters}](?:[${letters}_-]*[${letters}])?\\.)+`;

const PATH_CHARACTER = `[${LATIN}${CYRILLIC}!*';:=+,.$/%#\\[\\]\\-\\u2013_~@|&]`;
const PATH_END = `[${LATIN}${CYRILLIC}=_#/+\\-]`;
const BRACKETS = `\\(${PATH_CHARACTER}+\\)`;
const PORT = '(?::[0-9]+)?';
const PATH = `/(?:(?:${PATH_CHARACTER}|${BRACKETS})*(?:${PATH_END}|${BRACKETS}))?`;
const QUERY = `(?:\\?[a-z0-9!?*'@();:&=+$/%#\\[\\]\\-_.,~|]*[a-z0-9\\-_&=#/])?`;

/** Before a link stands no letter or digit, and no sign of a mention, a hashtag or a cashtag. */
const NOT_BEFORE = 'a-z0-9@\\uff20$#\\uff03\\u202a-\\u202e';

const LINK = new RegExp(
  [
    `(?<![${NOT_BEFORE}])https?://${labels('\\p{L}\\p{N}')}${ENDING}${PORT}(?:${PATH})?${QUERY}`,
    `(?<![${NOT_BEFORE}${LATIN}_./-])${labels(LATIN)}${ENDING}(?:${PORT}${PATH}${QUERY})?`,
  ].join('|'),
  'giu',
);

const EMOJI = /\p{RGI_Emoji}/v;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A text in pieces: its links, and what stands between them. */
export interface Piece {
  readonly text: string;
  readonly link: boolean;
}

export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    pieces.push({ text: text.slice(end, match.index), link: false }, { text: match[0], link: true });
    end = match.index + match[0].length;
  }
  return [...pieces, { text: text.slice(end), link: false }];
}

/** Where X finds links in a text, and who is mentioned or tagged: what a thread does not divide. */
export function wholeStretches(text: string): readonly Stretch[] {
  let end = 0;
  const links = piecesOf(text).flatMap((piece) => {
    const start = end;
    end += piece.text.length;
    return piece.link ? [{ start, end }] : [];
  });
  return [...links, ...stretchesOf(text, /[@#$\uFF03\uFF20][\p{L}\p{M}\p{N}_]+/gu)];
}

/** The weight of a text as X counts it: 280 is what an account without a subscription may post. */
export function weightedLength(text: string): number {
  let weight = 0;
  for (const piece of piecesOf(text.normalize('NFC'))) weight += piece.link ? LINK_WEIGHT : weightOf(piece.text);
  return weight;
}

function weightOf(text: string): number {
  let weight = 0;
  for (const { segment } of graphemes.segment(text)) {
    if (EMOJI.test(segment)) {
      weight += EMOJI_WEIGHT;
      continue;
    }
    for (const character of segment) weight += isLight(character.codePointAt(0) ?? 0) ? LIGHT_WEIGHT : HEAVY_WEIGHT;
  }
  return weight;
}

function isLight(codePoint: number): boolean {
  return LIGHT.some(([first, last]) => first <= codePoint && codePoint <= last);
}
