import { createHash } from 'node:crypto';
import * as z from 'zod';
import { json, mediaType } from '../http.ts';
import { readImage } from '../media/image.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import type { Accounts, Author } from './accounts.ts';
import { bodyOf, refuse } from './errors.ts';
import { checkImage, checkVideo, type Found } from './files.ts';

/** Videos and images: begun, sent in parts, put together, processed (linkedin.md sections 2 and 3). Nobody sees them. */

/** Bytes of each part of a video but the last. */
export const PART_SIZE = 4_194_304;
/** Bytes: the list of the specification, not the larger number beside the field. */
const VIDEO_MIN = 75_000;
const VIDEO_MAX = 500_000_000;
/** Bytes of a picture that stands for a video: of the help pages, not sure. */
const THUMBNAIL_MAX = 2_000_000;
/** Milliseconds for which addresses of parts are good. The page says only that they end. */
const ADDRESS_LIFE = 24 * 60 * 60 * 1000;
/** An image is ready in a small part of the time that a video takes. */
const IMAGE_SHARE = 0.1;

export interface Asset {
  readonly urn: string;
  readonly owner: Author;
  readonly kind: 'video' | 'image';
  readonly expiresAt: number;
  readonly uploadToken: string;
  /** Of a video: the picture that stands for it, lower-case hex; null: none was announced. Empty: it has not come. */
  thumbnail: string | null;
  readonly parts: { readonly size: number | null; bytes: Uint8Array | null; etag: string }[];
  /** Once all is here. */
  done: { readonly at: number; readonly sha256: string; readonly found: Found } | null;
}

export type AssetStatus = 'WAITING_UPLOAD' | 'PROCESSING' | 'PROCESSING_FAILED' | 'AVAILABLE';

export interface Assets {
  /** `POST /rest/videos?action=initializeUpload`. */
  startVideo(call: Call): Answer;
  /** `POST /rest/images?action=initializeUpload`. */
  startImage(call: Call): Answer;
  /** `PUT <upload URL>`. */
  putPart(call: Call, id: string, part: number): Answer;
  /** `PUT <thumbnail upload URL>`. */
  putThumbnail(call: Call, id: string): Answer;
  /** `POST /rest/videos?action=finalizeUpload`. */
  finishVideo(call: Call): Answer;
  /** `GET /rest/videos/{urn}`. */
  readVideo(call: Call, urn: string): Answer;
  get(urn: string): Asset | undefined;
  status(asset: Asset): AssetStatus;
  clear(): void;
}

const videoSchema = z.strictObject({
  initializeUploadRequest: z.strictObject({
    owner: z.string(),
    fileSizeBytes: z.int().min(VIDEO_MIN).max(VIDEO_MAX),
    // How captions are sent the page does not say.
    uploadCaptions: z.literal(false),
    uploadThumbnail: z.boolean(),
  }),
});
const imageSchema = z.strictObject({ initializeUploadRequest: z.strictObject({ owner: z.string() }) });
const finishSchema = z.strictObject({
  finalizeUploadRequest: z.strictObject({ video: z.string(), uploadToken: z.string(), uploadedPartIds: z.array(z.string()) }),
});

