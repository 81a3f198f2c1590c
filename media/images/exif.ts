import type { Source } from '../source.ts';

const ORIENTATION = 0x0112;
/** More entries than cameras write; the orientation is among the first, since they are in order. */
const MOST_ENTRIES = 64;

/**
 * The orientation (1 to 8) in an Exif segment (CIPA DC-008, section 4.6.4: a TIFF header, and a list of entries of twelve
 * bytes). 1, as it lies: it says nothing, or nonsense, which viewers pass over too.
 */
export async function exifOrientation(source: Source, { start, end }: { start: number; end: number }): Promise<number> {
  const tiff = start + 6;
  if (end > source.size || tiff + 8 > end) return 1;
  const head = await source.at(start, 14);
  // "Exif" and two zero bytes, then the byte order: "II" or "MM".
  if (head.getUint32(0) !== 0x45786966) return 1;
  const order = head.getUint16(6);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  const list = tiff + head.getUint32(10, little);
  if (list + 2 > end) return 1;
  const count = Math.min((await source.at(list, 2)).getUint16(0, little), MOST_ENTRIES, Math.floor((end - list - 2) / 12));
  if (count === 0) return 1;
  const entries = await source.at(list + 2, 12 * count);
  for (let at = 0; at < 12 * count; at += 12) {
    if (entries.getUint16(at, little) !== ORIENTATION) continue;
    const value = entries.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
