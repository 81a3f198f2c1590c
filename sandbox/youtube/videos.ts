import { timestamp } from '../../core/clock.ts';
import { isVideo } from '../media/signature.ts';
import { randomText } from '../random.ts';
import type { Post, World } from '../stand-in.ts';
import type { Metadata } from './metadata.ts';

/** A video: it exists from the moment at which its last byte was there. */
export interface Video {
  readonly id: string;
  readonly channelId: string;
  readonly metadata: Metadata;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Whether the bytes are those of a video: if not, processing fails. */
  readonly playable: boolean;
  readonly createdAt: Date;
}

export interface Videos {
  add(video: { channelId: string; metadata: Metadata; sha256: string; head: Uint8Array }): Video;
  get(id: string): Video | undefined;
  /** Newest first. */
  of(channelId: string): readonly Video[];
  privacy(video: Video): Metadata['privacyStatus'];
  uploadStatus(video: Video): 'uploaded' | 'processed' | 'failed';
  posts(extras: Extras): readonly Post[];
  clear(): void;
}

/** Characters of a video's id. */
const ID_LENGTH = 11;

/** What a video has got since it is there. */
export type Extras = (videoId: string) => Pick<Post, 'coverSha256' | 'captions'>;

export function createVideos(world: World): Videos {
  const videos = new Map<string, Video>();

  function privacy({ metadata }: Video): Metadata['privacyStatus'] {
    return metadata.publishAt !== null && metadata.publishAt <= world.clock.now() ? 'public' : metadata.privacyStatus;
  }

  return {
    add({ channelId, metadata, sha256, head }) {
      const video: Video = {
        id: randomText(ID_LENGTH),
        channelId,
        metadata,
        sha256,
        playable: isVideo(head),
        createdAt: world.clock.now(),
      };
      videos.set(video.id, video);
      return video;
    },
    get: (id) => videos.get(id),
    of: (channelId) => [...videos.values()].filter((video) => video.channelId === channelId).toReversed(),
    privacy,
    uploadStatus(video) {
      const processed = video.createdAt.getTime() + world.processingSeconds * 1000 <= world.clock.now().getTime();
      if (!processed) return 'uploaded';
      return video.playable ? 'processed' : 'failed';
    },
    posts(extras) {
      // Who has the link sees an unlisted video too.
      const visible = [...videos.values()].filter((video) => video.playable && privacy(video) !== 'private');
      const oldestFirst = visible.toSorted((a, b) => visibleSince(a).getTime() - visibleSince(b).getTime());
      return oldestFirst.map((video) => ({
        id: video.id,
        accountId: video.channelId,
        kind: 'video',
        title: video.metadata.title,
        text: video.metadata.description === '' ? null : video.metadata.description,
        mediaSha256: [video.sha256],
        ...extras(video.id),
        createdAt: timestamp(visibleSince(video)),
      }));
    },
    clear: () => videos.clear(),
  };
}

function visibleSince({ metadata, createdAt }: Video): Date {
  return metadata.publishAt ?? createdAt;
}
