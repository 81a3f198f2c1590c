/** A stretch of a text: from `start` up to but without `end`, in UTF-16 units. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export interface SplitRules {
  /** What a part may measure at most. */
  readonly max: number;
  /** The length of a text as the network counts it. */
  readonly measure: (text: string) => number;
  /** What is not divided, such as links and mentions, unless it is longer than a part by itself. */
  readonly whole: (text: string) => readonly Stretch[];
  /** After so many parts the rest is one more, however long: nobody needs it. */
  readonly most: number;
}

/**
 * Divides a text into the parts of a thread, each as long as it may be: between paragraphs or sentences where that fills at least
 * half of a part, otherwise between words, and inside a word only where it has no room in any part; never inside a grapheme. White
 * space between two parts belongs to neither; nothing else is lost. A single grapheme that is longer than a part is a part, which
 * is over the limit: the only one that can be.
 */
export function splitText(text: string, rules: SplitRules): readonly string[] {
  const borders = bordersOf(text, rules);
  const parts: string[] = [];
  let start = afterSpace(text, 0);
  while (start < text.length) {
    const end = parts.length === rules.most ? text.length : endOf(text, start, borders, rules);
    parts.push(text.slice(start, end).trimEnd());
    start = afterSpace(text, end);
  }
  return parts.length === 0 ? [''] : parts;
}

/** Links with a scheme, and what is mentioned or tagged, as nearly all networks find them. */
export function usualWhole(text: string): readonly Stretch[] {
  return stretchesOf(text, /https?:\/\/\S+|[@#\uFF03\uFF20][\p{L}\p{M}\p{N}_.-]+/giu);
}

/** What a pattern with the flag `g` finds. */
export function stretchesOf(text: string, pattern: RegExp): readonly Stretch[] {
  return [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

/** Where a text may be divided, in order, and what stands there, the best first. */
interface Borders {
  readonly all: readonly number[];
  readonly levels: readonly { readonly at: ReadonlySet<number>; readonly filled: number }[];
}

/** Of a part, that has to be filled for a border that is better than one between words. */
const HALF = 0.5;

const segmenter = (granularity: 'grapheme' | 'word' | 'sentence'): Intl.Segmenter => new Intl.Segmenter('en', { granularity });
const graphemes = segmenter('grapheme');
const words = segmenter('word');
const sentences = segmenter('sentence');

function bordersOf(text: string, { max, measure, whole }: SplitRules): Borders {
  const inside = new Set<number>();
  for (const { start, end } of whole(text)) {
    if (measure(text.slice(start, end)) > max) continue;
    for (let at = start + 1; at < end; at += 1) inside.add(at);
  }
  const ends = (segments: Intl.Segmenter): readonly number[] => [...segments.segment(text)].map(({ index, segment }) => index + segment.length);
  const after = (pattern: RegExp): readonly number[] => stretchesOf(text, pattern).map(({ end }) => end);
  return {
    all: ends(graphemes).filter((at) => !inside.has(at)),
    levels: [
      { at: new Set(after(/\n\s*\n/gu)), filled: HALF },
      { at: new Set(ends(sentences)), filled: HALF },
      { at: new Set(after(/\s+/gu)), filled: 0 },
      // Of languages that put no space between words.
      { at: new Set(ends(words)), filled: HALF },
    ],
  };
}

function endOf(text: string, start: number, { all, levels }: Borders, { max, measure }: SplitRules): number {
  const fits = (end: number): boolean => measure(text.slice(start, end).trimEnd()) <= max;
  const last = all.length - 1;
  const first = firstAfter(all, start);
  // The longest part that fits, looked for in growing steps and then halves of the last one: a longer text measures more, but for
  // what a border makes of a link, so that is looked at at the end.
  let low = first;
  let step = 1;
  while (low < last && fits(all[Math.min(low + step, last)] ?? text.length)) {
    low = Math.min(low + step, last);
    step *= 2;
  }
  let high = Math.min(low + step, last);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(all[middle] ?? text.length)) low = middle;
    else high = middle - 1;
  }
  while (low > first && !fits(all[low] ?? text.length)) low -= 1;
  const longest = all[low] ?? text.length;
  if (low === last) return longest;
  for (const { at, filled } of levels) {
    for (let n = low; n > first; n -= 1) {
      const end = all[n] ?? text.length;
      if (end - start < (longest - start) * filled) break;
      if (at.has(end) && fits(end)) return end;
    }
  }
  return longest;
}

/** The place of the first border behind an offset, by halves. */
function firstAfter(all: readonly number[], start: number): number {
  let [low, high] = [0, all.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle] ?? 0) > start) high = middle;
    else low = middle + 1;
  }
  return low;
}

function afterSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charAt(at).trim() === '') at += 1;
  return at;
}
