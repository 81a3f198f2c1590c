import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { systemClock, type Clock } from '../core/clock.ts';
import { limits } from '../core/limits.ts';
import type { Part } from '../core/model.ts';
import { MediaGone, type MediaStore } from '../core/ports/index.ts';
import { checkEnds, checkExpiry, checkRange, checkSum, LONGEST_EXPIRY } from './checks.ts';
import { digest } from './digest.ts';
import { probeFile } from './probe.ts';

/** The media port in memory, and what the world outside does with it. */
export interface MemoryMedia extends MediaStore {
  /** Answers for the URLs that were signed here, as S3 does: parts by PUT, objects by GET, with ranges. */
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** Puts a whole object there, without any upload. */
  put(objectKey: string, bytes: Uint8Array, contentType: string): void;
  /** Whether lifecycle may remove an object. */
  isReleased(objectKey: string): boolean;
  /** Removes an object, as a lifecycle rule does. */
  remove(objectKey: string): void;
}

interface StoredPart extends Part {
  readonly bytes: Uint8Array;
}

interface Multipart {
  readonly objectKey: string;
  readonly contentType: string;
  readonly parts: Map<number, StoredPart>;
}

/** What a signed URL allows. */
type Grant = { readonly expires: number; readonly objectKey: string } & (
  | { readonly method: 'GET' }
  | { readonly method: 'PUT'; readonly multipartId: string; readonly partNumber: number; readonly contentLength: number }
);

/**
 * A media store that lives and dies with the process, for tests and simulations. It keeps S3's rules: objects are invisible
 * until completed, ETags are those of S3, parts but the last have at least 5 MiB, URLs hold for one method, one size and
 * until they expire by the given clock.
 */
export function memoryMedia({ clock = systemClock }: { clock?: Clock } = {}): MemoryMedia {
  const uploads = new Map<string, Multipart>();
  const released = new Set<string>();
  const objects = new Map<string, { bytes: Uint8Array; contentType: string }>();
  const grants = new Map<string, Grant>();
  let opened = 0;

  const upload = (objectKey: string, multipartId: string): Multipart | undefined => {
    const found = uploads.get(multipartId);
    return found?.objectKey === objectKey ? found : undefined;
  };

  const existing = (objectKey: string): { bytes: Uint8Array; contentType: string } => {
    const found = objects.get(objectKey);
    if (found === undefined) throw new MediaGone(`There is no object ${objectKey}`);
    return found;
  };

  function readRange({ objectKey, start, end }: { objectKey: string; start: number; end: number }): Promise<Uint8Array> {
    checkRange(start, end);
    return Promise.resolve(copy(existing(objectKey).bytes.subarray(start, end + 1)));
  }

  function storePart(into: Multipart, partNumber: number, bytes: Uint8Array): Part {
    const part = { partNumber, eTag: `"${createHash('md5').update(bytes).digest('hex')}"`, size: bytes.byteLength };
    into.parts.set(partNumber, { ...part, bytes: copy(bytes) });
    return part;
  }

  function grant(query: string, allowed: Grant): string {
    const url = `https://memory.invalid/${allowed.objectKey}?${query}&grant=${grants.size + 1}`;
    grants.set(url, allowed);
    return url;
  }

  const expiry = (expiresIn: number): number => clock.now().getTime() + expiresIn * 1000;

  return {
    async openMultipart({ objectKey, contentType }) {
      const multipartId = `multipart-${(opened += 1)}`;
      uploads.set(multipartId, { objectKey, contentType, parts: new Map() });
      return { multipartId };
    },

    async signParts({ objectKey, multipartId, parts, expiresIn }) {
      checkExpiry(expiresIn, limits.partUrlLife);
      return parts.map(({ partNumber, contentLength }) => {
        const query = `partNumber=${partNumber}&uploadId=${multipartId}`;
        const allowed = { method: 'PUT', objectKey, multipartId, partNumber, contentLength, expires: expiry(expiresIn) } as const;
        return { partNumber, url: grant(query, allowed) };
      });
    },

    async putPart({ objectKey, multipartId, partNumber, bytes }) {
      const into = upload(objectKey, multipartId);
      if (into === undefined) throw new MediaGone(`There is no multipart upload for ${objectKey}`);
      return storePart(into, partNumber, bytes);
    },

    async listParts({ objectKey, multipartId }) {
      const found = upload(objectKey, multipartId);
      if (found === undefined) return null;
      const parts = [...found.parts.values()].map(({ partNumber, eTag, size }) => ({ partNumber, eTag, size }));
      return parts.toSorted((one, other) => one.partNumber - other.partNumber);
    },

    async completeMultipart({ objectKey, multipartId, parts, size }) {
      checkSum(parts, size);
      const found = upload(objectKey, multipartId);
      const object = objects.get(objectKey);
      if (found === undefined) {
        if (object === undefined) return 'pending';
        if (object.bytes.byteLength === size) return 'done';
        throw new Error(`${objectKey} has ${object.bytes.byteLength} bytes in place of ${size}`);
      }
      const refused = refusal(found, parts);
      if (refused !== null) return { refused };
      const bytes = Buffer.concat(parts.map(({ partNumber }) => found.parts.get(partNumber)?.bytes ?? new Uint8Array(0)));
      objects.set(objectKey, { bytes, contentType: found.contentType });
      uploads.delete(multipartId);
      return 'done';
    },

    async abortMultipart({ objectKey, multipartId }) {
      if (upload(objectKey, multipartId) !== undefined) uploads.delete(multipartId);
    },

    async head(objectKey) {
      const found = objects.get(objectKey);
      return found === undefined ? null : { size: found.bytes.byteLength, contentType: found.contentType };
    },

    async readRange(request) {
      return readRange(request);
    },

    async openRange({ objectKey, start, end }) {
      checkEnds(start, end);
      const bytes = copy(existing(objectKey).bytes.subarray(start, end + 1));
      if (bytes.byteLength !== end - start + 1) throw new Error(`${objectKey} has ${bytes.byteLength} of the ${end - start + 1} bytes from ${start}.`);
      return Readable.from(inPieces(bytes));
    },

    async probe(objectKey) {
      return probeFile((start, end) => readRange({ objectKey, start, end }), existing(objectKey).bytes.byteLength);
    },

    async sha256(objectKey) {
      return digest((start, end) => readRange({ objectKey, start, end }), existing(objectKey).bytes.byteLength);
    },

    async release(objectKey) {
      if (objects.has(objectKey)) released.add(objectKey);
    },

    async signGet({ objectKey, expiresIn }) {
      checkExpiry(expiresIn, LONGEST_EXPIRY);
      return grant(`expires=${expiresIn}`, { method: 'GET', objectKey, expires: expiry(expiresIn) });
    },

    async fetch(url, init) {
      const request = new Request(url, init);
      const allowed = grants.get(url);
      if (allowed === undefined || allowed.method !== request.method) return refuse(403, 'SignatureDoesNotMatch');
      if (clock.now().getTime() >= allowed.expires) return refuse(403, 'AccessDenied');
      if (allowed.method === 'GET') {
        const found = objects.get(allowed.objectKey);
        return found === undefined ? refuse(404, 'NoSuchKey') : answer(found, request.headers.get('range'));
      }
      const bytes = new Uint8Array(await request.arrayBuffer());
      if (bytes.byteLength !== allowed.contentLength) return refuse(403, 'SignatureDoesNotMatch');
      const into = upload(allowed.objectKey, allowed.multipartId);
      if (into === undefined) return refuse(404, 'NoSuchUpload');
      return new Response(null, { headers: { etag: storePart(into, allowed.partNumber, bytes).eTag } });
    },

    put(objectKey, bytes, contentType) {
      objects.set(objectKey, { bytes: copy(bytes), contentType });
    },

    isReleased: (objectKey) => released.has(objectKey),

    remove(objectKey) {
      objects.delete(objectKey);
    },
  };
}

