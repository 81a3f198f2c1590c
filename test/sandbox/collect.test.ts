import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectVideo } from '../../sandbox/media/collect.ts';
import { readMp4 } from '../../sandbox/media/mp4.ts';
import { makeMp4 } from './make-mp4.ts';

const clip = readFileSync(new URL('../../local/demo-small.mp4', import.meta.url));

function collected(file: Uint8Array, cuts: readonly number[]) {
  const collector = collectVideo();
  const ends = [...cuts.map((cut) => cut % (file.byteLength + 1)), file.byteLength].toSorted((a, b) => a - b);
  let start = 0;
  for (const end of ends) {
    collector.add(file.subarray(start, end));
    start = end;
  }
  return collector.facts();
}

describe('a video that comes in pieces', () => {
  it('tells the same as in one piece, wherever it is cut', () => {
    // The index behind the data, and in front of it; one box with a size of 64 bits.
    const wide = Buffer.concat([Buffer.from([0, 0, 0, 1]), Buffer.from('mdat'), Buffer.from([0, 0, 0, 0, 0, 0, 0, 20]), Buffer.alloc(4)]);
    for (const file of [clip, makeMp4({ duration: 7 }), Buffer.concat([wide, makeMp4({ duration: 8 })])]) {
      expect(readMp4(file)).not.toBeNull();
      fc.assert(
        fc.property(fc.array(fc.nat(), { maxLength: 20 }), fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 10 }), (far, near) => {
          expect(collected(file, [...far, ...near])).toEqual(readMp4(file));
        }),
        { numRuns: 50 },
      );
    }
  });

  it('is none where no box is, or an index is cut off', () => {
    expect(collected(Buffer.alloc(5000), [1000])).toBeNull();
    expect(collected(Buffer.from('<html>this is no video at all</html>'), [5])).toBeNull();
    expect(collected(makeMp4().subarray(0, 100), [])).toBeNull();
    expect(collectVideo().facts()).toBeNull();
  });

  it('is survived whatever its bytes are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 5 }), (bytes, cuts) => void collected(bytes, cuts)));
  });
});
