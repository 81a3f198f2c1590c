import { expect } from 'vitest';
import type { ImageFacts, Kind, VideoFacts } from '../../../core/model.ts';
import type { PreflightSubject } from '../../../core/ports/index.ts';
import type { Platform } from '../../../platforms/platform.ts';

/** A photo as it was found, but for these changes. */
export interface Photo {
  readonly size?: number;
  readonly contentType?: string;
  readonly image?: Partial<ImageFacts> | null;
}

const IMAGE: ImageFacts = { format: 'jpeg', width: 1080, height: 1350, animated: false };

const FACTS: VideoFacts = { container: 'mp4', duration: 10, width: 540, height: 960, videoCodec: 'h264', audioCodec: 'aac', frameRate: 30 };

export interface Changes extends Omit<Partial<PreflightSubject>, 'facts' | 'files'> {
  readonly facts?: Partial<VideoFacts> | null;
  readonly size?: number;
  readonly contentType?: string;
  /** Of an upload of photos; two if left out. */
  readonly photos?: readonly Photo[];
}

/** A video, two photos or a text that every network takes, but for these changes. */
export function subjectOf({ facts, size = 7_000_000, contentType = 'video/mp4', photos = [{}, {}], ...changes }: Changes = {}): PreflightSubject {
  const { kind = 'video' } = changes;
  const files = { video: [{ size, contentType, image: null }], photos: photos.map(photoOf), text: [] };
  return {
    kind,
    title: 'A title',
    description: 'What it is about',
    options: undefined,
    files: files[kind],
    attachments: [],
    facts: kind !== 'video' || facts === null ? null : { ...FACTS, ...facts },
    limits: {},
    ...changes,
  };
}

function photoOf({ size = 500_000, contentType = 'image/jpeg', image }: Photo): PreflightSubject['files'][number] {
  return { size, contentType, image: image === null ? null : { ...IMAGE, ...image } };
}

/** The ids of the rules that a subject breaks. */
export function broken(platform: Platform, changes: Changes): readonly string[] {
  return platform.violations(subjectOf(changes)).map(({ code }) => code);
}

/** One rule at its edge. `over` breaks it and nothing else, `at` breaks nothing. */
export interface Edge {
  /** Of all the subjects; a video if left out. */
  readonly kind?: Kind;
  readonly rule: string;
  readonly field: string;
  readonly at: readonly Changes[];
  readonly over: readonly Changes[];
  readonly value: number | string | null;
  readonly limit: number | string | null;
}

export function expectEdge(platform: Platform, { kind = 'video', rule, field, at, over, value, limit }: Edge): void {
  const code = `${platform.network}.${kind}.${rule}`;
  for (const changes of at) expect(broken(platform, { kind, ...changes }), JSON.stringify(changes).slice(0, 200)).toEqual([]);
  for (const changes of over) {
    const [first, ...others] = platform.violations(subjectOf({ kind, ...changes }));
    expect(first, JSON.stringify(changes).slice(0, 200)).toMatchObject({ code, field, value, limit });
    // Says what is wrong with the number itself, and what to do.
    if (value !== null) expect(first?.message).toContain(String(value));
    if (typeof limit === 'number') expect(first?.message).toContain(String(limit));
    expect(first?.message).toMatch(/[.!]$/u);
    expect(first?.remedy).toMatch(/^[A-Z].*\.$/u);
    expect(first?.message.toLowerCase()).toContain(first?.remedy.toLowerCase());
    if (typeof limit === 'number' && !rule.startsWith('aspect')) expect(first?.unit).not.toBeNull();
    expect(others).toEqual([]);
  }
}
