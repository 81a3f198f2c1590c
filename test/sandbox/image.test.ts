import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readImage } from '../../sandbox/media/image.ts';
import { makeJpeg, makePng } from './make-image.ts';

const photo = readFileSync(new URL('../platforms/support/photos/one.jpg', import.meta.url));

describe('the size of a picture', () => {
  it('is read from a real photo, from a JPEG and from a PNG', () => {
    expect(readImage(photo)).toEqual({ format: 'jpeg', width: 720, height: 900 });
    expect(readImage(makeJpeg({ width: 8, height: 65_535, size: 1000 }))).toEqual({ format: 'jpeg', width: 8, height: 65_535 });
    expect(readImage(makePng({ width: 1440, height: 1 }))).toEqual({ format: 'png', width: 1440, height: 1 });
  });

  it('is not made up where there is none', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('GIF89a'), makeJpeg({ width: 0, height: 9 }), makePng({ width: 9, height: 0 }), photo.subarray(0, 30)]) {
      expect(readImage(bytes)).toBeNull();
    }
  });

  it('is looked for in anything without an error', () => {
    const start = fc.constantFrom([0xff, 0xd8, 0xff], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], []);
    fc.assert(fc.property(start, fc.uint8Array({ maxLength: 200 }), (first, rest) => void readImage(Buffer.from([...first, ...rest]))));
  });
});
