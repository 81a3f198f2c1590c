import { bareId } from './ids.ts';

/**
 * The key of a stored file: `in/<tenant>/<ULID>/<n>.<ext>`. The ULID is that of the upload which will be made of the file, so
 * an event about the object finds its upload by the key alone. Only ASCII: networks that pull refuse other addresses.
 */
export interface ObjectKeyParts {
  readonly tenantId: string;
  /** With its prefix, as records have it. */
  readonly uploadId: string;
  /** The place of the file in the upload, from 1. */
  readonly n: number;
  /** Lower case, without the dot. */
  readonly extension: string;
}

/** Where events about new media begin. */
export const MEDIA_PREFIX = 'in/';

/** The extension of content types that are known; some networks look at it in the URL they pull from. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/x-m4v': 'm4v',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'video/x-matroska': 'mkv',
  'video/matroska': 'mkv',
  'video/x-msvideo': 'avi',
  'video/avi': 'avi',
  'video/mpeg': 'mpg',
  'video/mp2t': 'ts',
  'video/x-flv': 'flv',
  'video/x-ms-wmv': 'wmv',
  'video/3gpp': '3gp',
  'video/3gpp2': '3g2',
  'video/ogg': 'ogv',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'text/vtt': 'vtt',
  'application/x-subrip': 'srt',
};

const KEY = /^in\/([A-Za-z0-9_-]{1,64})\/([0-7][0-9A-HJKMNP-TV-Z]{25})\/([1-9][0-9]{0,3})\.([a-z0-9]{1,8})$/u;

/**
 * The key under which a file of an upload is stored. The extension follows the content type, or the file name where the
 * type is unknown, or is `bin`. Throws if an id is not of our making.
 */
export function objectKey(file: {
  tenantId: string;
  uploadId: string;
  /** From 1, which is the default. */
  n?: number;
  contentType: string;
  fileName: string;
}): string {
  const extension = extensionOf(file.contentType, file.fileName);
  const key = `${MEDIA_PREFIX}${file.tenantId}/${bareId(file.uploadId)}/${file.n ?? 1}.${extension}`;
  if (parseObjectKey(key)?.uploadId !== file.uploadId) throw new Error(`These parts make no object key: ${key}`);
  return key;
}

/** The parts of a key made by `objectKey`; null for any other key. */
export function parseObjectKey(key: string): ObjectKeyParts | null {
  const [, tenantId, ulid, n, extension] = KEY.exec(key) ?? [];
  if (tenantId === undefined || ulid === undefined || n === undefined || extension === undefined) return null;
  return { tenantId, uploadId: `upl_${ulid}`, n: Number(n), extension };
}

/** The id of the upload that an object belongs to; null: not a key of ours. */
export function uploadIdOfKey(key: string): string | null {
  return parseObjectKey(key)?.uploadId ?? null;
}

function extensionOf(contentType: string, fileName: string): string {
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  const known = Object.hasOwn(EXTENSIONS, type) ? EXTENSIONS[type] : undefined;
  return known ?? /\.([a-z0-9]{1,8})$/u.exec(fileName.toLowerCase())?.[1] ?? 'bin';
}
