import { describe, expect, it } from 'vitest';
import { clip, element, elementOfSize, insertPart, probeBytes, probeSparse, UNKNOWN_SIZE, uint32 } from './files.ts';

const GIB = 1024 ** 3;

const EBML = 0x1a45dfa3;
const DOC_TYPE = 0x4282;
const SEGMENT = 0x18538067;
const SEEK_HEAD = 0x114d9b74;
const SEEK = 0x4dbb;
const SEEK_ID = 0x53ab;
const SEEK_POSITION = 0x53ac;
const INFO = 0x1549a966;
const DURATION = 0x4489;
const TRACKS = 0x1654ae6b;
const TRACK = 0xae;
const CLUSTER = 0x1f43b675;
const TIMESTAMP = 0xe7;
const BLOCK = 0xa3;
const VOID = 0xec;

const head = element(EBML, element(DOC_TYPE, Buffer.from('webm')));
const number = (value: number): Uint8Array => uint32(value);
const float = (value: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return new Uint8Array(view.buffer);
};
const track = (type: number, codec: string, ...more: readonly Uint8Array[]): Uint8Array => element(TRACK, element(0x83, number(type)), element(0x86, Buffer.from(codec)), ...more);
const picture = (...more: readonly Uint8Array[]): Uint8Array => element(0xe0, element(0xb0, number(640)), element(0xba, number(480)), ...more);
const info = element(INFO, element(DURATION, float(90_000)));
const tracks = element(TRACKS, track(1, 'V_VP9', picture()), track(2, 'A_OPUS'));
/** Key frame of track 1, `at` ticks after its cluster. */
const block = (at: number, bytes = 100): Uint8Array => element(BLOCK, Buffer.from([0x81, at >> 8, at & 0xff, 0x80]), Buffer.alloc(bytes));
const cluster = (at: number, ...blocks: readonly Uint8Array[]): Uint8Array => element(CLUSTER, element(TIMESTAMP, number(at)), ...blocks);
const file = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat([head, element(SEGMENT, ...parts)]);

