import type { Failure } from '../container-errors.ts';
import type { Video } from './client.ts';
import { EXPIRED, failureOf } from './errors.ts';

/** Two ways of a video to a page: as a reel, or as a video that plays beside the posts. */
export type Flow = 'reel' | 'video';

export type VideoState =
  /** Not all bytes are there, and nothing is under way. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'uploading' }
  /** All bytes are there, and nobody has asked to publish it: some videos are processed before that, some after. */
  | { readonly kind: 'uploaded' }
  | { readonly kind: 'processing' }
  | { readonly kind: 'published' }
  /** Kept, and shown to nobody. */
  | { readonly kind: 'draft' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * What a video says of itself. The documents name the phases and few of their words, and do not say what `published` holds of a
 * reel that was not asked to be published: so of a reel only its phase of publishing is believed.
 */
export function stateOf({ status, published }: Video, flow: Flow): VideoState {
  const { video_status: videoStatus, uploading_phase: uploading, processing_phase: processing, publishing_phase: publishing } = status;
  const phases = [uploading, processing, publishing];
  const broken = phases.find((phase) => phase?.status === 'error');
  if (broken !== undefined || videoStatus === 'error' || videoStatus === 'upload_failed') {
    const told = phases.flatMap((phase) => phase?.errors ?? phase?.error ?? []);
    return { kind: 'failed', failure: failureOf(told[0] ?? {}) };
  }
  if (videoStatus === 'expired') return { kind: 'failed', failure: EXPIRED };
  const isOut = publishing?.publish_status === 'published' || (publishing?.publish_status === undefined && published === true);
  if (publishing?.status === 'complete') return { kind: isOut ? 'published' : 'draft' };
  if (publishing?.status === 'in_progress') return { kind: 'processing' };
  // A video that is no reel is processed only once it was finished.
  if (flow === 'video' && videoStatus === 'ready') return { kind: published === true ? 'published' : 'draft' };
  if (processing?.status === 'in_progress' || videoStatus === 'processing') return { kind: 'processing' };
  if (uploading?.status === 'complete' || videoStatus === 'upload_complete' || videoStatus === 'ready') return { kind: 'uploaded' };
  return { kind: uploading?.status === 'in_progress' ? 'uploading' : 'empty' };
}

/** The address of a video, reel or not, which Facebook also understands without the page's name in it. */
export function addressOf(videoId: string): string {
  return `https://www.facebook.com/reel/${videoId}`;
}

/** An address as Facebook gives it: of videos often without its host. Null: it is none of Facebook's. */
export function absolute(permalink: string | null | undefined): string | null {
  if (permalink === null || permalink === undefined || !URL.canParse(permalink, 'https://www.facebook.com')) return null;
  const url = new URL(permalink, 'https://www.facebook.com');
  return url.protocol === 'https:' ? url.href : null;
}
