import { codePoints } from '../../core/text.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Whether what a person sees as one character is an emoji. Signs such as © count as one too: the stricter reading. */
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u;

/** The length of a text as Threads counts it: an emoji with its UTF-8 bytes, all else by the character (code point). */
export function threadsLength(text: string): number {
  let length = 0;
  for (const { segment } of segmenter.segment(text)) length += EMOJI.test(segment) ? Buffer.byteLength(segment) : codePoints(segment);
  return length;
}
