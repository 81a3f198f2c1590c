import { fourCharacters } from '../characters.ts';
import { childrenOf, contentOf, topLevelBoxes, type Box } from '../mp4/boxes.ts';
import { Unreadable, type Source } from '../source.ts';
import type { Picture } from './picture.ts';

/** Brands of files that hold a sequence of images. */
const SEQUENCES: ReadonlySet<string> = new Set(['avis', 'hevc', 'hevx', 'hevm', 'hevs', 'msf1']);

/** A HEIC or AVIF image (ISO/IEC 23008-12): what the properties of its primary item say, cut and
 * turned as two of them tell. */
export async function readHeif(source: Source): Promise<Picture> {
  const animated = SEQUENCES.has(fourCharacters(await source.at(8, 4), 0));
  for await (const box of topLevelBoxes(source)) {
    if (box.type !== 'meta') continue;
    const properties = await propertiesOfPrimary(source, box);
    const extent = properties.find(({ type }) => type === 'ispe');
    if (extent === undefined) break;
    const size = await contentOf(source, extent, 12);
    const whole = { width: size.getUint32(4), height: size.getUint32(8) };
    const aperture = properties.find(({ type }) => type === 'clap');
    const { width, height } = aperture === undefined ? whole : await clipped(source, aperture);
    const rotation = properties.find(({ type }) => type === 'irot');
    // In quarter turns.
    const turned = rotation !== undefined && ((await contentOf(source, rotation, 1)).getUint8(0) & 1) === 1;
    return turned ? { width: height, height: width, animated } : { width, height, animated };
  }
  throw new Unreadable('The image does not say how large it is.');
}

/** A clean aperture cuts off what a picture was padded with: each side is a fraction. */
async function clipped(source: Source, clap: Box): Promise<{ width: number; height: number }> {
  const view = await contentOf(source, clap, 16);
  const side = (at: number): number => (view.getUint32(at + 4) === 0 ? 0 : Math.round(view.getUint32(at) / view.getUint32(at + 4)));
  return { width: side(0), height: side(8) };
}

async function propertiesOfPrimary(source: Source, meta: Box): Promise<readonly Box[]> {
  let primary = 0;
  const properties: Box[] = [];
  let associations: Box | null = null;
  // Version and flags come first.
  for await (const box of childrenOf(source, meta, 4)) {
    if (box.type === 'pitm') {
      const long = (await contentOf(source, box, 6)).getUint8(0) > 0;
      primary = long ? (await contentOf(source, box, 8)).getUint32(4) : (await contentOf(source, box, 6)).getUint16(4);
    } else if (box.type === 'iprp') {
      for await (const part of childrenOf(source, box)) {
        if (part.type === 'ipco') for await (const property of childrenOf(source, part)) properties.push(property);
        else if (part.type === 'ipma') associations ??= part;
      }
    }
  }
  const numbers = associations === null ? [] : await associated(source, associations, primary);
  return numbers.flatMap((number) => properties[number - 1] ?? []);
}

/** The numbers, from 1 on, of the properties that an `ipma` box gives to an item. */
async function associated(source: Source, ipma: Box, item: number): Promise<readonly number[]> {
  const head = await contentOf(source, ipma, 8);
  const idBytes = head.getUint8(0) === 0 ? 2 : 4;
  const numberBytes = (head.getUint8(3) & 1) === 0 ? 1 : 2;
  let at = ipma.content + 8;
  for (let left = head.getUint32(4); left > 0 && at + idBytes + 1 <= ipma.end; left -= 1) {
    source.countPart();
    const entry = await source.at(at, idBytes + 1);
    const count = entry.getUint8(idBytes);
    at += idBytes + 1;
    if (at + count * numberBytes > ipma.end) return [];
    if ((idBytes === 2 ? entry.getUint16(0) : entry.getUint32(0)) === item) {
      const numbers = await source.at(at, count * numberBytes);
      // The highest bit says whether a reader has to know the property.
      return Array.from({ length: count }, (_, index) => (numberBytes === 1 ? numbers.getUint8(index) & 0x7f : numbers.getUint16(2 * index) & 0x7fff));
    }
    at += count * numberBytes;
  }
  return [];
}
