import type { ImageFile } from './image.ts';

/** The size of a WebP picture, by its three kinds of first chunk (RFC 9649); null if it is none. */
export function readWebp(file: Uint8Array): (Omit<ImageFile, 'format'> & { readonly format: 'webp' }) | null {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length < 30 || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP') return null;
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8X':
      return sized(bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1);
    case 'VP8 ':
      return sized(bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff);
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return sized((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    }
    default:
      return null;
  }
}

function sized(width: number, height: number): ReturnType<typeof readWebp> {
  return width === 0 || height === 0 ? null : { format: 'webp', width, height };
}
