/**
 * Reads what a network looks at in a picture: JPEG (ITU-T T.81), PNG. It is the sandbox's own, apart from the product's reader.
 */
export interface ImageFile {
  readonly format: 'jpeg' | 'png';
  /** Pixels, as stored. */
  readonly width: number;
  readonly height: number;
}

/** The facts of a picture; null if it is neither, or is broken before its size is told. */
export function readImage(file: Uint8Array): ImageFile | null {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const found = readPng(bytes) ?? readJpeg(bytes);
  return found === null || found.width === 0 || found.height === 0 ? null : found;
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function readPng(bytes: Buffer): ImageFile | null {
  if (bytes.length < 24 || !bytes.subarray(0, 8).equals(PNG_SIGNATURE) || bytes.toString('latin1', 12, 16) !== 'IHDR') return null;
  return { format: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** Frame headers are SOF0 to SOF15, without the three markers among them that begin something else. */
const NO_FRAME: ReadonlySet<number> = new Set([0xc4, 0xc8, 0xcc]);

function readJpeg(bytes: Buffer): ImageFile | null {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      // A byte of padding.
      at += 1;
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAME.has(marker)) {
      if (at + 9 > bytes.length) return null;
      return { format: 'jpeg', width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    }
    // The data of the picture begins without any frame.
    if (marker === 0xda || length < 2) return null;
    at += 2 + length;
  }
  return null;
}
