import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { probeFile } from '../../media/probe.ts';
import { box, clip, element, elementOfSize, insertBoxes, probeBytes, probeSparse, uint32, uint64, UNKNOWN_SIZE } from './files.ts';
import { expectSense } from './support/sense.ts';

const repeated = (count: number, part: Uint8Array): Buffer => Buffer.alloc(count * part.length, part);

const FTYP = box('ftyp', Buffer.from('isom\x00\x00\x02\x00isom'));

describe('the probe of a hostile file', () => {
  let files: Buffer[] = [];
  beforeAll(async () => {
    const movies = ['moov-last.mp4', 'fragmented.mp4', 'indexed.mp4', 'hevc-mp3.mp4', 'moov-first.mov', 'turned.mp4', 'silent.3gp', 'sound.m4a'];
    const recordings = ['clip.webm', 'live.webm', 'hevc.mkv', 'turned.mkv', 'wide-pixels.webm'];
    const images = ['turned.jpg', 'animated.png', 'animated.gif', 'still.gif', 'lossy.webp', 'lossless.webp', 'animated.webp', 'picture.heic', 'picture.avif'];
    const names = [...movies, ...recordings, ...images];
    files = [...(await Promise.all(names.map(clip))), (await readFile('local/demo-small.mp4')).subarray(0, 40_000)];
  });
  const file = fc.nat().map((n) => files[n % files.length] ?? Buffer.alloc(0));

  it('makes sense of any bytes', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => void (await expectSense(bytes))), { numRuns: 500 });
  });

  it('makes sense of any bytes behind the signature of a format', async () => {
    const bytes = fc.uint8Array({ maxLength: 2_000 });
    await fc.assert(fc.asyncProperty(file, fc.integer({ min: 4, max: 64 }), bytes, async (real, keep, rest) => void (await expectSense(Buffer.concat([real.subarray(0, keep), rest])))), { numRuns: 2_000 });
  });

  it('makes sense of any boxes, however they are nested and whatever size they claim', async () => {
    const type = fc.constantFrom('ftyp', 'moov', 'mvhd', 'trak', 'tkhd', 'mdia', 'mdhd', 'hdlr', 'minf', 'stbl', 'stsd', 'stsz', 'mvex', 'mehd', 'trex', 'moof', 'traf', 'tfhd', 'tfdt', 'trun', 'sidx', 'mfra', 'tfra', 'mfro', 'mdat', 'free', 'avc1', 'mp4a', 'esds', 'wave');
    const claimed = fc.option(fc.constantFrom(0, 1, 2, 7, 8, 9, 16, 0x7fff_ffff, 0xffff_ffff), { freq: 8 });
    const { boxes } = fc.letrec<{ boxes: Uint8Array; one: Uint8Array }>((tie) => ({
      boxes: fc.array(tie('one'), { maxLength: 5, depthIdentifier: 'box' }).map((parts) => new Uint8Array(Buffer.concat(parts))),
      one: fc.tuple(type, claimed, fc.oneof({ depthIdentifier: 'box', maxDepth: 6 }, fc.uint8Array({ maxLength: 120 }), tie('boxes'))).map(([name, size, content]) => {
        const made = new Uint8Array(box(name, content));
        if (size !== null) made.set(uint32(size));
        return made;
      }),
    }));
    await fc.assert(fc.asyncProperty(boxes, async (bytes) => void (await expectSense(Buffer.concat([FTYP, bytes])))), { numRuns: 1000 });
  });

  it('makes sense of any elements, however they are nested and whatever size they claim', async () => {
    const ids = [0x1a45dfa3, 0x18538067, 0x114d9b74, 0x4dbb, 0x53ab, 0x53ac, 0x1549a966, 0x2ad7b1, 0x4489, 0x1654ae6b, 0xae, 0x83, 0x86, 0xb9, 0xe0, 0xb0, 0xba, 0x54b0, 0x54b2, 0x7670, 0x7675, 0x6d80, 0x6240, 0x5033, 0x1f43b675, 0xe7, 0xa3, 0xa0, 0xa1, 0x9b, 0xec];
    const claimed = fc.option(fc.constantFrom(0n, 1n, 7n, 8n, 9n, 2n ** 31n, 2n ** 53n, UNKNOWN_SIZE - 1n, UNKNOWN_SIZE), { freq: 8 });
    const { elements } = fc.letrec<{ elements: Uint8Array; one: Uint8Array }>((tie) => ({
      elements: fc.array(tie('one'), { maxLength: 6, depthIdentifier: 'element' }).map((parts) => new Uint8Array(Buffer.concat(parts))),
      one: fc
        .tuple(fc.constantFrom(...ids), claimed, fc.oneof({ depthIdentifier: 'element', maxDepth: 6 }, fc.uint8Array({ maxLength: 60 }), tie('elements')))
        .map(([id, size, content]) => elementOfSize(id, size, content)),
    }));
    const head = element(0x1a45dfa3, element(0x4282, Buffer.from('webm')));
    const segment = fc.tuple(elements, fc.boolean()).map(([content, known]) => Buffer.concat([head, elementOfSize(0x18538067, known ? null : UNKNOWN_SIZE, content)]));
    await fc.assert(fc.asyncProperty(segment, async (bytes) => void (await expectSense(bytes))), { numRuns: 2_000 });
  });

  it('makes sense of real files of which any number is an extreme', { timeout: 60_000 }, async () => {
    const extremes = [...[1, 2, 4, 8].flatMap((length) => [Buffer.alloc(length), Buffer.alloc(length, 0xff)]), Buffer.from([0x7f, 0xff, 0xff, 0xff])];
    for (const original of files) {
      const bytes = Buffer.from(original);
      for (const at of headerOffsets(bytes)) {
        for (const extreme of extremes) {
          bytes.set(extreme.subarray(0, bytes.length - at), at);
          await expectSense(bytes);
          bytes.set(original.subarray(at, at + extreme.length), at);
        }
      }
    }
  });

  it('makes sense of real files in which anything was changed', async () => {
    const values = fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.constantFrom(0, 1, 7, 8, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff));
    const changes = fc.array(fc.tuple(fc.nat(), values), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(file, changes, async (original, changed) => {
        const bytes = Buffer.from(original);
        // Headers are where it hurts: the last 4 kB of files that end with them, the first 4 kB of the others.
        const start = bytes.lastIndexOf('moov') > bytes.length / 2 ? bytes.lastIndexOf('moov') - 4 : 0;
        for (const [at, value] of changed) bytes.writeUInt32BE(value, start + (at % Math.min(4096, bytes.length - start - 4)));
        await expectSense(bytes);
      }),
      { numRuns: 1500 },
    );
  });

  it('makes sense of real files that were cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(file, fc.nat(), async (original, at) => void (await expectSense(original.subarray(0, at % original.length)))),
      { numRuns: 500 },
    );
  });

  it.each([
    ['nothing but empty boxes', 'free', (boxes: Buffer) => [boxes]],
    ['a movie header of empty tracks', 'trak', (boxes: Buffer) => [box('moov', boxes), box('mdat')]],
    ['fragments of nothing', 'moof', (boxes: Buffer) => [box('moov', box('mvex')), boxes]],
  ])('ends soon for %s', { timeout: 15_000 }, async (_, type, arrange) => {
    const boxes = repeated(500_000, box(type));
    const start = performance.now();
    await expectSense(Buffer.concat([FTYP, ...arrange(boxes)]));
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it.each([
    ['elements of nothing', 0xec],
    ['clusters of nothing', 0x1f43b675],
  ])('ends soon for %s', { timeout: 15_000 }, async (_, id) => {
    const head = element(0x1a45dfa3, element(0x4282, Buffer.from('webm')));
    const elements = repeated(400_000, element(id));
    const start = performance.now();
    await expectSense(Buffer.concat([head, element(0x18538067, element(0x1654ae6b), elements)]));
    await expectSense(Buffer.concat([head, elementOfSize(0x18538067, UNKNOWN_SIZE, elements)]));
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it.each([
    ['a GIF image of empty extensions', Buffer.concat([Buffer.from('GIF89a\x01\0\x01\0\0\0\0'), repeated(1_000_000, Buffer.from([0x21, 0xfe, 0]))])],
    ['a JPEG image of empty segments', Buffer.concat([Buffer.from([0xff, 0xd8]), repeated(500_000, Buffer.from([0xff, 0xe1, 0, 2]))])],
    ['a JPEG image of nothing but the beginning of a marker', Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(2_000_000, 0xff)])],
    ['a PNG image of empty chunks', Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), repeated(200_000, Buffer.from('\0\0\0\0IHDR\0\0\0\0', 'latin1'))])],
    ['a HEIC image of empty properties', Buffer.concat([box('ftyp', Buffer.from('heic\0\0\0\0')), box('meta', uint32(0), box('iprp', box('ipco', repeated(200_000, box('ispe')))))])],
  ])('ends soon for %s', { timeout: 15_000 }, async (_, bytes) => {
    const start = performance.now();
    expect(await expectSense(bytes)).toMatchObject({ kind: 'other' });
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it.each([
    ['beyond what a number holds', uint64(2n ** 64n - 1n)],
    ['beyond the end of the file', uint64(2n ** 40n)],
    ['smaller than its header', uint64(15n)],
  ])('takes no size of a box that is %s', async (_, size) => {
    const bytes = Buffer.concat([FTYP, uint32(1), Buffer.from('mdat'), size, new Uint8Array(64)]);
    expect(await expectSense(bytes)).toMatchObject({ kind: 'other' });
  });

  it('believes no count of samples that the bytes do not bear out', async () => {
    const bytes = Buffer.from(await clip('fragmented.mp4'));
    // Every sample states its duration, and there are four thousand million of them.
    for (let at = bytes.indexOf('trun'); at > 0; at = bytes.indexOf('trun', at + 4)) {
      bytes.writeUInt32BE(0x100, at + 4);
      bytes.writeUInt32BE(0xffff_ffff, at + 8);
    }
    await expectSense(bytes);
  });

  it('looks into no more sample entries than the first', async () => {
    const entries = Array.from({ length: 10_000 }, () => box('avc1', new Uint8Array(78)));
    const stsd = (type: string, parent: string): Uint8Array[] => (type === 'stsd' && parent === 'stbl' ? [box('stsd', uint32(0, 10_000), ...entries)] : []);
    const bytes = insertBoxes(await clip('moov-last.mp4'), stsd);
    const { reads } = await probeBytes(bytes);
    expect(reads).toBeLessThan(20);
  });

  it('holds little of a file that claims to be all header', async () => {
    const size = 2 * 1024 ** 3;
    const header = Buffer.concat([FTYP, uint32(size - FTYP.length), Buffer.from('moov'), uint32(size - FTYP.length - 8), Buffer.from('trak')]);
    const { probe, bytesRead } = await probeSparse(size, new Map([[0, header]]));
    expect(probe.kind).toBe('other');
    expect(bytesRead).toBeLessThan(100_000);
  });

  it('tells trouble with reading from trouble with the file', async () => {
    const broken = new Error('storage is down');
    await expect(probeFile(() => Promise.reject(broken), 1000)).rejects.toBe(broken);
  });
});

/** Offsets where the numbers of a file stand: its first bytes, and the movie header where it comes last. */
function headerOffsets(bytes: Buffer): readonly number[] {
  const moov = bytes.lastIndexOf('moov');
  const starts = moov > bytes.length / 2 ? [0, moov - 4] : [0];
  return starts.flatMap((start) => Array.from({ length: Math.min(500, bytes.length - start) }, (_, index) => start + index));
}
