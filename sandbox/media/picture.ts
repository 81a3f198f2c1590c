import { readImage } from './image.ts';
import { readWebp } from './webp.ts';

/** What a network looks at in a picture. */
export interface Picture {
  readonly format: 'jpeg' | 'png' | 'gif' | 'webp';
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** 1 for what does not move. */
  readonly frames: number;
}

/** The facts of a picture; null if it is none of these, or is broken. */
export function readPicture(file: Uint8Array): Picture | null {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const still = readImage(bytes) ?? readWebp(bytes);
  if (still !== null) return { ...still, frames: 1 };
  const gif = readGif(bytes);
  return gif === null || gif.width === 0 || gif.height === 0 || gif.frames === 0 ? null : gif;
}

/** GIF87a and GIF89a: a screen, perhaps with colours, and then blocks up to the trailer. */
function readGif(bytes: Buffer): Picture | null {
  if (!/^GIF8[79]a$/u.test(bytes.toString('latin1', 0, 6)) || bytes.length < 13) return null;
  const skipData = (from: number): number => {
    let at = from;
    while (at < bytes.length && bytes[at] !== 0) at += 1 + (bytes[at] ?? 0);
    return at + 1;
  };
  let frames = 0;
  let at = 13 + colours(bytes[10] ?? 0);
  while (at < bytes.length && bytes[at] !== 0x3b) {
    if (bytes[at] === 0x21) {
      at = skipData(at + 2);
    } else if (bytes[at] === 0x2c) {
      frames += 1;
      // The image's place and size, its colours, and the size of its codes.
      at = skipData(at + 10 + colours(bytes[at + 9] ?? 0) + 1);
    } else {
      return null;
    }
  }
  return { format: 'gif', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8), frames };
}

/** Bytes of a table of colours, as its flags announce it. */
function colours(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}