describe('the facts of a Matroska or WebM file', () => {
  const small = { container: 'webm', duration: 2, width: 64, height: 48, videoCodec: 'vp9', audioCodec: 'opus', frameRate: 25 };

  it.each([
    ['VP9 and Opus', 'clip.webm', { ...small, duration: 2.008 }],
    ['VP8 and Vorbis', 'vp8-vorbis.webm', { ...small, duration: 2.003, videoCodec: 'vp8', audioCodec: 'vorbis' }],
    ['AV1, and no sound', 'av1.webm', { ...small, videoCodec: 'av1', audioCodec: null }],
    ['pixels that are not square', 'wide-pixels.webm', { ...small, width: 85, audioCodec: null }],
    ['H.264 and AAC', 'clip.mkv', { ...small, container: 'mkv', duration: 2.023, videoCodec: 'h264', audioCodec: 'aac' }],
    ['HEVC and AAC', 'hevc.mkv', { ...small, container: 'mkv', duration: 2.023, videoCodec: 'hevc', audioCodec: 'aac' }],
    ['a quarter turn', 'turned.mkv', { ...small, container: 'mkv', duration: 2.043, width: 48, height: 64, videoCodec: 'h264', audioCodec: 'aac' }],
    ['neither size nor duration, as a browser records', 'live.webm', { ...small, duration: 2.008, videoCodec: 'vp8' }],
  ])('are read from a file with %s', async (_, name, facts) => {
    const contentType = facts.container === 'mkv' ? 'video/x-matroska' : 'video/webm';
    const { probe, reads } = await probeBytes(await clip(name));
    expect(probe).toEqual({ kind: 'video', contentType, facts });
    expect(reads).toBe(1);
  });

  it('are read from a live recording whose clusters do not know their size either', async () => {
    const bytes = Buffer.from(await clip('live.webm'));
    const id = uint32(CLUSTER);
    let clusters = 0;
    // Their sizes take two bytes: all ones say that it is not known.
    for (let at = bytes.indexOf(id); at > 0; at = bytes.indexOf(id, at + 1), clusters += 1) bytes.writeUInt16BE(0x7fff, at + 4);
    expect(clusters).toBe(4);
    expect((await probeBytes(bytes)).probe).toEqual((await probeBytes(await clip('live.webm'))).probe);
  });

  it('of 2 GiB are known after one small read, or a few where the tracks come last', async () => {
    const big = (before: Uint8Array, after: Uint8Array): ReturnType<typeof probeSparse> => {
      const media = elementOfSize(CLUSTER, BigInt(GIB), element(TIMESTAMP, number(0)));
      const padding = elementOfSize(VOID, BigInt(GIB));
      const clusterAt = head.length + 12 + before.length;
      const paddingAt = clusterAt + 12 + GIB;
      const size = paddingAt + 9 + GIB + after.length;
      const segment = elementOfSize(SEGMENT, BigInt(size - head.length - 12));
      return probeSparse(size, new Map([[0, Buffer.concat([head, segment, before, media])], [paddingAt, padding], [size - after.length, after]]));
    };
    const facts = { container: 'webm', duration: 90, width: 640, height: 480, videoCodec: 'vp9', audioCodec: 'opus', frameRate: null };
    const inFront = await big(Buffer.concat([info, tracks]), new Uint8Array(0));
    expect(inFront.probe).toEqual({ kind: 'video', contentType: 'video/webm', facts });
    expect(inFront.reads).toBe(1);

    const seeks = (position: number): Uint8Array =>
      element(SEEK_HEAD, element(SEEK, element(SEEK_ID, number(TRACKS)), element(SEEK_POSITION, number(position))), element(SEEK, element(SEEK_ID, number(INFO)), element(SEEK_POSITION, number(position + tracks.length))));
    const position = seeks(0).length + 12 + GIB + 9 + GIB;
    const atEnd = await big(seeks(position), Buffer.concat([tracks, info]));
    expect(atEnd.probe).toEqual(inFront.probe);
    expect(atEnd.reads).toBeLessThanOrEqual(3);

    // Without directions, they are found in order.
    expect((await big(new Uint8Array(0), Buffer.concat([info, tracks]))).probe).toEqual(inFront.probe);
    expect((await big(seeks(5), Buffer.concat([tracks, info]))).bytesRead).toBeLessThan(100_000);
  });

  it('say how long a recording of many clusters without a duration is, and nothing where that takes too many reads', async () => {
    const front = Buffer.concat([head, elementOfSize(SEGMENT, UNKNOWN_SIZE), tracks]);
    const one = cluster(0, block(500, 1_000_000));
    const recording = async (clusters: number): ReturnType<typeof probeSparse> => {
      const pieces = new Map<number, Uint8Array>([[0, front]]);
      // The last four bytes of its time, behind its own head and that of the time.
      const at = 12 + 9;
      for (let n = 0; n < clusters; n += 1) pieces.set(front.length + n * one.length, Buffer.concat([one.subarray(0, at), number(1_000 * n), one.subarray(at + 4, 100)]));
      return probeSparse(front.length + clusters * one.length, pieces);
    };
    const minutes = await recording(300);
    expect(minutes.probe).toMatchObject({ facts: { duration: 299.5 } });
    expect(minutes.bytesRead).toBeLessThan(1_000_000);
    const hour = await recording(2_000);
    expect(hour.probe).toEqual({ kind: 'video', contentType: 'video/webm', facts: null });
    expect(hour.bytesRead).toBeLessThanOrEqual(1_000_000);
  });

  it.each([
    ['its display size', [element(0x54b0, number(853)), element(0x54ba, number(480))], { width: 853, height: 480 }],
    ['its display shape, in no unit of length', [element(0x54b0, number(16)), element(0x54ba, number(9)), element(0x54b2, number(3))], { width: 853, height: 480 }],
    ['what is not cut off', [element(0x54bb, number(60)), element(0x54aa, number(60))], { width: 640, height: 360 }],
    ['its pixels, where the unit is not known', [element(0x54b0, number(16)), element(0x54ba, number(9)), element(0x54b2, number(4))], { width: 640, height: 480 }],
    ['its pixels, turned by three quarters', [element(0x7670, element(0x7675, float(-270)))], { width: 480, height: 640 }],
    ['its pixels, turned round by half', [element(0x7670, element(0x7675, float(180)))], { width: 640, height: 480 }],
    ['its pixels, as a part of a sphere', [element(0x7670, element(0x7671, number(1)), element(0x7675, float(90)))], { width: 640, height: 480 }],
  ])('tell the picture by %s', async (_, more, sides) => {
    const { probe } = await probeBytes(file(info, element(TRACKS, track(1, 'V_VP9', picture(...more))), cluster(0, block(0))));
    expect(probe).toMatchObject({ kind: 'video', facts: sides });
  });

  it('are those of the first enabled video track', async () => {
    const off = track(1, 'V_MJPEG', element(0xb9, number(0)), picture());
    const { probe } = await probeBytes(file(info, element(TRACKS, track(17, 'S_TEXT/UTF8'), off, track(1, 'V_AV1', picture())), cluster(0, block(0))));
    expect(probe).toMatchObject({ facts: { videoCodec: 'av1', audioCodec: null } });
  });

  it('count in the ticks that the file chose', async () => {
    const scaled = element(INFO, element(0x2ad7b1, number(1_000)), element(DURATION, float(90_000)));
    expect((await probeBytes(file(scaled, tracks, cluster(0, block(0))))).probe).toMatchObject({ facts: { duration: 0.09 } });
  });
});

