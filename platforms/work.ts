import type { Media } from '../core/model.ts';
import type { MediaTools, Work } from '../core/ports/index.ts';

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
