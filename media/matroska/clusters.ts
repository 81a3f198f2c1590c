import type { Source } from '../source.ts';
import { childrenOf, damaged, elementsIn, endOf, unsigned, vintLength, type Element, type Span } from './ebml.ts';

const CLUSTER = 0x1f43b675;
const TIMESTAMP = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
const BLOCK_DURATION = 0x9b;

/**
 * When the last block of a recording ends, as far as it says how long it lasts, and begins otherwise; in ticks. Of clusters
 * that state their size only the last is looked into.
 */
export async function lastMoment(source: Source, clusters: Span): Promise<number> {
  let last: Element | null = null;
  let base = 0;
  let latest = 0;
  for await (const element of elementsIn(source, clusters)) {
    if (element.id === CLUSTER) {
      // What follows one of unknown size are its blocks.
      last = element.end === null ? null : element;
    } else if (element.id === TIMESTAMP) base = await unsigned(source, element);
    else latest = Math.max(latest, base + (await blockEnd(source, element)));
  }
  if (last === null) return latest;
  for await (const element of childrenOf(source, last)) {
    if (element.id === TIMESTAMP) base = await unsigned(source, element);
    else latest = Math.max(latest, base + (await blockEnd(source, element)));
  }
  return latest;
}

/** Counted from the cluster's time; 0 for what is no block. */
async function blockEnd(source: Source, element: Element): Promise<number> {
  if (element.id === SIMPLE_BLOCK) return blockStart(source, element);
  if (element.id !== BLOCK_GROUP) return 0;
  let end = 0;
  for await (const part of childrenOf(source, element)) {
    if (part.id === BLOCK) end += await blockStart(source, part);
    else if (part.id === BLOCK_DURATION) end += await unsigned(source, part);
  }
  return end;
}

/** A block begins with the number of its track, of one byte or more, and its time: a signed number of 16 bits. */
async function blockStart(source: Source, block: Element): Promise<number> {
  const length = Math.min(endOf(block) - block.content, 10);
  const view = await source.at(block.content, length);
  const track = vintLength(view, 0);
  if (track + 2 > length) throw damaged();
  return view.getInt16(track);
}
