/** What a made-up MP4 says of itself. */
export interface Mp4 {
  /** Seconds. */
  readonly duration?: number;
  readonly width?: number;
  readonly height?: number;
  readonly codec?: string;
  readonly frameRate?: number;
  /** Null: no sound. */
  readonly audio?: { readonly codec?: string; readonly channels?: number; readonly sampleRate?: number } | null;
  /** Turned by a quarter by the matrix of its track. */
  readonly turned?: boolean;
  /** Times of 64 bits. */
  readonly long?: boolean;
  /** Bytes of the whole file, filled up with data. */
  readonly size?: number;
  readonly brand?: string;
}

const TIMESCALE = 90_000;

/** Makes an MP4 whose header says so; its data is empty. A 9:16 clip of 10 s at 30 frames if nothing is said. */
export function makeMp4(of: Mp4 = {}): Buffer {
  const { duration = 10, width = 1080, height = 1920, codec = 'avc1', frameRate = 30, audio = {}, turned = false, long = false } = of;
  const stored = turned ? { width: height, height: width } : { width, height };
  const video = track('vide', {
    header: trackHeader(long, turned, stored),
    entry: box(codec, Buffer.alloc(78)),
    duration,
    samples: Math.round(duration * frameRate),
    long,
  });
  const sound =
    audio === null
      ? []
      : [
          track('soun', {
            header: trackHeader(long, false, { width: 0, height: 0 }),
            entry: soundEntry(audio),
            duration,
            samples: 1,
            long,
          }),
        ];
  const head = Buffer.concat([
    box('ftyp', Buffer.from(`${of.brand ?? 'isom'}\0\0\0\0isom`, 'latin1')),
    box('moov', box('mvhd', times(long, duration)), video, ...sound),
  ]);
  // In one piece: the largest files here would not be copied for nothing.
  const file = Buffer.alloc(Math.max(of.size ?? 0, head.length + 8));
  head.copy(file);
  file.writeUInt32BE(file.length - head.length, head.length);
  file.write('mdat', head.length + 4, 'latin1');
  return file;
}

export function box(type: string, ...content: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.reduce((sum, { length }) => sum + length, 0));
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...content]);
}

interface Track {
  readonly header: Buffer;
  readonly entry: Buffer;
  readonly duration: number;
  readonly samples: number;
  readonly long: boolean;
}

function track(handler: string, { header, entry, duration, samples, long }: Track): Buffer {
  const table = box('stbl', box('stsd', numbers(0, 1), entry), box('stts', numbers(0, 1, samples, 1)));
  return box(
    'trak',
    header,
    box('mdia', box('mdhd', times(long, duration)), box('hdlr', Buffer.from(`\0\0\0\0\0\0\0\0${handler}`, 'latin1')), box('minf', table)),
  );
}

function trackHeader(long: boolean, turned: boolean, { width, height }: { width: number; height: number }): Buffer {
  const one = 0x10000;
  const matrix = turned ? [0, one, 0, one, 0, 0, 0, 0, 0x40000000] : [one, 0, 0, 0, one, 0, 0, 0, 0x40000000];
  const before = Buffer.alloc(long ? 52 : 40);
  before[0] = long ? 1 : 0;
  return box('tkhd', before, numbers(...matrix), numbers(width * one, height * one));
}

/** Version, two times, timescale and duration, as `mvhd` and `mdhd` begin. */
function times(long: boolean, duration: number): Buffer {
  const units = Math.round(duration * TIMESCALE);
  return long
    ? Buffer.concat([numbers(0x01000000, 0, 0, 0, 0, TIMESCALE, 0, units), Buffer.alloc(4)])
    : Buffer.concat([numbers(0, 0, 0, TIMESCALE, units), Buffer.alloc(4)]);
}

function soundEntry({ codec = 'mp4a', channels = 2, sampleRate = 48_000 }: NonNullable<Mp4['audio']>): Buffer {
  const content = Buffer.alloc(28);
  content.writeUInt16BE(channels, 16);
  content.writeUInt32BE(sampleRate * 65_536 > 0xffffffff ? 0xffffffff : sampleRate * 65_536, 24);
  return box(codec, content);
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}
