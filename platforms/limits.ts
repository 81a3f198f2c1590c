import type { Kind } from '../core/model.ts';
import type { Unit } from '../core/ports/index.ts';
import type { PhotoLimits, VideoLimits } from './media-rules.ts';

/** The limits of a network's rules as data: for `GET /api/networks` and `docs/networks.md`. A test holds them against the rules. */

/** How sure a number is: written in the network's own documents, used by other clients and vendors, or inferred. */
export const confidences = ['documented', 'seen', 'inferred'] as const;

/** Where numbers are from. */
export interface Source {
  /** What it is called, in the network's documents or elsewhere. */
  readonly page: string;
  /** Of the least sure one among them. */
  readonly confidence: (typeof confidences)[number];
}

export function documented(page: string): Source {
  return { page, confidence: 'documented' };
}

export function seen(page: string): Source {
  return { page, confidence: 'seen' };
}

export function inferred(page: string): Source {
  return { page, confidence: 'inferred' };
}

export interface Limit {
  readonly kind: Kind;
  /** With the network and the kind, the id of the rule: `<network>.<kind>.<check>`. */
  readonly check: string;
  /** The most or the least, as the name of the check says; or what may be. */
  readonly limit: number | readonly string[];
  /** What a number is counted in; null: a ratio, or no number. */
  readonly unit: Unit | null;
  /** Which uploads of this kind it is for, where not all: `upright videos`. */
  readonly only: string | null;
  readonly source: Source;
}

type Measure = readonly [limit: Limit['limit'], unit: Unit | null];

/** Limits by check, the same for each of these kinds: `{ text_max: [300, 'characters'] }`. */
export function limitsOf(kinds: readonly Kind[], source: Source, checks: Readonly<Record<string, Measure>>, only: string | null = null): readonly Limit[] {
  return kinds.flatMap((kind) => Object.entries(checks).map(([check, [limit, unit]]) => ({ kind, check, limit, unit, only, source })));
}

/** What `checkVideo` holds a video to. */
export function videoLimits(source: Source, limits: VideoLimits, only: string | null = null): readonly Limit[] {
  const measures: Readonly<Record<string, Measure | false>> = {
    size_max: limits.sizeMax !== undefined && [limits.sizeMax, 'bytes'],
    container: limits.containers !== undefined && [limits.containers, null],
    video_codec: limits.videoCodecs !== undefined && [limits.videoCodecs, null],
    audio_codec: limits.audioCodecs !== undefined && [limits.audioCodecs, null],
    duration_min: limits.durationMin !== undefined && [limits.durationMin, 'seconds'],
    duration_max: limits.durationMax !== undefined && [limits.durationMax, 'seconds'],
    fps_min: limits.frameRateMin !== undefined && [limits.frameRateMin, 'frames_per_second'],
    fps_max: limits.frameRateMax !== undefined && [limits.frameRateMax, 'frames_per_second'],
    width_min: limits.widthMin !== undefined && [limits.widthMin, 'pixels'],
    width_max: limits.widthMax !== undefined && [limits.widthMax, 'pixels'],
    height_min: limits.heightMin !== undefined && [limits.heightMin, 'pixels'],
    height_max: limits.heightMax !== undefined && [limits.heightMax, 'pixels'],
    aspect_min: limits.aspectMin !== undefined && [limits.aspectMin, null],
    aspect_max: limits.aspectMax !== undefined && [limits.aspectMax, null],
    bitrate_max: limits.bitRateMax !== undefined && [limits.bitRateMax, 'bits_per_second'],
  };
  return given('video', source, measures, only);
}

/** What `checkPhotos` holds photos to. */
export function photoLimits(source: Source, limits: PhotoLimits): readonly Limit[] {
  const measures: Readonly<Record<string, Measure | false>> = {
    count_max: [limits.countMax, 'items'],
    size_max: limits.sizeMax !== undefined && [limits.sizeMax, 'bytes'],
    format: limits.formats !== undefined && [limits.formats, null],
    aspect_min: limits.aspectMin !== undefined && [limits.aspectMin, null],
    aspect_max: limits.aspectMax !== undefined && [limits.aspectMax, null],
  };
  const { animationSizeMax } = limits;
  const animations = animationSizeMax === undefined ? [] : limitsOf(['photos'], source, { size_max: [animationSizeMax, 'bytes'] }, ANIMATIONS);
  return [...given('photos', source, measures, null), ...animations];
}

/** Whose limits those for animated GIFs are. */
export const ANIMATIONS = 'animated GIFs';

function given(kind: Kind, source: Source, measures: Readonly<Record<string, Measure | false>>, only: string | null): readonly Limit[] {
  return limitsOf([kind], source, Object.fromEntries(Object.entries(measures).flatMap(([check, measure]) => (measure === false ? [] : [[check, measure] as const]))), only);
}
