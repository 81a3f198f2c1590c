import { Unreadable, type Source } from '../source.ts';

/** An element of EBML (RFC 8794): an id, a size, and content. Its id is that of the registry, with the length marker in it. */
export interface Element {
  readonly id: number;
  /** Where the content begins. */
  readonly content: number;
  /** Null: the size was not known when it was written, as in a live recording. */
  readonly end: number | null;
}

/** Where elements stand: from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The elements of a span. One of unknown size is followed by what is in it, since only what comes next tells where it ends.
 * One that goes beyond the span is `Unreadable`, and so is what is no element.
 */
export async function* elementsIn(source: Source, { start, end }: Span): AsyncGenerator<Element> {
  let at = start;
  while (at < end) {
    const element = await elementAt(source, at, end);
    if (element.end !== null && element.end > end) throw end === source.size ? cutOff() : damaged();
    yield element;
    at = element.end ?? element.content;
  }
}

/** The elements in an element that has to have a size. */
export function childrenOf(source: Source, parent: Element): AsyncGenerator<Element> {
  return elementsIn(source, { start: parent.content, end: endOf(parent) });
}

/** The element that begins at `at`; it may go beyond `end`, its id and size may not. */
export async function elementAt(source: Source, at: number, end: number): Promise<Element> {
  source.countPart();
  const view = await source.at(at, Math.min(LONGEST_HEADER, end - at));
  const idLength = vintLength(view, 0);
  if (idLength > 4) throw damaged();
  const sizeLength = vintLength(view, idLength);
  const header = idLength + sizeLength;
  if (sizeLength > 8 || header > view.byteLength) throw end === source.size ? cutOff() : damaged();
  const size = unsignedAt(view, idLength, sizeLength);
  const marker = 2n ** BigInt(7 * sizeLength);
  const content = at + header;
  // All bits of the size set: it is not known.
  const known = size !== 2n * marker - 1n;
  return { id: Number(unsignedAt(view, 0, idLength)), content, end: known ? content + Number(size - marker) : null };
}

/** An unsigned integer of up to eight bytes; above 2^53 it is no longer exact. */
export async function unsigned(source: Source, element: Element): Promise<number> {
  const length = endOf(element) - element.content;
  if (length > 8) throw damaged();
  return length === 0 ? 0 : Number(unsignedAt(await source.at(element.content, length), 0, length));
}

/** A floating-point number of four or eight bytes. */
export async function float(source: Source, element: Element): Promise<number> {
  const length = endOf(element) - element.content;
  if (length === 0) return 0;
  if (length !== 4 && length !== 8) throw damaged();
  const view = await source.at(element.content, length);
  return length === 4 ? view.getFloat32(0) : view.getFloat64(0);
}

/** The first `most` characters of a text of ASCII, up to its first zero byte; what is not printable becomes a question mark. */
export async function ascii(source: Source, element: Element, most: number): Promise<string> {
  const length = Math.min(endOf(element) - element.content, most);
  if (length === 0) return '';
  const view = await source.at(element.content, length);
  const text = Buffer.from(view.buffer, view.byteOffset, length).toString('latin1');
  return text.replace(/\0.*$/su, '').replaceAll(/[^\x20-\x7e]/gu, '?');
}

/** Where an element ends that has to have a size. */
export function endOf(element: Element): number {
  if (element.end === null) throw damaged();
  return element.end;
}

export function damaged(): Unreadable {
  return new Unreadable('The file is damaged: what stands between its parts makes no sense.');
}

export function cutOff(): Unreadable {
  return new Unreadable('The file ends inside one of its parts: it was cut off.');
}

/** Four bytes of id and eight of size. */
const LONGEST_HEADER = 12;

/** The zero bits in front of the first that is set tell how many bytes follow; 9: none is set, or there is no byte. */
export function vintLength(view: DataView, at: number): number {
  return at < view.byteLength ? Math.clz32(view.getUint8(at)) - 23 : 9;
}

function unsignedAt(view: DataView, at: number, length: number): bigint {
  let value = 0n;
  for (let index = at; index < at + length; index += 1) value = value * 256n + BigInt(view.getUint8(index));
  return value;
}
