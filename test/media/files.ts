import { readFile } from 'node:fs/promises';
import type { Probe } from '../../core/ports/index.ts';
import { probeFile } from '../../media/probe.ts';

export const clip = (name: string): Promise<Buffer> => readFile(`test/media/clips/${name}`);

/** Probes bytes as if they lay in storage, and counts what was read. */
export async function probeBytes(bytes: Uint8Array): Promise<{ probe: Probe; reads: number; bytesRead: number }> {
  return probeSparse(bytes.length, new Map([[0, bytes]]));
}

/** The same with a file that is zero but for some pieces: of any size, without holding it. */
export async function probeSparse(size: number, pieces: ReadonlyMap<number, Uint8Array>): Promise<{ probe: Probe; reads: number; bytesRead: number }> {
  let reads = 0;
  let bytesRead = 0;
  const probe = await probeFile(async (start, end) => {
    reads += 1;
    const found = new Uint8Array(Math.max(0, Math.min(end + 1, size) - start));
    bytesRead += found.length;
    for (const [at, piece] of pieces) {
      const from = Math.max(at, start);
      const to = Math.min(at + piece.length, start + found.length);
      if (from < to) found.set(piece.subarray(from - at, to - at), from - start);
    }
    return found;
  }, size);
  return { probe, reads, bytesRead };
}

/** A box of the MP4 family: size, type, content. */
export function box(type: string, ...content: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(content);
  return Buffer.concat([uint32(body.length + 8), Buffer.from(type, 'latin1'), body]);
}

export function uint32(...values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value);
  return new Uint8Array(view.buffer);
}

export function uint64(value: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value);
  return new Uint8Array(view.buffer);
}

/** The boxes of a file by type, with their headers; of several of a type the first. */
export function topLevel(bytes: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (!found.has(type)) found.set(type, bytes.subarray(at, at + size));
    at += size;
  }
  return found;
}

const CONTAINERS: ReadonlySet<string> = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'mvex', 'moof', 'traf']);

/** Rebuilds boxes with others in front of some of them: `before` gives these by the type and the name of the parent. */
export function insertBoxes(bytes: Buffer, before: (type: string, parent: string) => readonly Uint8Array[]): Buffer {
  const rebuild = (content: Buffer, parent: string): Buffer => {
    const found: Uint8Array[] = [];
    for (let at = 0; at < content.length; at += content.readUInt32BE(at)) {
      const type = content.toString('latin1', at + 4, at + 8);
      const whole = content.subarray(at, at + content.readUInt32BE(at));
      found.push(...before(type, parent), CONTAINERS.has(type) ? box(type, rebuild(whole.subarray(8), type)) : whole);
    }
    return Buffer.concat(found);
  };
  return rebuild(bytes, '');
}

/** The bytes with others put in at an offset. */
export function insertPart(bytes: Buffer, at: number, part: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
}

/** An element of EBML: its id as in the registry, a size of eight bytes, content. */
export function element(id: number, ...content: readonly Uint8Array[]): Uint8Array {
  return elementOfSize(id, null, ...content);
}

/** The same with any size that it shall claim. */
export function elementOfSize(id: number, claimed: bigint | null, ...content: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(content);
  const hex = id.toString(16);
  const size = claimed ?? BigInt(body.length);
  return Buffer.concat([Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'), uint64((1n << 56n) | size), body]);
}

/** The size of an element that does not know its own. */
export const UNKNOWN_SIZE = 2n ** 56n - 1n;
