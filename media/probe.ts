import type { Probe } from '../core/ports/index.ts';
import { movieFacts } from './mp4/facts.ts';
import { Unreadable, windowed, type ReadRange } from './mp4/source.ts';
import { HEAD_BYTES, recognise } from './signatures.ts';

/**
 * Says what a file is by its bytes, of which it reads little: the beginning, and the headers of an MP4 or QuickTime file
 * wherever they are. `size` is in bytes. Nothing in the file makes it throw, loop, or hold more than a few windows of
 * 16 KiB; what `read` throws passes through.
 */
export async function probeFile(read: ReadRange, size: number): Promise<Probe> {
  if (size === 0) return { kind: 'other', contentType: null, reason: 'The file is empty.' };
  const source = windowed(read, size);
  const head = await source.at(0, Math.min(size, HEAD_BYTES));
  const found = recognise(new Uint8Array(head.buffer, head.byteOffset, head.byteLength));
  switch (found.kind) {
    case 'other':
      return { kind: 'other', contentType: found.contentType, reason: `The file is ${found.what}, not a video.` };
    case 'video':
      return { kind: 'video', contentType: found.contentType, facts: null };
    case 'movie':
      try {
        const facts = await movieFacts(source, found.container);
        return { kind: 'video', contentType: found.contentType, facts };
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        return { kind: 'other', contentType: error.contentType ?? found.contentType, reason: error.message };
      }
  }
}
