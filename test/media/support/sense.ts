import { expect } from 'vitest';
import type { VideoFacts } from '../../../core/model.ts';
import type { Probe } from '../../../core/ports/index.ts';
import { probeBytes } from '../files.ts';

const MOST_BYTES = 1_000_000;
const MOST_READS = 1_000;

const areSides = ({ width, height }: { width: number; height: number }): boolean => [width, height].every((side) => Number.isInteger(side) && side > 0);
const isPlayed = ({ duration, frameRate }: VideoFacts): boolean => duration > 0 && duration <= 1e9 && (frameRate === null || (frameRate > 0 && Number.isFinite(frameRate)));

/** Holds for any file: an answer that makes sense, after a bounded number of reads. */
export async function expectSense(bytes: Uint8Array): Promise<Probe> {
  const { probe, reads, bytesRead } = await probeBytes(bytes);
  const sense =
    reads <= MOST_READS &&
    bytesRead <= MOST_BYTES &&
    (probe.kind === 'captions' || (probe.kind === 'other' ? /^[\x20-\x7e]+\.$/u.test(probe.reason) : probe.facts === null || (areSides(probe.facts) && (probe.kind === 'image' || isPlayed(probe.facts)))));
  // One expectation for all: there are hundreds of thousands of files here.
  if (!sense) expect({ probe, reads, bytesRead }).toBe('what makes sense');
  return probe;
}