describe('a Matroska or WebM file that cannot be published', () => {
  it('is refused when it ends before its end, wherever it was cut', async () => {
    for (const name of ['clip.webm', 'clip.mkv', 'vp8-vorbis.webm']) {
      const bytes = await clip(name);
      for (let cut = 5; cut < bytes.length; cut = Math.ceil(cut * 1.3)) {
        const { probe } = await probeBytes(bytes.subarray(0, cut));
        expect(probe.kind, `${name} cut at ${cut}`).toBe('other');
      }
      expect((await probeBytes(bytes.subarray(0, -1))).probe).toMatchObject({ kind: 'other', reason: expect.stringMatching(/cut off/u) });
      expect((await probeBytes(Buffer.concat([bytes, Buffer.from('left behind')]))).probe).toEqual((await probeBytes(bytes)).probe);
    }
  });

  const encrypted = element(0x6d80, element(0x6240, element(0x5033, number(1))));
  it.each([
    ['no segment', Buffer.from(head), /cut off/u],
    ['no tracks', file(info, cluster(0, block(0))), /does not say what is in it/u],
    ['tracks alone', file(info, tracks), /no video data/u],
    ['no video track', file(info, element(TRACKS), cluster(0, block(0))), /no video track/u],
    ['no size of the picture', file(info, element(TRACKS, track(1, 'V_VP9')), cluster(0, block(0))), /how large/u],
    ['no duration, and no frames', file(tracks, cluster(0)), /how long/u],
    ['a duration without end', file(element(INFO, element(DURATION, float(Number.POSITIVE_INFINITY))), tracks, cluster(0, block(0))), /makes no sense/u],
    ['a duration of no number', file(element(INFO, element(DURATION, float(Number.NaN))), tracks, cluster(0)), /how long/u],
    ['an encrypted track', file(info, element(TRACKS, track(1, 'V_VP9', picture(), encrypted)), cluster(0, block(0))), /encrypted/u],
    ['sound only', file(info, element(TRACKS, track(2, 'A_OPUS')), cluster(0, block(0))), /sound only/u],
    ['an element that is larger than what it is in', file(info, element(TRACKS, elementOfSize(TRACK, 1_000_000n)), cluster(0, block(0))), /damaged/u],
    ['an id that is none', insertPart(file(info, tracks, cluster(0, block(0))), head.length + 12, Buffer.from([0, 0, 0])), /damaged/u],
  ])('is refused with %s', async (_, bytes, reason) => {
    expect((await probeBytes(bytes)).probe).toMatchObject({ kind: 'other', reason: expect.stringMatching(reason) });
  });
});
