const MiB = 1024 * 1024;

/**
 * Bytes that a chunk has at least, if there are several. TikTok says 5 MB, and not of which kind: in mebibytes it is enough in
 * both readings, and 4 GB have fewer than 1,000 chunks.
 */
const CHUNK_MIN = 5 * MiB;

/** How a file is divided: all chunks but the last have `size` bytes, the last one has what remains, less than `count` bytes more. */
export interface Chunks {
  readonly size: number;
  /** Always the file's bytes divided by `size`, rounded down, as TikTok computes it too. */
  readonly count: number;
}

/**
 * As many chunks as there may be: the last one is the visible call and has a short time-out, so it should be small. It has less
 * than 10 MiB.
 */
export function chunksOf(total: number): Chunks {
  const count = Math.max(1, Math.floor(total / CHUNK_MIN));
  return { size: Math.floor(total / count), count };
}

/** Bytes of the chunk that begins at `start`; null: none begins there. */
export function chunkLength(total: number, start: number): number | null {
  const { size, count } = chunksOf(total);
  const index = start / size;
  if (!Number.isInteger(index) || index >= count) return null;
  return index === count - 1 ? total - start : size;
}
