import type { Media } from '../core/model.ts';
import type { ByteStream, MediaTools, Work } from '../core/ports/index.ts';

/** The one file of a video upload. */
export function videoOf({ upload }: Work): Media {
  const [media] = upload.media;
  if (media === undefined) throw new Error(`The upload ${upload.uploadId} has no file.`);
  return media;
}

/** The photos of an upload, in order. */
export function photosOf({ upload }: Work): readonly Media[] {
  if (upload.kind !== 'photos' || upload.media.length === 0) throw new Error(`The upload ${upload.uploadId} has no photos.`);
  return upload.media;
}

/** Reads `length` bytes from `start`. Throws if the file is shorter than its record says. */
export async function readExactly(tools: Pick<MediaTools, 'readRange'>, media: Media, start: number, length: number): Promise<Uint8Array> {
  const bytes = await tools.readRange(media, start, start + length - 1);
  if (bytes.byteLength !== length) throw new Error(`The file ${media.mediaId} is shorter than its ${media.size} bytes.`);
  return bytes;
}

/** Bytes of a file that are held at once while it is streamed. */
const STREAM_SLICE = 8 * 1024 * 1024;

/** A whole file, read slice by slice while it is sent. */
export function streamOf(tools: Pick<MediaTools, 'readRange'>, media: Media): ByteStream {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < media.size; start += STREAM_SLICE) {
      yield await readExactly(tools, media, start, Math.min(STREAM_SLICE, media.size - start));
    }
  }
  return { length: media.size, chunks };
}
