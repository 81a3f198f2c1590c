/** Files, as they are stored and as they turned out to be. */

/** A part as checked against storage. */
export interface Part {
  readonly partNumber: number;
  /** As S3 gives it, quotes included. */
  readonly eTag: string;
  /** Bytes. */
  readonly size: number;
}

export interface VideoFacts {
  /** `mp4`, `mov`, `3gp`, `webm` or `mkv`. */
  readonly container: string;
  /** Seconds. */
  readonly duration: number;
  /** Pixels, as displayed: rotation applied. */
  readonly width: number;
  readonly height: number;
  /** `h264`, `hevc`, `vp9`, `av1`, `aac`, `opus`, `mp3`, …; where there is no such name, the four characters of the file. */
  readonly videoCodec: string | null;
  readonly audioCodec: string | null;
  /** Frames a second. */
  readonly frameRate: number | null;
}

export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'heic' | 'avif';

export interface ImageFacts {
  readonly format: ImageFormat;
  /** Pixels, as displayed: the Exif orientation of a JPEG and the rotation of a HEIC or AVIF image applied. */
  readonly width: number;
  readonly height: number;
  readonly animated: boolean;
}

/** A file of an upload. */
export interface Media {
  readonly mediaId: string;
  readonly objectKey: string;
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
  readonly contentType: string;
  /** Lower-case hex SHA-256 of the whole file: the client's own until inspected, verified then; null if the client gave none. */
  readonly sha256: string | null;
  /** Of a video. Null: not inspected yet, or a container that is not looked into. */
  readonly facts: VideoFacts | null;
  /** Of a photo. Null: not inspected yet. */
  readonly image: ImageFacts | null;
  /** When the file was found to be what was declared; nothing is published before. Null at creation. */
  readonly inspectedAt: string | null;
}

/** The record of a file that storage has, of which any number of uploads may be made. */
export interface StoredMedia {
  readonly mediaId: string;
  readonly tenantId: string;
  readonly objectKey: string;
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
  /** As declared. */
  readonly contentType: string;
  readonly sha256: string | null;
  readonly createdAt: string;
  /** Uploads may be made of it until then. */
  readonly usableUntil: string;
  /** It is kept until then, and as long as an upload needs it. */
  readonly keptUntil: string;
  /** Uploads that need it. */
  readonly uses: number;
  /** While storage puts it together; null for a file that came with an upload, where that stands on the upload. */
  readonly assembly: Assembly | null;
  readonly partsDigest: string | null;
  /** When the reconcile job looks at it next; null: it need not. */
  readonly watchAt: string | null;
  /** Since when the file may be removed: nothing can be made of it any more. */
  readonly releasedAt: string | null;
}

/** The multipart upload whose completion was begun but is not yet confirmed; null once the object is there. */
export interface Assembly {
  readonly multipartId: string;
  /** Of the session that was completed: it is open again if storage refuses the parts. */
  readonly sessionTokenHash: string;
  readonly parts: readonly Part[];
}
