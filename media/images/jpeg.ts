import { Unreadable, type Source } from '../source.ts';
import { exifOrientation } from './exif.ts';
import type { Picture } from './picture.ts';

const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/**
 * A JPEG image (ITU-T T.81, annex B), turned as its Exif data says that it is shown. Looks on until the picture itself
 * begins: headers alone are none.
 */
export async function readJpeg(source: Source): Promise<Picture> {
  let size: { width: number; height: number } | null = null;
  let orientation = 1;
  for (let at = 2; ; ) {
    source.countPart();
    const marker = await source.at(at, 2);
    if (marker.getUint8(0) !== 0xff) throw damaged();
    const code = marker.getUint8(1);
    // Any number of these may stand before a marker.
    if (code === 0xff) {
      at += 1;
      continue;
    }
    if (code === START_OF_SCAN) break;
    if (code === END_OF_IMAGE) throw damaged();
    // Restart markers and the like stand alone.
    if (code === 0x01 || (code >= 0xd0 && code <= 0xd8)) {
      at += 2;
      continue;
    }
    const content = at + 4;
    const end = at + 2 + (await source.at(at + 2, 2)).getUint16(0);
    if (end < content) throw damaged();
    if (isStartOfFrame(code) && size === null) {
      const frame = await source.at(content, 5);
      size = { width: frame.getUint16(3), height: frame.getUint16(1) };
    } else if (code === APP1 && orientation === 1) orientation = await exifOrientation(source, { start: content, end });
    at = end;
  }
  if (size === null) throw damaged();
  // The upper half of the eight orientations lie on their side.
  const { width, height } = size;
  return orientation >= 5 ? { width: height, height: width, animated: false } : { width, height, animated: false };
}

/** All of C0 to CF but three: Huffman tables (C4), reserved (C8), arithmetic coding (CC). */
function isStartOfFrame(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
}

function damaged(): Unreadable {
  return new Unreadable('The image is damaged: what stands between its parts makes no sense.');
}
