import { refuse } from '../graph.ts';

/** Characters. UTF-16 units, the narrower reading: the page does not say what a character is. */
const CAPTION_MAX = 2200;
const HASHTAGS_MAX = 30;
const MENTIONS_MAX = 20;

/** Refuses a caption beyond the limits. The page names a code for one that is too long only: the others get the same. */
export function checkCaption(caption: string): void {
  const hashtags = caption.match(/#[\p{L}\p{N}_]+/gu) ?? [];
  const mentions = caption.match(/@[A-Za-z0-9._]+/g) ?? [];
  if (caption.length > CAPTION_MAX) throw tooMuch(`more than ${CAPTION_MAX} characters`);
  if (hashtags.length > HASHTAGS_MAX) throw tooMuch(`more than ${HASHTAGS_MAX} hashtags`);
  if (mentions.length > MENTIONS_MAX) throw tooMuch(`more than ${MENTIONS_MAX} mentions`);
}

function tooMuch(what: string) {
  return refuse({ code: 36004, subcode: 2207010, message: `The caption has ${what}.`, type: 'IGApiException' });
}
