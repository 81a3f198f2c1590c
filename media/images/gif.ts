import { TooScattered, Unreadable, type Source } from '../source.ts';
import type { Picture } from './picture.ts';

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const APPLICATION = 0xff;

/**
 * A GIF image (GIF89a): animated if there is a second picture in it. Only the bytes of the first one lead there: where that
 * is a long way, it is animated if it says that it repeats.
 */
export async function readGif(source: Source): Promise<Picture> {
  const screen = await source.at(6, 5);
  const size = { width: screen.getUint16(0, true), height: screen.getUint16(2, true) };
  const seen = { pictures: 0, repeats: false };
  try {
    await look(source, 13 + tableBytes(screen.getUint8(4)), seen);
  } catch (error) {
    if (!(error instanceof TooScattered) || seen.pictures === 0) throw error;
    return { ...size, animated: seen.repeats };
  }
  if (seen.pictures === 0) throw new Unreadable('The image is damaged: there is no picture in it.');
  return { ...size, animated: seen.pictures > 1 };
}

/** Walks over the blocks up to the second picture, or the end. */
async function look(source: Source, start: number, seen: { pictures: number; repeats: boolean }): Promise<void> {
  // The end may be missing, if all else is there.
  for (let at = start; at < source.size; ) {
    source.countPart();
    const introducer = (await source.at(at, 1)).getUint8(0);
    if (introducer === TRAILER) return;
    if (introducer === IMAGE) {
      seen.pictures += 1;
      if (seen.pictures > 1) return;
      // Its place and size, its own table of colours, and a byte on the coding.
      at = await behindBlocks(source, at + 11 + tableBytes((await source.at(at + 9, 1)).getUint8(0)));
    } else if (introducer === EXTENSION) {
      if ((await source.at(at + 1, 1)).getUint8(0) === APPLICATION) seen.repeats ||= await isLoop(source, at + 2);
      at = await behindBlocks(source, at + 2);
    } else throw new Unreadable('The image is damaged: what stands between its parts makes no sense.');
  }
}

/** Blocks of up to 255 bytes, each behind its length, and an empty one at the end. */
async function behindBlocks(source: Source, start: number): Promise<number> {
  for (let at = start; ; ) {
    source.countPart();
    const length = (await source.at(at, 1)).getUint8(0);
    at += 1 + length;
    if (length === 0) return at;
  }
}

/** The extension that browsers took up for animations that repeat. */
async function isLoop(source: Source, at: number): Promise<boolean> {
  const { buffer, byteOffset } = await source.at(at, 12);
  return ['\x0bNETSCAPE2.0', '\x0bANIMEXTS1.0'].includes(Buffer.from(buffer, byteOffset, 12).toString('latin1'));
}

/** Bytes of a table of colours, by the flags that announce it. */
function tableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 0x07) + 1);
}
