import { createHash } from 'node:crypto';
import { json, mediaType } from '../http.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import type { Accounts } from './accounts.ts';
import { parameters } from './call.ts';
import { blobCid } from './cid.ts';
import { invalidRequest, refuse } from './errors.ts';
import type { Limits } from './limits.ts';

/** A stored file. */
export interface StoredBlob {
  readonly cid: string;
  /** Of the first upload: it stays. */
  readonly mimeType: string;
  readonly size: number;
  /** Lower-case hex, of the bytes that were sent to the network. */
  readonly sha256: string;
  /** Milliseconds; when it goes if no record has named it by then. */
  droppedAt: number;
  inUse: boolean;
}

export interface Blobs {
  /** `com.atproto.repo.uploadBlob`. */
  upload(call: Call): Answer;
  store(did: string, bytes: Uint8Array, mimeType: string): StoredBlob;
  get(did: string, cid: string): StoredBlob | undefined;
  clear(): void;
}

/** Bytes. `blobUploadLimit` of the large servers; one that somebody runs at home takes 5 MiB if nothing is said. */
export const BLOB_MAX = 300_000_000;

/** Hours that a file waits for its record. How long is not published. */
const WAITING_HOURS = 6;

export function createBlobs(world: World, accounts: Accounts, limits: Limits): Blobs {
  const blobs = new Map<string, StoredBlob>();
  const now = () => world.clock.now().getTime();

  function get(did: string, cid: string): StoredBlob | undefined {
    const found = blobs.get(`${did} ${cid}`);
    return found !== undefined && (found.inUse || found.droppedAt > now()) ? found : undefined;
  }

  function store(did: string, bytes: Uint8Array, mimeType: string): StoredBlob {
    const cid = blobCid(bytes);
    const droppedAt = now() + WAITING_HOURS * 3_600_000;
    const known = get(did, cid);
    if (known !== undefined) {
      known.droppedAt = droppedAt;
      return known;
    }
    const blob = { cid, mimeType, size: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex'), droppedAt, inUse: false };
    blobs.set(`${did} ${cid}`, blob);
    return blob;
  }

  return {
    get,
    store,
    upload(call) {
      parameters(call, {});
      const { did } = accounts.authorise(call, 'com.atproto.repo.uploadBlob');
      const declared = mediaType(call);
      if (declared === '') throw invalidRequest('Request encoding (Content-Type) required but not provided');
      if (call.body.byteLength > BLOB_MAX) throw refuse(413, 'PayloadTooLarge', 'request entity too large');
      const headers = limits.spend(did, ['blobsPerDay']);
      // What the bytes are counts; what was said only where they do not tell. The answer has it as it was said now, though the
      // type of the first upload stays (measured): a record that believes the answer is refused.
      const mimeType = typeOf(call.body) ?? declared;
      return json(200, { blob: { ...reference(store(did, call.body, mimeType)), mimeType } }, headers);
    },
    clear: () => blobs.clear(),
  };
}

/** As records name it. */
export function reference({ cid, mimeType, size }: StoredBlob) {
  return { $type: 'blob', ref: { $link: cid }, mimeType, size };
}

/** The type of a file by its first bytes; null: they do not tell. */
function typeOf(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 16));
  const at = (start: number, text: string): boolean => head.toString('latin1', start, start + text.length) === text;
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'image/jpeg';
  if (at(0, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (at(0, 'GIF8')) return 'image/gif';
  if (at(0, 'RIFF') && at(8, 'WEBP')) return 'image/webp';
  if (at(4, 'ftyp')) return at(8, 'qt  ') ? 'video/quicktime' : 'video/mp4';
  return null;
}
