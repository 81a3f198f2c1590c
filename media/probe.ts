import type { Probe } from '../core/ports/index.ts';
import { checkCaptions } from './captions.ts';
import { imageFacts } from './images/facts.ts';
import { matroskaFacts } from './matroska/facts.ts';
import { movieFacts } from './mp4/facts.ts';
import { HEAD_BYTES, recognise, type Recognised } from './signatures.ts';
import { Unreadable, windowed, type ReadRange, type Source } from './source.ts';

/**
 * Says what a file is by its bytes, of which it reads at most a megabyte: the beginning, and the headers of an MP4, QuickTime,
 * Matroska or WebM file or of an image wherever they are. `size` is in bytes. Nothing in the file makes it throw, loop, or
 * hold more than one window of 64 KiB; what `read` throws passes through.
 */
export async function probeFile(read: ReadRange, size: number): Promise<Probe> {
  if (size === 0) return { kind: 'other', contentType: null, reason: 'The file is empty.' };
  const source = windowed(read, size);
  const head = await source.at(0, Math.min(size, HEAD_BYTES));
  const found = recognise(new Uint8Array(head.buffer, head.byteOffset, head.byteLength));
  try {
    return await look(source, found);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { kind: 'other', contentType: error.contentType ?? found.contentType, reason: error.message };
  }
}

async function look(source: Source, found: Recognised): Promise<Probe> {
  switch (found.kind) {
    case 'movie':
      return { kind: 'video', contentType: found.contentType, facts: await movieFacts(source, found.container) };
    case 'matroska':
      return { kind: 'video', contentType: found.contentType, facts: await matroskaFacts(source, found.container) };
    case 'image':
      return { kind: 'image', contentType: found.contentType, facts: await imageFacts(source, found.format) };
    case 'captions':
      await checkCaptions(source, found.contentType);
      return { kind: 'captions', contentType: found.contentType };
    case 'video':
      return { kind: 'video', contentType: found.contentType, facts: null };
    case 'other':
      return { kind: 'other', contentType: found.contentType, reason: `The file is ${found.what}.` };
  }
}
