import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Probe } from '../../core/ports/index.ts';
import { probeFile } from '../../media/probe.ts';
import { box, clip, insertBoxes, probeBytes, probeSparse, uint32, uint64 } from './files.ts';

/** What holds for any file: an answer that makes sense, after a bounded number of reads. */
async function expectSense(bytes: Uint8Array): Promise<Probe> {
  const { probe, reads } = await probeBytes(bytes);
  expect(reads).toBeLessThanOrEqual(2_048);
  if (probe.kind === 'other') expect(probe.reason).toMatch(/^[\x20-\x7e]+\.$/u);
  else if (probe.facts !== null) {
    const { duration, width, height, frameRate } = probe.facts;
    expect(duration).toBeGreaterThan(0);
    expect(Number.isFinite(duration)).toBe(true);
    expect(Number.isInteger(width) && width > 0 && Number.isInteger(height) && height > 0).toBe(true);
    expect(frameRate === null || (frameRate > 0 && Number.isFinite(frameRate))).toBe(true);
  }
  return probe;
}

const FTYP = box('ftyp', Buffer.from('isom\x00\x00\x02\x00isom'));

describe('the probe of a hostile file', () => {
  let files: Buffer[] = [];
  beforeAll(async () => {
    const names = ['moov-last.mp4', 'fragmented.mp4', 'hevc-mp3.mp4', 'moov-first.mov', 'turned.mp4', 'silent.3gp', 'sound.m4a', 'clip.webm'];
    files = [...(await Promise.all(names.map(clip))), (await readFile('local/demo-small.mp4')).subarray(0, 40_000)];
  });
  const file = fc.nat().map((n) => files[n % files.length] ?? Buffer.alloc(0));

  it('makes sense of any bytes', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => void (await expectSense(bytes))), { numRuns: 500 });
  });

  it('makes sense of any boxes, however they are nested and whatever size they claim', async () => {
    const type = fc.constantFrom('ftyp', 'moov', 'mvhd', 'trak', 'tkhd', 'mdia', 'mdhd', 'hdlr', 'minf', 'stbl', 'stsd', 'stsz', 'mvex', 'mehd', 'trex', 'moof', 'traf', 'tfhd', 'trun', 'mdat', 'free', 'avc1', 'mp4a', 'esds', 'wave');
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
    const boxes = Buffer.concat(Array.from({ length: 500_000 }, () => box(type)));
    const start = performance.now();
    await expectSense(Buffer.concat([FTYP, ...arrange(boxes)]));
    expect(performance.now() - start).toBeLessThan(10_000);
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
