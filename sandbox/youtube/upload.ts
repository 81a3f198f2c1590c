import { createHash, type Hash } from 'node:crypto';
import { json, mediaType } from '../http.ts';
import { HEAD_LENGTH } from '../media/signature.ts';
import { randomText } from '../random.ts';
import { Refusal } from '../refusal.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import { SCOPES, type Accounts } from './accounts.ts';
import { refuse } from './errors.ts';
import { parseMetadata, type Metadata } from './metadata.ts';
import { parseParts, requireKnown } from './parameters.ts';
import type { Quota } from './quota.ts';
import { resource } from './resource.ts';
import type { Video, Videos } from './videos.ts';

/** Resumable upload: a session, slices of it, and questions after its state (youtube.md section 2). */

/** Bytes of which each slice but the last is a multiple. */
const SLICE_MULTIPLE = 256 * 1024;
const SIZE_MAX = 256_000_000_000;
/** A session lives about a week. */
const SESSION_LIFE = 7 * 24 * 60 * 60 * 1000;

interface Session {
  readonly uploadId: string;
  readonly channelId: string;
  readonly metadata: Metadata;
  readonly parts: readonly string[];
  /** Type and bytes that were announced. */
  readonly type: string;
  readonly total: number;
  readonly expiresAt: Date;
  /** Bytes that are here. They are hashed, not kept. */
  received: number;
  readonly hash: Hash;
  head: Buffer;
  video: Video | null;
}

/** What a PUT on a session says about its bytes. */
type Range = { readonly kind: 'probe' } | { readonly kind: 'slice'; readonly start: number };

export interface Uploads {
  /** `POST /upload/youtube/v3/videos`: opens a session. */
  start(call: Call): Answer;
  /** `PUT <session URI>`: a slice, or a question how far it is. */
  put(call: Call): Answer;
  /** A slice that broke off: what had arrived of it is kept, in whole multiples. */
  cutShort(call: Call): void;
  clear(): void;
}

export interface Parts {
  readonly world: World;
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly quota: Quota;
}

