import { crc32, deflateSync } from 'node:zlib';

/** Pixels, where the video's are not known. */
const USUAL = { width: 1280, height: 720 };

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * A plain dark picture as a PNG (one bit a pixel, a few hundred bytes): Reddit demands a poster with every video, and shows it
 * only until it has made one of the video itself.
 */
export function plainPoster({ width, height }: { readonly width: number; readonly height: number } = USUAL): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // One bit of grey; compression, filter and order of lines have one value each that is in use, 0.
  header[8] = 1;
  // Each line begins with its filter.
  const lines = Buffer.alloc(height * (1 + Math.ceil(width / 8)));
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(content.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
