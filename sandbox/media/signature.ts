/** Brands of files that share MP4's form but hold no video: pictures and sound. */
const OTHER_BRANDS = new Set(['heic', 'heix', 'heif', 'mif1', 'avif', 'avis', 'M4A ', 'M4B ', 'crx ']);

/** Boxes with which a QuickTime file may begin when it has no `ftyp`. */
const QUICKTIME_BOXES = new Set(['moov', 'mdat', 'wide', 'free', 'skip', 'pnot']);

/** Bytes that `isVideo` looks at. */
export const HEAD_LENGTH = 4096;

/** Whether a file is a video by its first bytes: MP4, MOV, 3GP, WebM, MKV, AVI, FLV, MPEG. Its name and declared type do not count. */
export function isVideo(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.length < 12) return false;
  const box = bytes.toString('latin1', 4, 8);
  if (box === 'ftyp') return !OTHER_BRANDS.has(bytes.toString('latin1', 8, 12));
  if (QUICKTIME_BOXES.has(box)) return true;
  const start = bytes.readUInt32BE(0);
  // Matroska's EBML; MPEG program stream and video sequence.
  if (start === 0x1a45dfa3 || start === 0x000001ba || start === 0x000001b3) return true;
  const text = bytes.toString('latin1', 0, 4);
  if (text === 'RIFF') return bytes.toString('latin1', 8, 12) === 'AVI ';
  if (text.startsWith('FLV')) return true;
  // MPEG transport stream: a sync byte every 188 bytes.
  return bytes[0] === 0x47 && bytes[188] === 0x47 && bytes[376] === 0x47;
}
