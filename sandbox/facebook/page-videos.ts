import { Buffer } from 'node:buffer';
import { badParameter, nothingThere, refuse } from '../graph.ts';
import { json } from '../http.ts';
import { randomDigits } from '../random.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import { demandPage, SCOPES, type Accounts } from './accounts.ts';
import { checkVideo } from './files.ts';
import { flag, required, requiredNumber } from './parameters.ts';
import type { Video, Videos } from './videos.ts';

/** What a page takes, as `video_upload_limits` says: bytes and seconds. */
export const UPLOAD_LIMITS = { size: 10_000_000_000, length: 4 * 60 * 60 } as const;

/** Bytes that a session asks for at a time. */
const SLICE = 1024 * 1024;

/** `POST /{page}/videos` in its phases. */
export interface PageVideos {
  start(call: Call, pageId: string): Answer;
  slice(call: Call, pageId: string): Answer;
  /** The visible call. */
  finish(call: Call, pageId: string): Answer;
  clear(): void;
}

export function createPageVideos({ world, accounts, videos }: { world: World; accounts: Accounts; videos: Videos }): PageVideos {
  const sessions = new Map<string, Video>();

  function find(session: string, pageId: string): Video {
    const video = sessions.get(session);
    if (video === undefined || video.page.pageId !== pageId || videos.stage(video).kind === 'expired') throw nothingThere(session);
    return video;
  }

  return {
    start(call, pageId) {
      const { page, fields } = accounts.authorise(call, SCOPES.publish, ['upload_phase', 'file_size']);
      demandPage(page, pageId);
      const size = requiredNumber(fields, 'file_size');
      if (size === 0 || size > UPLOAD_LIMITS.size) throw refuse({ code: 352, subcode: 1_363_023, message: 'The video file is too large, or empty.' });
      const video = videos.add(page, 'video', size);
      const session = randomDigits(16);
      sessions.set(session, video);
      return json(200, { upload_session_id: session, video_id: video.id, ...wanted(video) });
    },

    slice(call, pageId) {
      const { page, fields, files } = accounts.authorise(call, SCOPES.publish, ['upload_phase', 'upload_session_id', 'start_offset']);
      demandPage(page, pageId);
      const video = find(required(fields, 'upload_session_id'), pageId);
      const start = requiredNumber(fields, 'start_offset');
      const [name, ...others] = files.keys();
      const bytes = files.get('video_file_chunk');
      if (bytes === undefined || others.length > 0) throw badParameter(name ?? 'video_file_chunk', 'required, as the one file');
      const { start_offset: from, end_offset: to } = wanted(video);
      if (start !== Number(from) || bytes.byteLength === 0 || bytes.byteLength > Number(to) - start) {
        throw refuse({ code: 6001, subcode: 1_363_037, message: 'The slice is not the one that is wanted.', data: { start_offset: Number(from), end_offset: Number(to) } });
      }
      video.received.push(bytes);
      if (storedBytes(video) === video.size) {
        video.completeAt = world.clock.now().getTime();
        video.file = checkVideo(Buffer.concat(video.received));
      }
      return json(200, wanted(video));
    },

    finish(call, pageId) {
      const { page, fields } = accounts.authorise(call, SCOPES.publish, ['upload_phase', 'upload_session_id', 'title', 'description', 'published']);
      demandPage(page, pageId);
      const video = find(required(fields, 'upload_session_id'), pageId);
      if (video.completeAt === null) throw refuse({ code: 6000, message: 'There was a problem uploading your video file: not all of it has come.' });
      // What a second call hears is not documented.
      if (video.finish !== null) throw badParameter('upload_session_id', 'that of a video that was finished before');
      const state = flag(fields, 'published', true) ? 'PUBLISHED' : 'DRAFT';
      video.finish = { at: world.clock.now().getTime(), state, title: fields.get('title'), description: fields.get('description') };
      return json(200, { success: true });
    },

    clear: () => sessions.clear(),
  };
}

function storedBytes({ received }: Video): number {
  return received.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** The bytes that are wanted next, as texts; the same number twice: none. */
function wanted(video: Video): { start_offset: string; end_offset: string } {
  const stored = storedBytes(video);
  return { start_offset: String(stored), end_offset: String(Math.min(stored + SLICE, video.size ?? 0)) };
}