export function createUploads({ world, accounts, videos, quota }: Parts): Uploads {
  const sessions = new Map<string, Session>();

  /** The session of a PUT, for the channel that opened it. */
  function find(call: Call): Session {
    // Any token of the same channel will do, so that one may be refreshed in between. The page does not say whether a PUT
    // without a token passes; it is refused here.
    const channel = accounts.authorise(call, [SCOPES.upload, SCOPES.full, SCOPES.forceSsl]);
    const session = sessions.get(call.query.get('upload_id') ?? '');
    if (session === undefined || session.expiresAt <= world.clock.now()) {
      throw refuse(404, 'notFound', 'There is no such upload session.', 'global');
    }
    if (session.channelId !== channel.channelId) throw refuse(403, 'forbidden', 'The session belongs to another channel.', 'global');
    return session;
  }

  function keep(session: Session, bytes: Uint8Array): void {
    session.hash.update(bytes);
    if (session.head.length < HEAD_LENGTH) {
      session.head = Buffer.concat([session.head, bytes.subarray(0, HEAD_LENGTH - session.head.length)]);
    }
    session.received += bytes.byteLength;
  }

  return {
    start(call) {
      requireKnown(call.query, ['uploadType', 'part', 'notifySubscribers', 'alt', 'prettyPrint']);
      if (call.query.get('uploadType') !== 'resumable') {
        throw refuse(400, 'badRequest', 'Only uploadType=resumable is known here.', 'global');
      }
      if (!['true', 'false', null].includes(call.query.get('notifySubscribers'))) {
        throw refuse(400, 'invalidParameter', 'notifySubscribers is true or false.', 'global');
      }
      const channel = accounts.authorise(call, [SCOPES.upload, SCOPES.full, SCOPES.forceSsl]);
      const parts = parseParts(call.query, ['snippet', 'status']);
      if (mediaType(call) !== 'application/json') throw refuse(400, 'badContent', 'The body of this call is JSON.', 'global');
      const type = call.headers['x-upload-content-type'] ?? '';
      if (!/^(video\/[\w.+-]+|application\/octet-stream)$/.test(type)) {
        throw refuse(400, 'badContent', 'X-Upload-Content-Type is video/* or application/octet-stream.', 'global');
      }
      const length = call.headers['x-upload-content-length'] ?? '';
      if (!/^\d{1,15}$/.test(length)) throw refuse(400, 'badRequest', 'X-Upload-Content-Length is missing or no number.', 'global');
      const total = Number(length);
      if (total === 0) throw refuse(400, 'mediaBodyRequired', 'The video has no bytes.');
      if (total > SIZE_MAX) throw refuse(413, 'uploadTooLarge', 'The video is larger than 256 GB.', 'global');
      const metadata = parseMetadata(call, parts, world.clock.now());
      // It is not known whether a session that is never finished counts: it does here.
      quota.spendUpload(channel.channelId);

      const uploadId = `AHVrFx${randomText(100)}`;
      sessions.set(uploadId, {
        uploadId,
        channelId: channel.channelId,
        metadata,
        parts,
        type,
        total,
        expiresAt: new Date(world.clock.now().getTime() + SESSION_LIFE),
        received: 0,
        hash: createHash('sha256'),
        head: Buffer.alloc(0),
        video: null,
      });
      const query = new URLSearchParams({ uploadType: 'resumable', part: parts.join(','), upload_id: uploadId });
      const location = `${world.baseUrl}/api/upload/youtube/v3/videos?${query.toString()}`;
      return { status: 200, headers: { location, 'x-guploader-uploadid': uploadId, 'content-length': '0' }, body: '' };
    },

    put(call) {
      requireKnown(call.query, ['uploadType', 'part', 'upload_id', 'alt', 'prettyPrint', 'notifySubscribers']);
      const session = find(call);
      const range = parseRange(call, session);
      // Whatever is sent to a finished session: the video again, and never a second one.
      if (session.video !== null) return json(200, resource(session.video, session.parts, videos));
      if (range.kind === 'probe') return progress(session);
      // A slice that begins elsewhere is not taken: the client is told where to go on.
      if (range.start !== session.received) return progress(session);
      keep(session, call.body);
      if (session.received < session.total) return progress(session);

      session.video = videos.add({
        channelId: session.channelId,
        metadata: session.metadata,
        sha256: session.hash.digest('hex'),
        head: session.head,
      });
      return json(200, resource(session.video, session.parts, videos));
    },

    cutShort(call) {
      const session = find(call);
      const match = /^bytes (\d+)-/.exec(call.headers['content-range'] ?? '');
      if (session.video !== null || match === null || Number(match[1]) !== session.received) return;
      // Whole units only, and never the very last byte: what broke off completes nothing.
      const most = Math.min(call.body.byteLength, session.total - 1 - session.received);
      keep(session, call.body.subarray(0, most - (most % SLICE_MULTIPLE)));
    },

    clear: () => sessions.clear(),
  };
}

/** 308: go on behind what is here. Without `Range`: nothing is. */
function progress({ received }: Session): Answer {
  return { status: 308, headers: { 'content-length': '0', ...(received > 0 && { range: `bytes=0-${received - 1}` }) }, body: '' };
}

/** Reads `Content-Range` and holds the body to it. */
function parseRange(call: Call, { type, total }: Session): Range {
  if (call.headers['content-length'] === undefined) throw new Refusal({ status: 411, headers: {}, body: 'Length Required' });
  const header = call.headers['content-range'] ?? '';
  const match = /^bytes (?:\*|(\d{1,15})-(\d{1,15}))\/(\d{1,15})$/.exec(header);
  if (match === null) throw refuse(400, 'badRequest', 'Content-Range is missing or has another form than bytes a-b/total.', 'global');
  const [, first, last, all] = match;
  if (Number(all) !== total) throw refuse(400, 'badRequest', `Content-Range names a total other than the announced ${total}.`, 'global');
  if (first === undefined || last === undefined) {
    if (call.body.byteLength > 0) throw refuse(400, 'badRequest', 'A question after the state has no body.', 'global');
    return { kind: 'probe' };
  }
  // Google's own clients leave the type of a slice out; one that is there has to be the announced one.
  if ((call.headers['content-type'] ?? type) !== type) throw refuse(400, 'badContent', `The slice is not announced as ${type}.`, 'global');
  const [start, end] = [Number(first), Number(last)];
  if (start > end || end >= total) throw refuse(400, 'badRequest', 'Content-Range lies outside the video.', 'global');
  const length = end - start + 1;
  if (call.body.byteLength !== length) throw refuse(400, 'badRequest', 'The body is not as long as Content-Range says.', 'global');
  if (end + 1 < total && length % SLICE_MULTIPLE !== 0) {
    throw refuse(400, 'badRequest', 'A slice other than the last is a multiple of 256 KiB.', 'global');
  }
  return { kind: 'slice', start };
}
