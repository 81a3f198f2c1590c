import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { box, clip, insertBoxes, probeBytes, probeSparse, topLevel, uint32, uint64 } from './files.ts';
import { longMovie } from './long-movie.ts';

const GIB = 1024 ** 3;

describe('the facts of a video', () => {
  const small = { container: 'mp4', duration: 2, width: 64, height: 48, videoCodec: 'h264', audioCodec: 'aac', frameRate: 25 };

  it.each([
    ['the movie header at the end', 'moov-last.mp4', 'video/mp4', small],
    ['fragments', 'fragmented.mp4', 'video/mp4', small],
    ['fragments and an index of them, and no sound', 'indexed.mp4', 'video/mp4', { ...small, audioCodec: null }],
    ['a quarter turn', 'turned.mp4', 'video/mp4', { ...small, width: 48, height: 64 }],
    ['pixels that are not square, and no sound', 'wide-pixels.mp4', 'video/mp4', { ...small, width: 85, audioCodec: null }],
    ['HEVC and MP3', 'hevc-mp3.mp4', 'video/mp4', { ...small, videoCodec: 'hevc', audioCodec: 'mp3' }],
    ['VP9 and Opus', 'vp9-opus.mp4', 'video/mp4', { ...small, videoCodec: 'vp9', audioCodec: 'opus' }],
    ['QuickTime and PCM', 'moov-first.mov', 'video/quicktime', { ...small, container: 'mov', audioCodec: 'pcm' }],
    ['3GP and H.263', 'silent.3gp', 'video/3gpp', { ...small, container: '3gp', width: 128, height: 96, videoCodec: 'h263', audioCodec: null }],
  ])('are read from a file with %s', async (_, name, contentType, facts) => {
    expect((await probeBytes(await clip(name))).probe).toEqual({ kind: 'video', contentType, facts });
  });

  it.each([
    ['demo.mp4', 10.006],
    ['demo-small.mp4', 6.016],
  ])('are known of %s after one read', async (name, duration) => {
    const { probe, reads, bytesRead } = await probeBytes(await readFile(`local/${name}`));
    expect(probe).toMatchObject({ kind: 'video', facts: { duration, width: 540, height: 960, frameRate: 30 } });
    expect(reads).toBe(1);
    expect(bytesRead).toBeLessThan(20_000);
  });

  it('of 2 GiB are known after a few small reads, wherever the movie header is', async () => {
    const parts = topLevel(await clip('moov-last.mp4'));
    const ftyp = parts.get('ftyp') ?? Buffer.alloc(0);
    const moov = parts.get('moov') ?? Buffer.alloc(0);
    const size = 2 * GIB;
    const mdat = size - ftyp.length - moov.length;
    const header = Buffer.concat([uint32(1), Buffer.from('mdat'), uint64(BigInt(mdat))]);

    const last = await probeSparse(size, new Map([[0, Buffer.concat([ftyp, header])], [size - moov.length, moov]]));
    expect(last.probe).toEqual({ kind: 'video', contentType: 'video/mp4', facts: small });
    expect(last.reads).toBeLessThanOrEqual(3);

    const first = await probeSparse(size, new Map([[0, Buffer.concat([ftyp, moov, header])]]));
    expect(first.probe).toEqual(last.probe);
    expect(first.reads).toBeLessThanOrEqual(3);
  });

  it('of 2 GiB with tables of a megabyte, behind all it plays, are known after four small reads', async () => {
    const movie = longMovie(await clip('moov-last.mp4'), 2 * GIB, 2158);
    const { probe, reads, bytesRead } = await probeSparse(movie.size, movie.pieces);
    expect(probe).toEqual({ kind: 'video', contentType: 'video/mp4', facts: { ...small, duration: movie.seconds } });
    expect(movie.pieces.get([...movie.pieces.keys()].at(-1) ?? 0)?.length).toBeGreaterThan(1_000_000);
    // The beginning, the header with the first track, the second track, and what comes behind it.
    expect(reads).toBe(4);
    expect(bytesRead).toBeLessThan(50_000);
  });

  it('count the frames where they last differently long', async () => {
    const bytes = await clip('moov-last.mp4');
    // A table of one run becomes one of a run a frame, in place of that and what follows it: only its beginning is looked at.
    const varied = insertBoxes(bytes, (type, parent) => (type === 'stts' && parent === 'stbl' ? [box('stts', uint32(0, 50, ...Array.from({ length: 100 }, () => 1)))] : []));
    expect((await probeBytes(varied)).probe).toEqual((await probeBytes(bytes)).probe);
  });

  it('are known of two hours with tables of megabytes after reading less than a megabyte', async () => {
    const parts = topLevel(await clip('moov-last.mp4'));
    const ftyp = parts.get('ftyp') ?? Buffer.alloc(0);
    // Two tables more for each track, of a size that those of two hours have.
    const moov = insertBoxes(parts.get('moov') ?? Buffer.alloc(0), (type) => (type === 'stsd' || type === 'stsz' ? [box('ctts', new Uint8Array(4_000_000))] : []));
    const size = ftyp.length + 8 + 2 * moov.length;
    const { probe, bytesRead } = await probeSparse(size, new Map([[0, ftyp], [ftyp.length, box('mdat')], [ftyp.length + 8, moov], [size - moov.length, box('free')]]));
    expect(probe).toMatchObject({ kind: 'video', facts: { width: 64, videoCodec: 'h264', audioCodec: 'aac' } });
    expect(moov.length).toBeGreaterThan(15_000_000);
    expect(bytesRead).toBeLessThan(1_000_000);
  });

  it('of a fragmented file are what the header says of the whole, where it does, or what the fragments add up to', async () => {
    const bytes = await clip('fragmented.mp4');
    expect(bytes.includes('mehd')).toBe(false);
    const read = await probeBytes(bytes);
    expect(read.probe).toMatchObject({ facts: { duration: 2, frameRate: 25 } });
    const said = (mehd: Uint8Array): Promise<unknown> =>
      probeBytes(insertBoxes(bytes, (type, parent) => (type === 'trex' && parent === 'mvex' ? [mehd] : []))).then(({ probe }) => probe);
    // In the movie's timescale of milliseconds.
    expect(await said(box('mehd', uint32(0, 12_345)))).toMatchObject({ facts: { duration: 12.345, frameRate: 25 } });
    expect(await said(box('mehd', uint32(0x0100_0000), uint64(12_345n)))).toMatchObject({ facts: { duration: 12.345, frameRate: 25 } });
    expect(await said(box('mehd', uint32(0, 0xffff_ffff)))).toEqual(read.probe);
  });

  it('of 2 GiB in a thousand fragments are known after a few small reads where an index names them, at either end', async () => {
    const parts = topLevel(await clip('fragmented.mp4'));
    const front = Buffer.concat([parts.get('ftyp') ?? Buffer.alloc(0), parts.get('moov') ?? Buffer.alloc(0)]);
    const moof = parts.get('moof') ?? Buffer.alloc(0);
    const [count, ticks] = [1_000, 5_120];
    const step = 2 * 1024 * 1024;
    // Ten frames each, at the time that each of them begins.
    const fragment = (n: number): Buffer => {
      const bytes = Buffer.concat([moof, uint32(step - moof.length), Buffer.from('mdat')]);
      bytes.writeBigUInt64BE(BigInt(900_000 + n * ticks), bytes.indexOf('tfdt') + 8);
      return bytes;
    };
    const withIndex = (sidx: Uint8Array, mfra: (start: number) => Uint8Array): ReturnType<typeof probeSparse> => {
      const start = front.length + sidx.length;
      const end = start + count * step;
      const pieces = new Map<number, Uint8Array>([[0, Buffer.concat([front, sidx])], [end, mfra(start)]]);
      for (let n = 0; n < count; n += 1) pieces.set(start + n * step, fragment(n));
      return probeSparse(end + mfra(start).length, pieces);
    };
    const none = new Uint8Array(0);
    const segments = box('sidx', uint32(0, 1, 12_800, 0, 0, count), ...Array.from({ length: count }, () => uint32(step, ticks, 0x9000_0000)));
    const entries = (start: number): Uint8Array[] => Array.from({ length: count }, (_, n) => Buffer.concat([uint32(n * ticks, start + n * step), Buffer.from([1, 1, 1])]));
    const index = (start: number, track: number): Uint8Array => {
      const tfra = box('tfra', uint32(0, track, 0, count), ...entries(start));
      return box('mfra', tfra, box('mfro', uint32(0, tfra.length + 24)));
    };
    const facts = { ...small, duration: 400 };
    for (const { probe, reads } of [await withIndex(segments, () => none), await withIndex(none, (start) => index(start, 1))]) {
      expect(probe).toEqual({ kind: 'video', contentType: 'video/mp4', facts });
      expect(reads).toBeLessThanOrEqual(5);
    }
    // Without one, with one of another track, and with one that no longer holds, they would have to be added up.
    const unhelped = [await withIndex(none, () => none), await withIndex(none, (start) => index(start, 2)), await withIndex(none, (start) => index(start - 8, 1))];
    for (const { probe, bytesRead } of unhelped) {
      expect(probe).toMatchObject({ kind: 'video', facts: null });
      expect(bytesRead).toBeLessThanOrEqual(1_000_000);
    }
  });

  it('say nothing where a fragmented file would take too many reads', async () => {
    const parts = topLevel(await clip('fragmented.mp4'));
    const head = Buffer.concat([parts.get('ftyp') ?? Buffer.alloc(0), parts.get('moov') ?? Buffer.alloc(0)]);
    const fragment = Buffer.concat([parts.get('moof') ?? Buffer.alloc(0), uint32(20_000), Buffer.from('mdat')]);
    const step = fragment.length - 8 + 20_000;
    const pieces = new Map<number, Uint8Array>([[0, head]]);
    for (let n = 0; n < 2_500; n += 1) pieces.set(head.length + n * step, fragment);
    const { probe, reads } = await probeSparse(head.length + 2_500 * step, pieces);
    expect(probe).toEqual({ kind: 'video', contentType: 'video/mp4', facts: null });
    expect(reads).toBeLessThanOrEqual(2_048);
  });
});