/** `slice` of a Buffer, unlike that of other arrays, shares its memory. */
/** As it would come over a connection. */
function* inPieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

const PIECE = 64 * 1024;

function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** Why S3 would not complete an upload with these parts; null: it would. */
function refusal(upload: Multipart, parts: readonly Part[]): string | null {
  if (parts.length === 0) return 'there are no parts';
  for (const [index, { partNumber, eTag }] of parts.entries()) {
    const stored = upload.parts.get(partNumber);
    if (stored === undefined || stored.eTag.replaceAll('"', '') !== eTag.replaceAll('"', '')) {
      return `InvalidPart: part ${partNumber} is not there, or its ETag is another one`;
    }
    if (partNumber <= (parts[index - 1]?.partNumber ?? 0)) return `InvalidPartOrder: part ${partNumber} comes too late`;
    if (index < parts.length - 1 && stored.size < limits.partSizeMin) return `EntityTooSmall: part ${partNumber} has ${stored.size} bytes`;
  }
  return null;
}

function answer({ bytes, contentType }: { bytes: Uint8Array; contentType: string }, range: string | null): Response {
  const headers = { 'content-type': contentType, 'accept-ranges': 'bytes' };
  const [, first, last] = /^bytes=(\d+)-(\d*)$/u.exec(range ?? '') ?? [];
  if (first === undefined) return new Response(copy(bytes), { headers });
  const start = Number(first);
  const end = Math.min(last === undefined || last === '' ? Number.POSITIVE_INFINITY : Number(last), bytes.byteLength - 1);
  if (start > end) return refuse(416, 'InvalidRange');
  return new Response(copy(bytes.subarray(start, end + 1)), {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end}/${bytes.byteLength}` },
  });
}

function refuse(status: number, code: string): Response {
  return new Response(`<Error><Code>${code}</Code></Error>`, { status, headers: { 'content-type': 'application/xml' } });
}
