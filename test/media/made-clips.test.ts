import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CONTAINERS, clipFile, imageFormats, pictureFile, type Clip } from '../platforms/support/real-files.ts';
import { probeBytes } from './files.ts';
import { ffmpeg, reported } from './support/ffmpeg.ts';
import { expectSense } from './support/sense.ts';

const SECOND = 1000;

/** Every codec in every container that is looked into, at rates that are no whole numbers, with and without sound. */
const clips: readonly Clip[] = Object.entries(CONTAINERS).flatMap(([container, { codecs, lookedInto }], n) =>
  lookedInto ? codecs.map((videoCodec, m) => ({ container, videoCodec, audioCodec: soundOf(container, m), width: 64 + 16 * m, height: 96 + 32 * n, frames: 40 + m, rate: m % 2 === 0 ? [24_000, 1001] : [25, 1], size: 0 }) satisfies Clip) : [],
);

function soundOf(container: string, turn: number): string | null {
  if (turn % 2 === 1) return null;
  return container === 'webm' ? 'opus' : 'aac';
}

/** What ffmpeg says: `Duration: 00:00:01.67`, `Video: h264 (High), …, 64x96 …, 23.98 fps`. */
function saidOf(report: string) {
  const [, hours = '', minutes = '', seconds = ''] = /Duration: (\d+):(\d+):([\d.]+)/u.exec(report) ?? [];
  const [, codec = '', width = '', height = '', fps = ''] = /Video: (\w+).*?(\d{2,})x(\d{2,}).*? ([\d.]+) fps/u.exec(report) ?? [];
  return { codec, width: Number(width), height: Number(height), frameRate: Number(fps), duration: 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds), sound: /Audio: (\w+)/u.exec(report)?.[1] ?? null };
}

describe('what the readers find in a file', () => {
  beforeAll(() => ffmpeg(), 600 * SECOND);

  it.each(clips.map((clip) => [clip.videoCodec, clip.container, clip] as const))('of %s in %s is what ffmpeg finds', { timeout: 120 * SECOND }, async (_, __, clip) => {
    const path = await clipFile(clip);
    const [{ probe }, report] = await Promise.all([readFile(path).then(probeBytes), reported(path)]);
    const said = saidOf(report);
    if (probe.kind !== 'video' || probe.facts === null) throw new Error(`Nothing was found: ${JSON.stringify(probe)}`);
    const { facts } = probe;
    expect([facts.container, facts.videoCodec, facts.audioCodec, facts.width, facts.height]).toEqual([clip.container, said.codec, said.sound, said.width, said.height]);
    expect(facts.duration).toBeCloseTo(said.duration, 1);
    expect(facts.frameRate).toBeCloseTo(said.frameRate, 1);
  });

  it('makes sense however these files are changed', { timeout: 240 * SECOND }, async () => {
    const pictures = imageFormats.map((format) => ({ format, animated: format === 'gif', width: 64, height: 48, size: 0 }));
    const paths = [...(await Promise.all(clips.map(clipFile))), ...(await Promise.all(pictures.map(pictureFile)))];
    const files = await Promise.all(paths.map((path) => readFile(path)));
    const values = fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.constantFrom(0, 1, 7, 8, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff));
    const changes = fc.array(fc.tuple(fc.nat(), values), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.nat(), changes, fc.option(fc.nat(), { freq: 4 }), async (n, changed, cut) => {
        const original = files[n % files.length] ?? Buffer.alloc(8);
        const bytes = Buffer.from(original);
        // Most of a file is its picture, of which nothing is read: changes are in what ffmpeg writes first or last.
        const header = Math.max(0, original.lastIndexOf('moov') - 4);
        for (const [at, value] of changed) bytes.writeUInt32BE(value, (at % 2 === 0 ? header : 0) + (at % Math.max(1, Math.min(2048, bytes.length - 4 - (at % 2 === 0 ? header : 0)))));
        await expectSense(cut === null ? bytes : bytes.subarray(0, cut % bytes.length));
      }),
      { numRuns: 5000 },
    );
  });
});
