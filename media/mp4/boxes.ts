import { fourCharacters } from '../characters.ts';
import { Unreadable, type Source } from '../source.ts';

/**
 * A box of the ISO base media file format (ISO/IEC 14496-12, section 4.2), which QuickTime calls an atom: a size, a type of
 * four characters, and content.
 */
export interface Box {
  readonly type: string;
  /** Where the content begins. */
  readonly content: number;
  readonly end: number;
}

/**
 * The boxes of the file itself. A box that goes beyond the end of the file is `Unreadable`: the file was cut off. What
 * comes behind the last box (padding, garbage) is passed over, as players do.
 */
export async function* topLevelBoxes(source: Source, from = 0): AsyncGenerator<Box> {
  let at = from;
  while (at + 8 <= source.size) {
    const box = await boxAt(source, at, source.size);
    if (box === null) return;
    if (box.end > source.size) throw endsInside(box);
    yield box;
    at = box.end;
  }
}

/** The boxes inside a box, of which `skip` bytes come before the first. */
export async function* childrenOf(source: Source, parent: Box, skip = 0): AsyncGenerator<Box> {
  let at = parent.content + skip;
  while (at + 8 <= parent.end) {
    const box = await boxAt(source, at, parent.end);
    // QuickTime ends some lists with four zero bytes.
    if (box === null) return;
    if (box.end > parent.end) throw damaged(parent.type);
    yield box;
    at = box.end;
  }
}

/** The first `length` bytes of a box's content. */
export async function contentOf(source: Source, box: Box, length: number): Promise<DataView> {
  if (box.content + length > box.end) throw damaged(box.type);
  return source.at(box.content, length);
}

function endsInside({ type }: Box): Unreadable {
  if (type.includes('?')) return new Unreadable('The file is damaged: what stands between its parts makes no sense.');
  return new Unreadable(`The file ends inside its '${type}' part: it was cut off.`);
}

function damaged(type: string): Unreadable {
  return new Unreadable(`The file is damaged: its '${type}' part makes no sense.`);
}

/** Null: no box begins here. A size of zero means, on the top level only, up to the end of the file. */
async function boxAt(source: Source, at: number, limit: number): Promise<Box | null> {
  source.countPart();
  const header = await source.at(at, 8);
  const type = fourCharacters(header, 4);
  const size = header.getUint32(0);
  if (size >= 8) return { type, content: at + 8, end: at + size };
  if (size === 0 && limit === source.size && type !== '????') return { type, content: at + 8, end: limit };
  if (size !== 1 || at + 16 > limit) return null;
  // Above 2^53 a number is no longer exact, but such a box is beyond the end of any file.
  const large = Number((await source.at(at + 8, 8)).getBigUint64(0));
  return large >= 16 ? { type, content: at + 16, end: at + large } : null;
}
