import { setTimeout as sleep } from 'node:timers/promises';
import { randomDigits } from '../random.ts';
import type { Post, World } from '../stand-in.ts';
import { timestamp } from '../../core/clock.ts';
import type { Page } from './accounts.ts';
import type { Checked, Problem } from './files.ts';

/** How a video was asked to be published. */
export interface Finish {
  readonly at: number;
  readonly state: 'PUBLISHED' | 'DRAFT';
  readonly title: string | null;
  readonly description: string | null;
}

/** A video of a page, reel or not, from before its first byte on. */
export interface Video {
  readonly id: string;
  /** Of the post beside it. */
  readonly postId: string;
  readonly page: Page;
  readonly flow: 'reel' | 'video';
  readonly createdAt: number;
  /** Announced, of one that is pushed. */
  size: number | null;
  readonly received: Uint8Array[];
  /** When all bytes were there; null: they are not. */
  completeAt: number | null;
  fetching: Promise<unknown> | null;
  /** What was found in the file; null: it has not been looked at. */
  file: Checked<{ upright?: boolean }> | null;
  /** The bytes did not come. */
  uploadProblem: Problem | null;
  finish: Finish | null;
}

export type Stage =
  | { readonly kind: 'empty' | 'uploading' | 'processing' | 'expired' }
  | { readonly kind: 'upload_failed' | 'failed'; readonly problem: Problem }
  /** Ready, as far as it can be before it is asked to be published. */
  | { readonly kind: 'uploaded' }
  | { readonly kind: 'published' | 'draft'; readonly at: number };

export interface Videos {
  add(page: Page, flow: Video['flow'], size: number | null): Video;
  get(id: string): Video | undefined;
  all(): readonly Video[];
  stage(video: Video): Stage;
  /** The same, once a file whose fetching should be over by the clock is there. */
  settledStage(video: Video): Promise<Stage>;
  posts(): readonly Post[];
  clear(): void;
}

/** Milliseconds for which a video may be left unfinished. The page names the state and not the time. */
const LIFE = 24 * 60 * 60 * 1000;

/** Milliseconds of real time that a question waits for a file that is being fetched. */
const PATIENCE = 250;

export function createVideos(world: World): Videos {
  const videos = new Map<string, Video>();
  const now = () => world.clock.now().getTime();
  const processing = () => world.processingSeconds * 1000;

  function stage(video: Video): Stage {
    const { finish, file, completeAt, uploadProblem } = video;
    if (uploadProblem !== null) return { kind: 'upload_failed', problem: uploadProblem };
    if (finish === null && now() - video.createdAt >= LIFE) return { kind: 'expired' };
    if (completeAt === null || file === null) return { kind: video.fetching !== null || video.received.length > 0 ? 'uploading' : 'empty' };
    // A reel is processed from its last byte on, another video from when it is finished.
    const begin = video.flow === 'reel' ? completeAt : finish?.at;
    if (begin === undefined) return { kind: 'uploaded' };
    const ready = begin + processing();
    if (now() < ready) return { kind: 'processing' };
    if ('problem' in file) return { kind: 'failed', problem: file.problem };
    if (finish === null) return { kind: 'uploaded' };
    // The trap of the page: an upright video that comes as no reel succeeds, and waits as a draft for somebody to share it.
    const isDraft = finish.state === 'DRAFT' || (video.flow === 'video' && file.upright === true);
    return { kind: isDraft ? 'draft' : 'published', at: Math.max(ready, finish.at) };
  }

  return {
    add(page, flow, size) {
      const video: Video = {
        id: randomDigits(16),
        postId: `${page.pageId}_${randomDigits(15)}`,
        page,
        flow,
        createdAt: now(),
        size,
        received: [],
        completeAt: null,
        fetching: null,
        file: null,
        uploadProblem: null,
        finish: null,
      };
      videos.set(video.id, video);
      return video;
    },

    get: (id) => videos.get(id),
    all: () => [...videos.values()],
    stage,

    async settledStage(video) {
      if (video.completeAt === null && video.fetching !== null) await Promise.race([video.fetching, sleep(PATIENCE, null, { ref: false })]);
      return stage(video);
    },

    posts: () =>
      [...videos.values()].flatMap((video) => {
        const { finish, file } = video;
        const state = stage(video);
        if (state.kind !== 'published' || finish === null || file === null || 'problem' in file) return [];
        return {
          id: video.id,
          accountId: video.page.pageId,
          kind: 'video',
          title: finish.title,
          text: finish.description,
          mediaSha256: [file.sha256],
          createdAt: timestamp(new Date(state.at)),
        } satisfies Post;
      }),

    clear: () => videos.clear(),
  };
}

/** `status` of a video, as its phases are documented. */
export function showStatus(video: Video, stage: Stage): Record<string, unknown> {
  const problems = 'problem' in stage ? [stage.problem] : [];
  const size = video.received.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const uploaded = video.completeAt !== null;
  const isOut = stage.kind === 'published' || stage.kind === 'draft';
  return {
    video_status: VIDEO_STATUS[stage.kind],
    uploading_phase: {
      status: stage.kind === 'upload_failed' ? 'error' : uploaded ? 'complete' : stage.kind === 'uploading' ? 'in_progress' : 'not_started',
      ...(!uploaded && { bytes_transferred: size }),
      ...(stage.kind === 'upload_failed' && { errors: problems }),
    },
    processing_phase: {
      status: stage.kind === 'failed' ? 'error' : stage.kind === 'processing' ? 'in_progress' : isOut || (uploaded && video.flow === 'reel') ? 'complete' : 'not_started',
      ...(stage.kind === 'failed' && { errors: problems }),
    },
    publishing_phase: {
      status: isOut ? 'complete' : video.finish !== null && problems.length === 0 ? 'in_progress' : 'not_started',
      ...(isOut && { publish_status: stage.kind, publish_time: timestamp(new Date(stage.at)) }),
    },
  };
}

const VIDEO_STATUS: Readonly<Record<Stage['kind'], string>> = {
  empty: 'uploading',
  uploading: 'uploading',
  uploaded: 'upload_complete',
  processing: 'processing',
  published: 'ready',
  draft: 'ready',
  upload_failed: 'upload_failed',
  failed: 'error',
  expired: 'expired',
};
