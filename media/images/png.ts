import { fourCharacters } from '../characters.ts';
import { Unreadable, type Source } from '../source.ts';
import type { Picture } from './picture.ts';

/** A PNG image (W3C PNG, third edition): animated if there is an `acTL` chunk before the picture's data. */
export async function readPng(source: Source): Promise<Picture> {
  let size: { width: number; height: number } | null = null;
  let animated = false;
  for (let at = 8; ; ) {
    source.countPart();
    const head = await source.at(at, 8);
    const type = fourCharacters(head, 4);
    // Length, type, and a checksum behind the content.
    const end = at + 12 + head.getUint32(0);
    if (end > source.size) throw new Unreadable(`The image ends inside its '${type}' part: it was cut off.`);
    if (size === null) {
      if (type !== 'IHDR') throw new Unreadable('The image is damaged: it does not begin with its header.');
      const header = await source.at(at + 8, 8);
      size = { width: header.getUint32(0), height: header.getUint32(4) };
    }
    if (type === 'acTL') animated = true;
    if (type === 'IDAT') return { ...size, animated };
    if (type === 'IEND') throw new Unreadable('The image is damaged: there is no picture in it.');
    at = end;
  }
}
