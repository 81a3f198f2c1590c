import { fourCharacters } from '../characters.ts';
import { Unreadable, type Source } from '../source.ts';
import type { Picture } from './picture.ts';

/** A WebP image (RFC 9649): lossy, lossless, or extended, which is the one that can be animated. */
export async function readWebp(source: Source): Promise<Picture> {
  const riff = await source.at(0, 20);
  if (8 + riff.getUint32(4, true) > source.size) throw new Unreadable('The image ends before its end: it was cut off.');
  switch (fourCharacters(riff, 12)) {
    case 'VP8 ': {
      // Three bytes on the frame, a start code, and 14 bits for each side (RFC 6386, section 9.1).
      const frame = await source.at(20, 10);
      if (frame.getUint8(3) !== 0x9d || frame.getUint8(4) !== 0x01 || frame.getUint8(5) !== 0x2a) throw damaged();
      return { width: frame.getUint16(6, true) & 0x3fff, height: frame.getUint16(8, true) & 0x3fff, animated: false };
    }
    case 'VP8L': {
      const frame = await source.at(20, 5);
      if (frame.getUint8(0) !== 0x2f) throw damaged();
      const bits = frame.getUint32(1, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff), animated: false };
    }
    case 'VP8X': {
      const head = await source.at(20, 10);
      const side = (at: number): number => 1 + head.getUint16(at, true) + 65_536 * head.getUint8(at + 2);
      return { width: side(4), height: side(7), animated: (head.getUint8(0) & 0x02) !== 0 };
    }
    default:
      throw damaged();
  }
}

function damaged(): Unreadable {
  return new Unreadable('The image is damaged: its header makes no sense.');
}
