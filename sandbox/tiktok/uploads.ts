import { createHash, type Hash } from 'node:crypto';
import { mediaType } from '../http.ts';
import { collectVideo, type Collector } from '../media/collect.ts';
import { randomDigits, randomText } from '../random.ts';
import { Refusal } from '../refusal.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import { SCOPES, type Accounts } from './accounts.ts';
import { bodyOf, checkPrivacy, photosSchema, videoSchema } from './body.ts';
import { badParameter, ok, refuse } from './errors.ts';
import { checkVideo, pullPhotos } from './media.ts';
import type { Publication, Publications } from './publications.ts';
import type { Rates } from './rates.ts';

/** Posts begin here: a video that is pushed in chunks, or photos that TikTok pulls (tiktok.md sections 2 and 3). */

/** Bytes. */
const SIZE_MAX = 4_000_000_000;
const CHUNK_MIN = 5_000_000;
const CHUNK_MAX = 64_000_000;
const LAST_CHUNK_MAX = 128_000_000;
const CHUNKS_MAX = 1000;
/** Milliseconds for which an upload's address takes chunks. */
const ADDRESS_LIFE = 60 * 60 * 1000;

const TYPES: ReadonlySet<string> = new Set(['video/mp4', 'video/quicktime', 'video/webm']);

interface Upload {
  readonly publication: Publication;
  readonly token: string;
  readonly total: number;
  readonly chunkSize: number;
  readonly count: number;
  readonly endsAt: number;
  /** The bytes are hashed, not kept. */
  readonly hash: Hash;
  readonly collector: Collector;
}

export interface Uploads {
  /** `POST /v2/post/publish/video/init/`. */
  initVideo(call: Call): Answer;
  /** `PUT <upload_url>`: a chunk. The last one makes the post. */
  put(call: Call): Answer;
  /** `POST /v2/post/publish/content/init/`: photos, which this call makes a post of. */
  initPhotos(call: Call): Answer;
  clear(): void;
}

export interface Parts {
  readonly world: World;
  readonly accounts: Accounts;
  readonly publications: Publications;
  readonly rates: Rates;
}

export function createUploads({ world, accounts, publications, rates }: Parts): Uploads {
  const uploads = new Map<string, Upload>();
  const now = () => world.clock.now().getTime();

  return {
    initVideo(call) {
      const creator = accounts.authorise(call, SCOPES.publish);
      rates.spend('initsPerMinute', creator.openId);
      const { post_info: info, source_info: source } = bodyOf(call, videoSchema);
      checkPrivacy(info);
      const { video_size: total, chunk_size: chunkSize, total_chunk_count: count } = source;
      checkChunks({ total, chunkSize, count });
      rates.checkPosts(creator.openId);
      const endsAt = now() + ADDRESS_LIFE;
      const { privacy_level: privacyLevel, title: text = null } = info;
      const publication = publications.add({ creator, kind: 'video', title: null, text, privacyLevel, lapsesAt: endsAt });
      const [uploadId, token] = [randomDigits(19), randomText(32)];
      uploads.set(uploadId, { publication, token, total, chunkSize, count, endsAt, hash: createHash('sha256'), collector: collectVideo() });
      const query = new URLSearchParams({ upload_id: uploadId, upload_token: token });
      return ok({ publish_id: publication.publishId, upload_url: `${world.baseUrl}/upload/video/?${query.toString()}` });
    },

    put(call) {
      const upload = uploads.get(call.query.get('upload_id') ?? '');
      if (upload === undefined || upload.token !== call.query.get('upload_token') || upload.endsAt <= now()) throw bare(403);
      const { publication, total, hash, collector } = upload;
      checkChunk(call, upload);
      hash.update(call.body);
      collector.add(call.body);
      publication.uploadedBytes += call.body.byteLength;
      const range = { 'content-range': `bytes 0-${publication.uploadedBytes - 1}/${total}` };
      if (publication.uploadedBytes < total) return { status: 206, headers: range, body: '' };
      publications.accept(publication, Promise.resolve(checkVideo(collector.facts(), hash.digest('hex'))));
      return { status: 201, headers: range, body: '' };
    },

    initPhotos(call) {
      const creator = accounts.authorise(call, SCOPES.publish);
      rates.spend('initsPerMinute', creator.openId);
      const { post_info: info, source_info: source } = bodyOf(call, photosSchema);
      checkPrivacy(info);
      if (source.photo_cover_index >= source.photo_images.length) throw badParameter('photo_cover_index names no photo.');
      rates.checkPosts(creator.openId);
      const { privacy_level: privacyLevel, title = null, description: text = null } = info;
      const publication = publications.add({ creator, kind: 'photos', title, text, privacyLevel, lapsesAt: null });
      publications.accept(publication, pullPhotos(world, source.photo_images));
      return ok({ publish_id: publication.publishId });
    },

    clear: () => uploads.clear(),
  };
}

function checkChunks({ total, chunkSize, count }: Pick<Upload, 'total' | 'chunkSize' | 'count'>): void {
  if (total > SIZE_MAX) throw refuse(400, 'invalid_file_upload', 'The video is larger than 4 GB.');
  if (count !== Math.floor(total / chunkSize)) throw badParameter('total_chunk_count is not video_size divided by chunk_size, rounded down.');
  if (count > CHUNKS_MAX) throw badParameter(`There are more than ${CHUNKS_MAX} chunks.`);
  const whole = chunkSize === total;
  if (chunkSize < CHUNK_MIN && !whole) throw badParameter('chunk_size is below 5 MB, and not the whole video.');
  if (chunkSize > CHUNK_MAX) throw badParameter('chunk_size is above 64 MB.');
  if (count === 1 && total > CHUNK_MAX) throw badParameter('A video above 64 MB comes in several chunks.');
  if (total - (count - 1) * chunkSize > LAST_CHUNK_MAX) throw badParameter('The last chunk is above 128 MB.');
}

/** A chunk is the next one, and whole. */
function checkChunk(call: Call, { publication, total, chunkSize, count }: Upload): void {
  if (!TYPES.has(mediaType(call))) throw bare(400);
  if (call.headers['content-length'] === undefined) throw bare(411);
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(call.headers['content-range'] ?? '');
  if (match === null) throw bare(400);
  const [start, end, all] = match.slice(1).map(Number);
  const isLast = publication.uploadedBytes === (count - 1) * chunkSize;
  const next = isLast ? total : publication.uploadedBytes + chunkSize;
  if (publication.uploadedBytes === total || start !== publication.uploadedBytes || end !== next - 1 || all !== total) throw bare(416);
  if (call.body.byteLength !== next - publication.uploadedBytes) throw bare(400);
}

/** A refusal of the upload's address. Its body is not documented: here there is none. */
function bare(status: number): Refusal {
  return new Refusal({ status, headers: {}, body: '' });
}
