import type { ImageFacts, ImageFormat } from '../../core/model.ts';
import { Unreadable, type Source } from '../source.ts';
import { readGif } from './gif.ts';
import { readHeif } from './heif.ts';
import { readJpeg } from './jpeg.ts';
import type { Picture } from './picture.ts';
import { readPng } from './png.ts';
import { readWebp } from './webp.ts';

const READERS: Readonly<Record<ImageFormat, (source: Source) => Promise<Picture>>> = {
  jpeg: readJpeg,
  png: readPng,
  gif: readGif,
  webp: readWebp,
  heic: readHeif,
  avif: readHeif,
};

/** The facts of an image. Throws `Unreadable` for what cannot be published. */
export async function imageFacts(source: Source, format: ImageFormat): Promise<ImageFacts> {
  const { width, height, animated } = await READERS[format](source);
  if (width === 0 || height === 0) throw new Unreadable('The image does not say how large it is.');
  return { format, width, height, animated };
}
