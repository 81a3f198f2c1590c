import type { CaptionType } from '../media/type.ts';
import type { ImageFacts, Part, VideoFacts } from '../model.ts';

/**
 * The media port: `media/` implements it on S3 and in memory; both run the suite in `test/media/conformance`.
 */
export interface MediaStore {
  /** Opens a multipart upload; the object is invisible until it is completed. */
  openMultipart(request: { objectKey: string; contentType: string }): Promise<{ multipartId: string }>;

  /** One presigned `UploadPart` URL a part, with host and content-length signed. At most 3,600 seconds. */
  signParts(request: {
    objectKey: string;
    multipartId: string;
    parts: readonly { partNumber: number; contentLength: number }[];
    expiresIn: number;
  }): Promise<readonly { partNumber: number; url: string }[]>;

  /** Sends a part's bytes ourselves (form uploads). Throws `MediaGone` if there is no such multipart upload. */
  putPart(request: { objectKey: string; multipartId: string; partNumber: number; bytes: Uint8Array }): Promise<Part>;

  /** What storage has, by part number; null: there is no such multipart upload (completed, aborted or cleared). */
  listParts(request: { objectKey: string; multipartId: string }): Promise<readonly Part[] | null>;

  /**
   * Completes, within `timeout` seconds. `done`: the object is there with `size` bytes (also if an earlier call did it).
   * `refused`: storage will never take these parts, and no object is there. `pending`: not known yet; call again. An upload
   * that is gone without an object stays `pending`: an earlier call may be at work, so whoever waits needs an end of his own.
   */
  completeMultipart(request: {
    objectKey: string;
    multipartId: string;
    parts: readonly Part[];
    size: number;
    timeout: number;
  }): Promise<'done' | 'pending' | { readonly refused: string }>;

  /** Harmless when there is nothing to abort. */
  abortMultipart(request: { objectKey: string; multipartId: string }): Promise<void>;

  head(objectKey: string): Promise<{ size: number; contentType: string } | null>;

  /** Bytes `start` to `end`, both inclusive; fewer at the object's end. At most 64 MiB. Throws `MediaGone` if there is no object. */
  readRange(request: { objectKey: string; start: number; end: number }): Promise<Uint8Array>;

  /** The same range, of any length, as it comes. Throws, also in the middle, if fewer bytes come than were asked for. */
  openRange(request: { objectKey: string; start: number; end: number }): Promise<AsyncIterable<Uint8Array>>;

  /** Looks at the bytes themselves: type by content, and the facts of what is looked into. Reads the few ranges it needs, at most a megabyte of any file. */
  probe(objectKey: string): Promise<Probe>;

  /** SHA-256 of the whole object, lower-case hex, read in slices. */
  sha256(objectKey: string): Promise<string>;

  /** Marks an object as one that nobody needs any more: lifecycle removes it. Harmless if it is gone, and when repeated. */
  release(objectKey: string): Promise<void>;

  /** A URL from which a network can fetch the object by GET for `expiresIn` seconds. */
  signGet(request: { objectKey: string; expiresIn: number }): Promise<string>;
}

/** What publishing needs of it. */
export type MediaReader = Pick<MediaStore, 'readRange' | 'openRange' | 'signGet'>;

/**
 * What a file turned out to be. `contentType` by content; `facts` null: a video in a container that is not looked into
 * (all but MP4, QuickTime, 3GP, WebM and Matroska), or too scattered to be measured.
 * `reason` is a sentence for the person who sent it.
 */
export type Probe =
  | { readonly kind: 'video'; readonly contentType: string; readonly facts: VideoFacts | null }
  | { readonly kind: 'image'; readonly contentType: string; readonly facts: ImageFacts }
  /** WebVTT or SubRip, read to its end. */
  | { readonly kind: 'captions'; readonly contentType: CaptionType }
  | { readonly kind: 'other'; readonly contentType: string | null; readonly reason: string };

export class MediaGone extends Error {
  override readonly name = 'MediaGone';
}
