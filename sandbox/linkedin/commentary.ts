import { refuse } from './errors.ts';

/** UTF-16 units of what a reader sees: the narrower reading, since the page does not say what a character is. */
const TEXT_MAX = 3000;

/**
 * One piece of "little text", from where the reading is: an escaped character, a hashtag as a template, a mention, or a plain
 * character. `#` before a word passes unescaped too.
 */
const PIECE = /\\([\\|{}@[\]()<>#*_~])|\{hashtag\|\\#\|((?:[\p{L}\p{M}\p{N}]|\\_)+)\}|@\[((?:\\.|[^\\\]])+)\]\(urn:li:(?:organization|person):[\w-]+\)|(#)(?=[\p{L}\p{N}])|([^\\|{}@[\]()<>#*_~])/suy;

/**
 * What a reader sees of a commentary. LinkedIn cuts the text at a reserved character that stands there unescaped, or refuses it:
 * here it is refused.
 */
export function readCommentary(commentary: string): string {
  let plain = '';
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < commentary.length) {
    const at = PIECE.lastIndex;
    const match = PIECE.exec(commentary);
    if (match === null) throw refuse({ code: 'INVALID_VALUE', message: `The commentary has an unescaped ${JSON.stringify(commentary.charAt(at))} at ${at}.` });
    const [, escaped, hashtag, mention, mark, character] = match;
    plain += hashtag === undefined ? (escaped ?? mention ?? mark ?? character ?? '') : `#${hashtag.replaceAll('\\_', '_')}`;
  }
  if (plain.trim() === '') throw refuse({ code: 'MISSING_FIELD', message: 'The commentary is empty.' });
  if (plain.length > TEXT_MAX) {
    const code = 'FIELD_LENGTH_TOO_LONG';
    throw refuse({ code, message: `The commentary has ${plain.length} characters.`, inputErrors: [{ code, description: `/commentary: at most ${TEXT_MAX}` }] });
  }
  return plain;
}
