import type { Stretch } from '../split.ts';

/**
 * Links, mentions and tags of a text. Bluesky does not look for them itself: the client marks each by its place, counted in
 * bytes of UTF-8, and a mention by the account's DID.
 */

/** As it goes into the record. The end is exclusive. */
export interface Facet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly [Feature];
}

type Feature =
  | { readonly $type: 'app.bsky.richtext.facet#link'; readonly uri: string }
  | { readonly $type: 'app.bsky.richtext.facet#mention'; readonly did: string }
  | { readonly $type: 'app.bsky.richtext.facet#tag'; readonly tag: string };

interface Mark {
  readonly kind: 'link' | 'mention' | 'tag';
  /** UTF-16 units into the text; the end is exclusive. */
  readonly start: number;
  readonly end: number;
  /** Address, handle in lower case, or tag without `#`. */
  readonly value: string;
}

/** Graphemes of a tag (lexicon of the facets). A longer one is no tag. */
const TAG_MAX = 64;

const LINK = /https?:\/\/[^\s<>"]+/gu;
/** A handle is a host name; its last label begins with a letter. */
const MENTION = /(?<![\p{L}\p{N}_@./-])@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)(?![\p{L}\p{N}_-])/giu;
/** A word after a hash, up to the next white space or invisible character: so the network's own app finds them. */
const TAG = /(?<![^\s])[#＃](?!\uFE0F)((?:(?!\u{20E2})[^\s\u{AD}\u{200A}-\u{200D}\u{2060}])+)/gu;

/** The handles that a text mentions, in lower case, each once. */
export function handlesIn(text: string): readonly string[] {
  return [...new Set(marksIn(text).flatMap(({ kind, value }) => (kind === 'mention' ? [value] : [])))];
}

/** Where links, tags and mentions stand in a text, in UTF-16 units. */
export function stretchesIn(text: string): readonly Stretch[] {
  return marksIn(text);
}

/** Each link, tag and mention, in order; mentions of handles that belong to nobody stay plain text. `dids` by handle. */
export function facetsOf(text: string, dids: Readonly<Record<string, string>>): readonly Facet[] {
  return marksIn(text).flatMap((mark) => {
    const feature = featureOf(mark, dids);
    if (feature === null) return [];
    const byteStart = Buffer.byteLength(text.slice(0, mark.start));
    return [{ index: { byteStart, byteEnd: byteStart + Buffer.byteLength(text.slice(mark.start, mark.end)) }, features: [feature] as const }];
  });
}

function featureOf({ kind, value }: Mark, dids: Readonly<Record<string, string>>): Feature | null {
  switch (kind) {
    case 'link':
      return { $type: 'app.bsky.richtext.facet#link', uri: value };
    case 'tag':
      return { $type: 'app.bsky.richtext.facet#tag', tag: value };
    case 'mention': {
      const did = Object.hasOwn(dids, value) ? dids[value] : undefined;
      return did === undefined ? null : { $type: 'app.bsky.richtext.facet#mention', did };
    }
  }
}

/** In order, none over another: what stands in a link is part of the link. */
function marksIn(text: string): readonly Mark[] {
  const links = [...text.matchAll(LINK)].flatMap((match): readonly Mark[] => {
    const uri = withoutTail(match[0]);
    return URL.canParse(uri) ? [{ kind: 'link', start: match.index, end: match.index + uri.length, value: uri }] : [];
  });
  const mentions = [...text.matchAll(MENTION)].map((match): Mark => {
    const [whole, handle = ''] = match;
    return { kind: 'mention', start: match.index, end: match.index + whole.length, value: handle.toLowerCase() };
  });
  const tags = [...text.matchAll(TAG)].flatMap((match): readonly Mark[] => {
    const tag = (match[1] ?? '').replace(/\p{P}+$/u, '');
    // Not of digits alone: `#1` is a number.
    if (!/[^\d\p{P}]/u.test(tag) || graphemes(tag) > TAG_MAX) return [];
    return [{ kind: 'tag', start: match.index, end: match.index + 1 + tag.length, value: tag }];
  });
  const marks: Mark[] = [];
  for (const mark of [...links, ...mentions, ...tags]) {
    if (marks.every(({ start, end }) => mark.end <= start || end <= mark.start)) marks.push(mark);
  }
  return marks.toSorted((a, b) => a.start - b.start);
}

/** The address without the punctuation of the sentence in which it stands. */
function withoutTail(uri: string): string {
  let end = uri;
  for (;;) {
    const unopened = end.endsWith(')') && !end.includes('(');
    if (!unopened && !/[.,;:!?'…]$/u.test(end)) return end;
    end = end.slice(0, -1);
  }
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What a reader sees as characters: the unit in which Bluesky counts a text. */
export function graphemes(text: string): number {
  let count = 0;
  for (const _ of segmenter.segment(text)) count += 1;
  return count;
}
