import type { NetworkTools, Trouble, Work } from '../../core/ports/index.ts';
import { sameText } from '../text.ts';
import { listPins } from './client.ts';
import { optionsOf } from './rules.ts';

/**
 * Looks for a pin by what it says: a pin that is listed does not name the video or the photos that it was made of, and Pinterest
 * knows no key for one.
 */

/** What a look at a board has shown. */
export type Look =
  /** `whole`: no other new pin can be there. */
  | { readonly kind: 'seen'; readonly alike: readonly string[]; readonly whole: boolean }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

/** Pages of a board that are read before the search is given up. */
const PAGES = 10;

/** Milliseconds by which the clocks of a worker and of Pinterest may differ. */
const CLOCK_SLACK = 15 * 60_000;

/** The pins of the upload's board that say what it says and are no older than `since`. */
export async function lookForPins(work: Work, since: Date, tools: NetworkTools): Promise<Look> {
  const { board, boardSection: section = null } = optionsOf(work);
  const begin = since.getTime() - CLOCK_SLACK;
  const alike: string[] = [];
  let last = Infinity;
  let newestFirst = true;
  let bookmark: string | null = null;
  for (let page = 0; page < PAGES; page += 1) {
    const listed = await listPins(tools, { board, section }, bookmark);
    if (listed.kind === 'trouble') return { kind: 'trouble', trouble: listed.trouble };
    const { pins, next } = listed.value;
    for (const pin of pins) {
      const at = pin.createdAt ?? Infinity;
      if (at >= begin && saysTheSame(pin, work)) alike.push(pin.id);
      newestFirst &&= at <= last;
      last = at;
    }
    bookmark = next;
    // People can put the pins of a board into an order of their own: then all are read.
    if (next === null || (newestFirst && last < begin)) return { kind: 'seen', alike, whole: true };
  }
  return { kind: 'seen', alike, whole: false };
}

/** What was not said Pinterest may have filled in, from the page that the pin leads to: it tells nothing. */
function saysTheSame(pin: { readonly title: string; readonly description: string }, { upload }: Work): boolean {
  const { title, description } = textsOf(upload);
  return (title === null || sameText(pin.title, title)) && (description === null || sameText(pin.description, description));
}

/** The two texts of a pin; null: it is without. */
export function textsOf({ title, description }: Pick<Work['upload'], 'title' | 'description'>): { readonly title: string | null; readonly description: string | null } {
  return { title: orNothing(title), description: orNothing(description) };
}

function orNothing(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text;
}
