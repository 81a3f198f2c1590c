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

/** The files that an upload needs, each once: what it is made of, and what its options name. */
export function neededFiles({ media, attachments }: Pick<Upload, 'media' | 'attachments'>): readonly string[] {
  return [...new Set([...media, ...attachments].map(({ mediaId }) => mediaId))];
}

/** Of those, the ones that are stored before an upload is made; `withSession`: its own file comes with it. */
export function storedBefore(upload: Pick<Upload, 'media' | 'attachments'>, withSession: boolean): readonly string[] {
  return withSession ? neededFiles({ ...upload, media: [] }) : neededFiles(upload);
}

/** Files that an upload needs from an edit on, and those that it needs no more. */
export interface NeedChange {
  readonly more: readonly string[];
  readonly fewer: readonly string[];
}

/** How an edit changes what an upload needs; null: not at all. */
export function needChange(before: Upload, after: Upload): NeedChange | null {
  const [old, now] = [new Set(neededFiles(before)), new Set(neededFiles(after))];
  const change = { more: [...now].filter((id) => !old.has(id)), fewer: [...old].filter((id) => !now.has(id)) };
  return change.more.length + change.fewer.length === 0 ? null : change;
}

/** What has let its files go needs none any more. */
export function mayChangeNeeds({ releasedAt }: Pick<Upload, 'releasedAt'>, change: NeedChange | null): boolean {
  return change === null || releasedAt === null;
}

/** Whether nothing needs the file any more. */
export function mayGo({ uses, keptUntil }: Pick<StoredMedia, 'uses' | 'keptUntil'>, at: string): boolean {
  return uses <= 0 && keptUntil <= at;
}