export function createAssets({ world, accounts }: { world: World; accounts: Accounts }): Assets {
  const assets = new Map<string, Asset>();
  const now = () => world.clock.now().getTime();

  function add(kind: Asset['kind'], owner: Author, sizes: readonly (number | null)[]): { asset: Asset; urls: readonly string[] } {
    const id = `${kind === 'video' ? 'D5605AQ' : 'D5622AQ'}${randomText(15)}`;
    const parts = sizes.map((size) => ({ size, bytes: null, etag: '' }));
    const uploadToken = kind === 'video' ? randomText(40) : '';
    const asset: Asset = { urn: `urn:li:${kind}:${id}`, owner, kind, expiresAt: now() + ADDRESS_LIFE, uploadToken, thumbnail: null, parts, done: null };
    assets.set(asset.urn, asset);
    const urls = sizes.map((_size, part) => `${world.baseUrl}/www/dms-uploads/${id}/uploaded-${kind}/${part}?ca=vector_ads&app=1&sync=0&v=beta&ut=${randomText(12)}`);
    return { asset, urls };
  }

  /** Refuses who may not send to an asset, or has come too late. */
  function checkSender(call: Call, asset: Asset): void {
    // The address lets a part in. Whether a token is looked at the page does not say: one that comes has to be right.
    if (call.headers['authorization'] !== undefined && !accounts.bearer(call).some(({ urn }) => urn === asset.owner.urn)) {
      throw refuse({ status: 403, code: 'ACCESS_DENIED', serviceErrorCode: 100, message: 'The upload belongs to somebody else.' });
    }
    if (asset.expiresAt <= now()) throw refuse({ status: 412, code: 'PRECONDITION_FAILED', message: 'The upload URL has expired.' });
    if (mediaType(call) !== 'application/octet-stream') throw refuse({ status: 400, code: 'INVALID_VALUE', message: 'The content type is not application/octet-stream.' });
  }

  function complete(asset: Asset): void {
    const file = Buffer.concat(asset.parts.map(({ bytes }) => bytes ?? new Uint8Array()));
    const found = asset.kind === 'video' ? checkVideo(file) : checkImage(file);
    asset.done = { at: now(), sha256: sha256Of(file), found };
    for (const part of asset.parts) part.bytes = null;
  }

  function status({ kind, done }: Asset): AssetStatus {
    if (done === null) return 'WAITING_UPLOAD';
    const seconds = world.processingSeconds * (kind === 'image' ? IMAGE_SHARE : 1);
    if (now() < done.at + seconds * 1000) return 'PROCESSING';
    return done.found.kind === 'taken' ? 'AVAILABLE' : 'PROCESSING_FAILED';
  }

  return {
    startVideo(call) {
      const authors = accounts.writer(call);
      const { initializeUploadRequest: asked } = bodyOf(call, videoSchema);
      const owner = requireOwner(authors, asked.owner);
      const count = Math.ceil(asked.fileSizeBytes / PART_SIZE);
      const sizes = Array.from({ length: count }, (_, part) => Math.min(PART_SIZE, asked.fileSizeBytes - part * PART_SIZE));
      const { asset, urls } = add('video', owner, sizes);
      const uploadInstructions = urls.map((uploadUrl, part) => {
        const firstByte = part * PART_SIZE;
        return { uploadUrl, firstByte, lastByte: firstByte + (sizes[part] ?? 0) - 1 };
      });
      asset.thumbnail = asked.uploadThumbnail ? '' : null;
      const thumbnailUploadUrl = asked.uploadThumbnail ? `${world.baseUrl}/www/dms-uploads/${asset.urn.slice('urn:li:video:'.length)}/uploaded-thumbnail/0?ut=${randomText(12)}` : undefined;
      return json(200, { value: { video: asset.urn, uploadUrlsExpireAt: asset.expiresAt, uploadToken: asset.uploadToken, uploadInstructions, thumbnailUploadUrl } });
    },

    startImage(call) {
      const authors = accounts.writer(call);
      const owner = requireOwner(authors, bodyOf(call, imageSchema).initializeUploadRequest.owner);
      const { asset, urls } = add('image', owner, [null]);
      return json(200, { value: { image: asset.urn, uploadUrl: urls[0], uploadUrlExpiresAt: asset.expiresAt } });
    },

    putPart(call, id, number) {
      const asset = assets.get(`urn:li:video:${id}`) ?? assets.get(`urn:li:image:${id}`);
      const part = asset?.parts[number];
      if (asset === undefined || part === undefined) throw noUpload();
      checkSender(call, asset);
      if (asset.done !== null) throw refuse({ status: 400, code: 'INVALID_VALUE', message: 'The upload is complete already.' });
      if (call.body.byteLength === 0 || call.body.byteLength !== (part.size ?? call.body.byteLength)) {
        throw refuse({ status: 400, code: 'INVALID_VALUE', message: `The part has ${part.size} bytes, and ${call.body.byteLength} came.` });
      }
      part.bytes = Uint8Array.from(call.body);
      part.etag = `/ambry-${asset.kind}/signedId/${randomText(60)}.bin`;
      if (asset.kind === 'image') complete(asset);
      return { status: asset.kind === 'image' ? 201 : 200, headers: { etag: part.etag }, body: '' };
    },

    putThumbnail(call, id) {
      const asset = assets.get(`urn:li:video:${id}`);
      if (asset === undefined || asset.thumbnail === null) throw noUpload();
      checkSender(call, asset);
      const picture = readImage(call.body);
      if (picture === null || call.body.byteLength > THUMBNAIL_MAX) throw refuse({ status: 400, code: 'INVALID_VALUE', message: 'The thumbnail is no JPEG or PNG of at most 2 MB.' });
      asset.thumbnail = sha256Of(call.body);
      return { status: 201, headers: {}, body: '' };
    },

    finishVideo(call) {
      const authors = accounts.writer(call);
      const { finalizeUploadRequest: asked } = bodyOf(call, finishSchema);
      const asset = ownAsset(assets, asked.video, authors);
      if (asset.done !== null) throw refuse({ status: 400, code: 'INVALID_VALUE', message: 'The upload is finalized already.' });
      if (asset.uploadToken !== asked.uploadToken) throw refuse({ status: 400, code: 'INVALID_VALUE', message: 'The upload token is another.' });
      const etags = asset.parts.map(({ etag }) => etag);
      if (etags.includes('') || etags.join('\n') !== asked.uploadedPartIds.join('\n')) {
        throw refuse({ status: 400, code: 'INVALID_VALUE', message: 'uploadedPartIds are not those of all parts in their order.' });
      }
      if (asset.thumbnail === '') throw refuse({ status: 400, code: 'INVALID_VALUE', message: 'A thumbnail was announced and has not come.' });
      complete(asset);
      return { status: 200, headers: {}, body: '' };
    },

    readVideo(call, urn) {
      const asset = ownAsset(assets, urn, accounts.writer(call));
      const state = status(asset);
      const found = asset.done?.found;
      return json(200, {
        id: asset.urn,
        owner: asset.owner.urn,
        status: state,
        ...(state === 'PROCESSING_FAILED' && found?.kind === 'failed' && { processingFailureReason: found.reason }),
        ...(state === 'AVAILABLE' && found?.kind === 'taken' && { duration: Math.round((found.duration ?? 0) * 1000), aspectRatioWidth: found.width, aspectRatioHeight: found.height }),
      });
    },

    get: (urn) => assets.get(urn),
    status,
    clear: () => assets.clear(),
  };
}

function noUpload() {
  return refuse({ status: 404, code: 'NOT_FOUND', message: 'There is no such upload.' });
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The author that a call names; refused if its token is not theirs. */
export function requireOwner(authors: readonly Author[], named: string): Author {
  const author = authors.find(({ urn }) => urn === named);
  if (author !== undefined) return author;
  throw refuse({ status: 403, code: 'ACCESS_DENIED', serviceErrorCode: 100, message: `Not enough permissions to act for ${named}` });
}

function ownAsset(assets: ReadonlyMap<string, Asset>, urn: string, authors: readonly Author[]): Asset {
  const asset = assets.get(urn);
  if (asset === undefined || !authors.some((author) => author.urn === asset.owner.urn)) throw refuse({ status: 404, code: 'NOT_FOUND', message: `Could not find entity ${urn}` });
  return asset;
}
