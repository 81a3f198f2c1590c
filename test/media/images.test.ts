import { describe, expect, it } from 'vitest';
import { box, clip, insertPart, probeBytes, probeSparse, uint32 } from './files.ts';

const GIB = 1024 ** 3;

const picture = { width: 64, height: 48, animated: false };

describe('the facts of an image', () => {
  it.each([
    ['a JPEG image', 'picture.jpg', { format: 'jpeg', ...picture }],
    ['a JPEG image that lies on its side', 'turned.jpg', { format: 'jpeg', ...picture, width: 48, height: 64 }],
    ['a PNG image', 'picture.png', { format: 'png', ...picture }],
    ['an animated PNG image', 'animated.png', { format: 'png', ...picture, animated: true }],
    ['a GIF image of one picture', 'still.gif', { format: 'gif', ...picture }],
    ['an animated GIF image', 'animated.gif', { format: 'gif', ...picture, animated: true }],
    ['a lossy WebP image', 'lossy.webp', { format: 'webp', ...picture }],
    ['a lossless WebP image', 'lossless.webp', { format: 'webp', ...picture }],
    ['an animated WebP image', 'animated.webp', { format: 'webp', ...picture, animated: true }],
    ['a HEIC image, whose coded picture is larger', 'picture.heic', { format: 'heic', ...picture }],
    ['an AVIF image', 'picture.avif', { format: 'avif', ...picture }],
  ])('are read from %s', async (_, name, facts) => {
    const { probe, reads } = await probeBytes(await clip(name));
    expect(probe).toEqual({ kind: 'image', contentType: `image/${facts.format}`, facts });
    expect(reads).toBe(1);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turn a JPEG image by orientation %i, in either order of bytes', async (orientation) => {
    const jpeg = await clip('picture.jpg');
    const sides = orientation >= 5 ? { width: 48, height: 64 } : { width: 64, height: 48 };
    for (const order of ['II', 'MM'] as const) {
      expect((await probeBytes(insertPart(jpeg, 2, exif(order, orientation)))).probe).toMatchObject({ facts: sides });
    }
  });

  it('leave a JPEG image as it lies where its Exif data makes no sense', async () => {
    const jpeg = await clip('picture.jpg');
    const whole = exif('MM', 6);
    const broken = [exif('MM', 0), exif('MM', 9), segment(whole.subarray(4, 12)), segment(whole.subarray(4, 22)), segment(Buffer.from('http://ns.adobe.com/xap/1.0/\0'))];
    // A list that is said to begin behind the segment, and one of more entries than there are.
    for (const [at, value] of [[14, 0xffff_ffff], [14, 1_000], [18, 0xffff_0112]] as const) broken.push(Buffer.from(whole), Buffer.from(whole).fill(uint32(value), at, at + 4));
    for (const part of broken.filter((one) => !one.equals(whole))) {
      expect((await probeBytes(insertPart(jpeg, 2, part))).probe).toMatchObject({ kind: 'image', facts: { format: 'jpeg' } });
    }
    expect((await probeBytes(insertPart(jpeg, 2, exif('MM', 9)))).probe).toMatchObject({ facts: { width: 64, height: 48 } });
  });

  it('turn an AVIF image as its primary item says', async () => {
    const avif = await clip('picture.avif');
    // In place of another property of the same size: the one that tells the shape of a pixel is not looked at.
    const quarter = (turns: number): Buffer => replaceFirst(avif, 'pixi', Buffer.concat([Buffer.from('irot'), Buffer.from([turns])]));
    expect((await probeBytes(quarter(1))).probe).toMatchObject({ facts: { width: 48, height: 64 } });
    expect((await probeBytes(quarter(2))).probe).toMatchObject({ facts: { width: 64, height: 48 } });
  });

  it('pass over what cameras and editors put in front of the picture', async () => {
    const jpeg = await clip('picture.jpg');
    const padding = Buffer.concat(Array.from({ length: 40 }, () => segment(Buffer.alloc(65_000), 0xe2)));
    const { probe, bytesRead } = await probeBytes(Buffer.concat([jpeg.subarray(0, 2), padding, Buffer.from([0xff, 0xff]), jpeg.subarray(2)]));
    expect(probe).toMatchObject({ facts: picture });
    expect(bytesRead).toBeLessThan(1_000_000);
  });

  it('say of a GIF image whose second picture is far away that it is animated if it repeats', async () => {
    for (const [name, animated] of [['animated.gif', true], ['still.gif', false]] as const) {
      const gif = await clip(name);
      // Blocks of the first picture's data, up to two gigabytes: each is 255 bytes of 255.
      const start = gif.indexOf(Buffer.from([0x2c, 0, 0, 0, 0]));
      const { probe, bytesRead } = await endless(gif.subarray(0, start + 11), 2 * GIB);
      expect(probe).toEqual({ kind: 'image', contentType: 'image/gif', facts: { format: 'gif', ...picture, animated } });
      expect(bytesRead).toBeLessThanOrEqual(1_000_000);
    }
  });

  it.each([
    ['a GIF image that lacks its last byte', 'animated.gif'],
    ['a JPEG image with words behind it', 'picture.jpg'],
  ])('are read from %s', async (_, name) => {
    const bytes = await clip(name);
    const other = name.endsWith('gif') ? bytes.subarray(0, -1) : Buffer.concat([bytes, Buffer.from('left behind by a tool')]);
    expect((await probeBytes(other)).probe).toEqual((await probeBytes(bytes)).probe);
  });
});