describe('the type of a file', () => {
  it.each([
    ['clip.avi', 'video/x-msvideo'],
    ['clip.mpg', 'video/mpeg'],
    ['clip.mpegts', 'video/mp2t'],
    ['clip.flv', 'video/x-flv'],
    ['clip.wmv', 'video/x-ms-asf'],
  ])('is known by the content of %s, which is not looked into', async (name, contentType) => {
    expect((await probeBytes(await clip(name))).probe).toEqual({ kind: 'video', contentType, facts: null });
  });

  it.each([
    ['sound.m4a', 'audio/mp4', 'The file holds sound only, no video track.'],
    ['sound.webm', 'audio/webm', 'The file holds sound only, no video track.'],
  ])('is known by the content of %s, which is no video', async (name, contentType, reason) => {
    expect((await probeBytes(await clip(name))).probe).toEqual({ kind: 'other', contentType, reason });
  });

  it.each([
    ['', null, 'The file is empty.'],
    ['Just a text.', 'text/plain', 'The file is a text.'],
    ['\ufeff <!DOCTYPE html><p>Sign in</p>', 'text/html', 'The file is a web page.'],
    ['PK\x03\x04 and so on', 'application/zip', 'The file is a ZIP archive or an office document.'],
    ['%PDF-1.7', 'application/pdf', 'The file is a PDF document.'],
    ['II*\x00 and so on', 'image/tiff', 'The file is a TIFF image.'],
    ['\x01\x02\x03\x04', null, 'The file is of no known kind.'],
  ])('is told of %j', async (text, contentType, reason) => {
    expect((await probeBytes(Buffer.from(text))).probe).toEqual({ kind: 'other', contentType, reason });
  });
});

