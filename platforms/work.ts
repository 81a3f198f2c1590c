import type { Media } from '../core/model.ts';
import type { ByteStream, HttpRequest, MediaTools, Work } from '../core/ports/index.ts';

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

/** What a request sends of a file: as it is in memory, or as it is read. Both have a `length` in bytes. */
export type Content = Uint8Array | ByteStream;

/** The body of a request that sends it. */
export function sending(content: Content): Pick<HttpRequest, 'body' | 'stream'> {
  return content instanceof Uint8Array ? { body: content } : { stream: content };
}

/** A whole file, read while it is sent. */
export function streamOf(tools: Pick<MediaTools, 'streamRange'>, media: Media): ByteStream {
  return tools.streamRange(media, 0, media.size);
}
