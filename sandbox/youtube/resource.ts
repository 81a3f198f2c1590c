import { createHash } from 'node:crypto';
import type { Video, Videos } from './videos.ts';

/** The parts of a video that the stand-in can show. */
export const VIDEO_PARTS = ['id', 'snippet', 'status', 'processingDetails'] as const;

/** A video resource with these parts. */
export function resource(video: Video, parts: readonly string[], videos: Videos): Record<string, unknown> {
  const { metadata } = video;
  const uploadStatus = videos.uploadStatus(video);
  const privacyStatus = videos.privacy(video);
  const all: Readonly<Record<string, unknown>> = {
    snippet: {
      publishedAt: video.createdAt.toISOString(),
      channelId: video.channelId,
      title: metadata.title,
      description: metadata.description,
      ...(metadata.tags.length > 0 && { tags: metadata.tags }),
      categoryId: metadata.categoryId,
      liveBroadcastContent: 'none',
      ...(metadata.defaultLanguage !== null && { defaultLanguage: metadata.defaultLanguage }),
      ...(metadata.defaultAudioLanguage !== null && { defaultAudioLanguage: metadata.defaultAudioLanguage }),
    },
    status: {
      uploadStatus,
      ...(uploadStatus === 'failed' && { failureReason: 'invalidFile' }),
      privacyStatus,
      ...(metadata.publishAt !== null && privacyStatus === 'private' && { publishAt: metadata.publishAt.toISOString() }),
      license: metadata.license,
      embeddable: metadata.embeddable,
      publicStatsViewable: true,
      madeForKids: metadata.selfDeclaredMadeForKids,
      selfDeclaredMadeForKids: metadata.selfDeclaredMadeForKids,
      containsSyntheticMedia: metadata.containsSyntheticMedia,
    },
    processingDetails: { processingStatus: { uploaded: 'processing', processed: 'succeeded', failed: 'failed' }[uploadStatus] },
  };
  const shown = Object.fromEntries(parts.filter((part) => part in all).map((part) => [part, all[part]]));
  return withEtag({ kind: 'youtube#video', id: video.id, ...shown });
}

/** A page of a list. */
export function page(
  kind: string,
  items: readonly unknown[],
  paging: { total: number; perPage: number; nextPageToken?: string },
): Record<string, unknown> {
  const { total, perPage, nextPageToken } = paging;
  return withEtag({
    kind,
    ...(nextPageToken !== undefined && { nextPageToken }),
    items,
    pageInfo: { totalResults: total, resultsPerPage: perPage },
  });
}

export function withEtag(value: Record<string, unknown>): Record<string, unknown> {
  return { ...value, etag: createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 27) };
}
