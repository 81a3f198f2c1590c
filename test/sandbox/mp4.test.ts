import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMp4 } from '../../sandbox/media/mp4.ts';
import { isVideo } from '../../sandbox/media/signature.ts';
import { box, makeMp4 } from './make-mp4.ts';

const demo = readFileSync(new URL('../../local/demo-small.mp4', import.meta.url));

describe("the sandbox's own reader of MP4 files", () => {
  it('reads a real clip', () => {
    expect(readMp4(demo)).toMatchObject({ width: 540, height: 960, videoCodec: 'avc1', frameRate: 30, audio: { codec: 'mp4a' } });
    expect(readMp4(demo)?.duration).toBeCloseTo(6, 1);
  });

  it('reads what a header says, with short and long times', () => {
    for (const long of [false, true]) {
      expect(
        readMp4(
          makeMp4({
            duration: 12.5,
            width: 720,
            height: 1280,
            codec: 'hvc1',
            frameRate: 24,
            audio: { channels: 1, sampleRate: 44_100 },
            long,
          }),
        ),
      ).toEqual({
        duration: 12.5,
        width: 720,
        height: 1280,
        videoCodec: 'hvc1',
        frameRate: 24,
        audio: { codec: 'mp4a', channels: 1, sampleRate: 44_100 },
      });
    }
  });

  it('gives the size as displayed when the picture is turned', () => {
    expect(readMp4(makeMp4({ width: 1080, height: 1920, turned: true }))).toMatchObject({ width: 1080, height: 1920 });
  });

  it('finds the header behind the data, and no sound where there is none', () => {
    const file = makeMp4({ audio: null });
    expect(readMp4(Buffer.concat([box('mdat', Buffer.alloc(100)), file]))).toMatchObject({ duration: 10, audio: null });
  });

  it('gives nothing for what is no video', () => {
    expect(readMp4(Buffer.alloc(0))).toBeNull();
    expect(readMp4(Buffer.from('no video at all'))).toBeNull();
    expect(readMp4(demo.subarray(0, 1000))).toBeNull();
    expect(readMp4(box('moov', box('mvhd', Buffer.alloc(100))))).toBeNull();
  });

  it('survives any broken file', () => {
    const file = makeMp4();
    const damage = fc.array(fc.record({ at: fc.nat(file.length - 1), byte: fc.nat(255) }), { maxLength: 40 });
    fc.assert(
      fc.property(damage, fc.nat(file.length), (changes, length) => {
        const broken = Buffer.from(file);
        for (const { at, byte } of changes) broken[at] = byte;
        const facts = readMp4(broken.subarray(0, length));
        return facts === null || (Number.isFinite(facts.duration) && facts.width > 0);
      }),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => readMp4(bytes) === null));
  });
});

describe('the signature of a file', () => {
  it.each([
    ['MP4', demo],
    ['MOV', pad('\0\0\0\x14ftypqt  ')],
    ['old MOV', pad('\0\0\0\x08wide')],
    ['WebM', pad('\x1a\x45\xdf\xa3')],
    ['AVI', pad('RIFF\0\0\0\0AVI LIST')],
    ['FLV', pad('FLV\x01')],
    ['MPEG', pad('\0\0\x01\xba')],
  ])('tells %s to be a video', (_what, bytes) => {
    expect(isVideo(bytes)).toBe(true);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', pad('hello')],
    ['PNG', pad('\x89PNG\r\n\x1a\n')],
    ['HEIC', pad('\0\0\0\x18ftypheic')],
    ['sound in MP4', pad('\0\0\0\x18ftypM4A ')],
    ['WAV', pad('RIFF\0\0\0\0WAVE')],
  ])('tells %s to be none', (_what, bytes) => {
    expect(isVideo(bytes)).toBe(false);
  });
});

function pad(text: string): Buffer {
  return Buffer.from(text.padEnd(400, '\0'), 'latin1');
}