describe('a file that cannot be published', () => {
  it('is refused when it ends before its end, wherever it was cut', async () => {
    for (const bytes of [await readFile('local/demo-small.mp4'), await clip('moov-last.mp4'), await clip('moov-first.mov')]) {
      for (let cut = 1; cut < bytes.length; cut = Math.ceil(cut * 1.3)) {
        const { probe } = await probeBytes(bytes.subarray(0, cut));
        expect(probe.kind, `cut at ${cut}`).toBe('other');
      }
      expect((await probeBytes(bytes.subarray(0, -1))).probe).toMatchObject({ kind: 'other', reason: expect.stringMatching(/cut off/u) });
      expect((await probeBytes(bytes)).probe.kind).toBe('video');
    }
  });

  it('keeps its facts when something was appended', async () => {
    const bytes = await clip('moov-last.mp4');
    for (const tail of ['\0', '\0\0\0\0\0\0\0\0\0\0\0\0', 'some words that a tool left behind']) {
      expect((await probeBytes(Buffer.concat([bytes, Buffer.from(tail)]))).probe).toEqual((await probeBytes(bytes)).probe);
    }
  });

  it.each([
    ['no movie header', [box('ftyp', Buffer.from('isom\0\0\0\0')), box('mdat', new Uint8Array(100))], /no movie header/u],
    ['a movie header alone', [box('ftyp', Buffer.from('isom\0\0\0\0')), box('moov')], /no video data/u],
    ['an empty movie header', [box('ftyp', Buffer.from('isom\0\0\0\0')), box('moov'), box('mdat')], /no video track/u],
    ['a compressed header', [box('ftyp', Buffer.from('qt  \0\0\0\0')), box('moov', box('cmov')), box('mdat')], /compressed/u],
  ])('is refused with %s', async (_, boxes, reason) => {
    expect((await probeBytes(Buffer.concat(boxes))).probe).toMatchObject({ kind: 'other', reason: expect.stringMatching(reason) });
  });

  it('is refused when it is encrypted', async () => {
    const bytes = Buffer.from((await clip('moov-last.mp4')).toString('latin1').replaceAll('avc1', 'encv'), 'latin1');
    expect((await probeBytes(bytes)).probe).toMatchObject({ kind: 'other', reason: expect.stringContaining('encrypted') });
  });
});
