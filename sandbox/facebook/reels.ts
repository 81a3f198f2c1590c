import { Buffer } from 'node:buffer';
import { badParameter, nothingThere, refuse } from '../graph.ts';
import { json } from '../http.ts';
import { Refusal } from '../refusal.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import { demandPage, SCOPES, type Accounts } from './accounts.ts';
import { checkReel, fetchFile } from './files.ts';
import { required } from './parameters.ts';
import type { Video, Videos } from './videos.ts';

const FINISH = ['upload_phase', 'video_id', 'video_state', 'description', 'title'];
const DAY = 24 * 60 * 60 * 1000;

export interface Reels {
  /** `POST /{page}/video_reels`. */
  start(call: Call, pageId: string): Answer;
  /** The same, with another phase: the visible call. */
  finish(call: Call, pageId: string): Promise<Answer>;
  /** `POST` to the address for the upload: the bytes, or where Facebook fetches them. */
  upload(call: Call, videoId: string): Promise<Answer>;
}

export function createReels({ world, accounts, videos, version }: { world: World; accounts: Accounts; videos: Videos; version: string }): Reels {
  const caps = world.capsOver({ reelsPerDay: 30 });
  const now = () => world.clock.now().getTime();

  function find(id: string, pageId: string): Video {
    const video = videos.get(id);
    if (video === undefined || video.flow !== 'reel' || video.page.pageId !== pageId) throw nothingThere(id);
    return video;
  }

  function complete(video: Video, bytes: Uint8Array): void {
    video.completeAt = now();
    video.file = checkReel(bytes);
  }

  async function fetchInto(video: Video, url: string): Promise<void> {
    const fetched = await fetchFile(world, url, 'video');
    if ('problem' in fetched) video.uploadProblem = fetched.problem;
    else complete(video, fetched.bytes);
  }

  return {
    start(call, pageId) {
      const { page } = accounts.authorise(call, SCOPES.publish, ['upload_phase']);
      demandPage(page, pageId);
      const video = videos.add(page, 'reel', null);
      return json(200, { video_id: video.id, upload_url: `${world.baseUrl}/rupload/video-upload/${version}/${video.id}` });
    },

    async finish(call, pageId) {
      const { page, fields } = accounts.authorise(call, SCOPES.publish, FINISH);
      demandPage(page, pageId);
      const video = find(required(fields, 'video_id'), pageId);
      const state = required(fields, 'video_state');
      // SCHEDULED is not known here.
      if (state !== 'PUBLISHED' && state !== 'DRAFT') throw badParameter('video_state', 'neither PUBLISHED nor DRAFT');
      const stage = await videos.settledStage(video);
      switch (stage.kind) {
        case 'empty':
        case 'uploading':
          throw refuse({ code: 6000, message: 'There was a problem uploading your video file: not all of it has come.' });
        case 'expired':
          throw nothingThere(video.id);
        case 'upload_failed':
        case 'failed':
          throw refuse({ code: 352, subcode: stage.problem.code, message: stage.problem.message });
        case 'uploaded':
        case 'processing':
        case 'published':
        case 'draft':
          break;
      }
      // One video is published once; what a second call hears is not documented.
      if (video.finish !== null) throw badParameter('video_id', 'that of a video that was published before');
      const published = videos.all().filter(({ flow, page: of, finish }) => flow === 'reel' && of.pageId === pageId && finish !== null && finish.at > now() - DAY);
      // The page names no code for this.
      if (published.length >= caps.reelsPerDay) throw refuse({ code: 613, message: `The page has published ${caps.reelsPerDay} reels in 24 hours.` });
      video.finish = { at: now(), state, title: fields.get('title'), description: fields.get('description') };
      return json(200, { success: true, post_id: video.postId });
    },

    async upload(call, videoId) {
      const page = accounts.authoriseUpload(call);
      const video = find(videoId, page.pageId);
      if (videos.stage(video).kind === 'expired') throw refuseUpload('The upload has expired.');
      if (video.completeAt !== null) throw refuseUpload('The upload is complete.');
      const { file_url: fileUrl, offset, file_size: size } = call.headers;
      if (offset !== undefined && !/^\d{1,12}$/.test(offset)) throw refuseUpload('Header Offset not convertable');
      if (size !== undefined && !/^\d{1,12}$/.test(size)) throw refuseUpload('Header File-Size not convertable');

      if (fileUrl !== undefined) {
        if (call.body.byteLength > 0) throw refuseUpload('A file that is fetched has no body.');
        if (offset !== undefined && offset !== '0') throw refuseUpload('A file is fetched from its beginning.');
        if (!/^https?:\/\/[\u0021-\u007e]+$/.test(fileUrl) || !URL.canParse(fileUrl)) throw refuseUpload('The file_url is no address.');
        video.fetching ??= fetchInto(video, fileUrl);
        return json(200, { success: true });
      }

      if (offset === undefined || size === undefined) throw refuseUpload('The headers offset and file_size are missing.');
      const stored = video.received.reduce((sum, { byteLength }) => sum + byteLength, 0);
      video.size ??= Number(size);
      if (video.size !== Number(size) || stored !== Number(offset) || stored + call.body.byteLength !== video.size) {
        throw refuseUpload(`${stored} of ${video.size} bytes are there, and the rest of them is what has to come.`);
      }
      video.received.push(call.body);
      complete(video, Buffer.concat(video.received));
      return json(200, { success: true });
    },
  };
}

/** A refusal of the server for uploads, which has a form of its own. */
function refuseUpload(message: string): Refusal {
  return new Refusal(json(400, { debug_info: { retriable: false, type: 'ProcessingFailedError', message } }));
}
