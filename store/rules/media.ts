import { timestampAfter } from '../../core/clock.ts';
import { limits } from '../../core/limits.ts';
import type { Media, StoredMedia, Upload } from '../../core/model.ts';

/** The records of the files that come with an upload: they are kept as long as uploads need them, and no longer. */
export function filesOf({ tenantId, createdAt, media }: Upload): readonly StoredMedia[] {
  const usableUntil = timestampAfter(new Date(createdAt), limits.mediaUsable);
  return media.map(({ mediaId, objectKey, fileName, size, contentType, sha256 }: Media) => ({
    mediaId,
    tenantId,
    objectKey,
    fileName,
    size,
    contentType,
    sha256,
    createdAt,
    usableUntil,
    keptUntil: createdAt,
    uses: 1,
    assembly: null,
    partsDigest: null,
    watchAt: null,
    releasedAt: null,
  }));
}

/** Whether nothing needs the file any more. */
export function mayGo({ uses, keptUntil }: Pick<StoredMedia, 'uses' | 'keptUntil'>, at: string): boolean {
  return uses <= 0 && keptUntil <= at;
}
