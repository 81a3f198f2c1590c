/** A JPEG whose headers say this size; there is no picture in it. `size` in bytes, filled up with a comment. */
export function makeJpeg({ width, height, size = 0 }: { width: number; height: number; size?: number }): Buffer {
  const frame = Buffer.alloc(19);
  frame.writeUInt16BE(0xffc0, 0);
  frame.writeUInt16BE(17, 2);
  frame[4] = 8;
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  const jfif = Buffer.concat([Buffer.from([0xff, 0xe0, 0, 16]), Buffer.from('JFIF\0', 'latin1'), Buffer.alloc(9)]);
  const whole = Buffer.concat([Buffer.from([0xff, 0xd8]), jfif, frame, Buffer.from([0xff, 0xd9])]);
  return Buffer.concat([whole, Buffer.alloc(Math.max(0, size - whole.length))]);
}

/** A PNG whose header says this size; there is no picture in it. */
export function makePng({ width, height }: { width: number; height: number }): Buffer {
  const header = Buffer.alloc(25);
  header.writeUInt32BE(13, 0);
  header.write('IHDR', 4, 'latin1');
  header.writeUInt32BE(width, 8);
  header.writeUInt32BE(height, 12);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), header]);
}
