import { badParameter, refuse } from '../graph.ts';

const TEXT_MAX = 500;
/** Unsure in the page; the stricter reading. */
const LINKS_MAX = 5;

/** What an emoji is made of: they count with their UTF-8 bytes, everything else by the character. */
const EMOJI = /\p{Extended_Pictographic}(?:\u200d|\ufe0f|\p{Emoji_Modifier}|[\u{e0020}-\u{e007f}])*|\p{Regional_Indicator}|[0-9#*]\ufe0f?\u20e3/gu;

/** Refuses a text beyond the limits. */
export function checkText(text: string, attachedLink: string | null): void {
  const emoji = text.match(EMOJI) ?? [];
  const others = Array.from(text.replaceAll(EMOJI, '')).length;
  if (others + Buffer.byteLength(emoji.join('')) > TEXT_MAX) throw refuse({ code: 100, message: `Param text must be at most ${TEXT_MAX} characters long.` });
  const links = text.match(/\bhttps?:\/\/\S+/gi)?.length ?? 0;
  if (links + (attachedLink === null ? 0 : 1) > LINKS_MAX) throw badParameter('text', `one with more than ${LINKS_MAX} links`);
}