describe('an image that cannot be published', () => {
  it.each(['picture.jpg', 'picture.png', 'still.gif', 'lossy.webp', 'lossless.webp', 'animated.webp', 'picture.heic', 'picture.avif'])(
    'is told in a sentence where %s was cut off before its picture',
    async (name) => {
      const bytes = await clip(name);
      for (let cut = 16; cut < bytes.length / 8; cut += 3) {
        const { probe } = await probeBytes(bytes.subarray(0, cut));
        expect(probe, `cut at ${cut}`).toMatchObject({ kind: 'other', reason: expect.stringMatching(/^The .*\.$/u) });
      }
    },
  );

  it('is one of no width or height', async () => {
    const png = Buffer.from(await clip('picture.png'));
    png.writeUInt32BE(0, 16);
    expect((await probeBytes(png)).probe).toEqual({ kind: 'other', contentType: 'image/png', reason: 'The image does not say how large it is.' });
    const heic = Buffer.concat([box('ftyp', Buffer.from('heic\0\0\0\0mif1heic')), box('meta', uint32(0)), box('mdat', Buffer.alloc(64))]);
    expect((await probeBytes(heic)).probe).toEqual({ kind: 'other', contentType: 'image/heic', reason: 'The image does not say how large it is.' });
  });
});

/** A file that goes on with 0xff forever, as far as it is asked. */
async function endless(start: Uint8Array, size: number): ReturnType<typeof probeSparse> {
  return probeSparse(size, new Map([[0, Buffer.concat([start, Buffer.alloc(1_100_000, 0xff)])]]));
}

/** A segment of JPEG: marker, length, content. */
function segment(content: Uint8Array, marker = 0xe1): Buffer {
  return Buffer.concat([Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 0xff]), content]);
}

/** An Exif segment whose second entry is the orientation. */
function exif(order: 'II' | 'MM', orientation: number): Buffer {
  const number = (value: number, bytes: number): number[] => {
    const big = Array.from({ length: bytes }, (_, index) => (value >>> (8 * (bytes - 1 - index))) & 0xff);
    return order === 'MM' ? big : big.toReversed();
  };
  const entry = (tag: number, value: number): number[] => [...number(tag, 2), ...number(3, 2), ...number(1, 4), ...number(value, 2), 0, 0];
  const list = [...number(2, 2), ...entry(0x0100, 64), ...entry(0x0112, orientation), ...number(0, 4)];
  return segment(Buffer.concat([Buffer.from(`Exif\0\0${order}`), Buffer.from([...number(42, 2), ...number(8, 4), ...list])]));
}

function replaceFirst(bytes: Buffer, text: string, by: Uint8Array): Buffer {
  const changed = Buffer.from(bytes);
  changed.set(by, changed.indexOf(text));
  return changed;
}
