import { ANIMATIONS, type Limit } from '../../../platforms/limits.ts';
import type { Platform } from '../../../platforms/platform.ts';
import { aspectsAround, boundsOf, fits, SIDES, type Bounds, type Sort } from './bounds.ts';
import { audioCodecs, CONTAINERS, imageFormats, videoCodecs, type Clip, type Picture } from './real-files.ts';

/**
 * Files at, within and beyond each limit of a network, worked out from its limits alone: each file is as small as all the other
 * limits let it be.
 */
export interface Edge {
  readonly kind: 'video' | 'photos';
  readonly limit: Limit;
  /** Break nothing. */
  readonly good: readonly Files[];
  /** Break this rule and nothing else. */
  readonly bad: readonly Files[];
}

export type Files = { readonly clip: Clip } | { readonly picture: Picture; readonly count: number };

/** Limits on the files of an upload; others are on what is said of it, and on covers and captions. */
const ON_FILES = /^(?:(?:size|duration|fps|width|height|aspect|bitrate|long_side|short_side|pixels|gif_width|gif_height|count)_(?:min|max)|container|video_codec|audio_codec|format)$/u;

export function edgesOf({ limits }: Platform): readonly Edge[] {
  return limits.filter(({ kind, check }) => kind !== 'text' && ON_FILES.test(check)).map((limit) => {
    if (limit.kind === 'video') return { kind: 'video', limit, ...clipsAt(limit, limits) };
    return { kind: 'photos', limit, ...picturesAt(limit, limits) };
  });
}

// Clips

interface Edged<File> {
  readonly good: readonly File[];
  readonly bad: readonly File[];
}

function clipsAt(limit: Limit, limits: readonly Limit[]): Edged<Files> {
  const sorts: readonly Sort[] = limit.only === 'upright videos' || limit.only === 'other videos' ? [limit.only, 'MP4 and MOV'] : ['MP4 and MOV'];
  const bounds = boundsOf(limits, 'video', sorts, limit.check);
  const { good, bad } = typeof limit.limit === 'number' ? measuredClips(limit.check, limit.limit, bounds, sorts) : listedClips(limit, limit.limit, limits, sorts);
  return { good: good.map((clip) => ({ clip })), bad: bad.map((clip) => ({ clip })) };
}

function measuredClips(check: string, edge: number, bounds: Bounds, sorts: readonly Sort[]): Edged<Clip> {
  const clip = usualClip(bounds, sorts);
  const [what, side] = [check.replace(/_(?:min|max)$/u, ''), check.slice(-3)];
  /** Values around the edge by a step: those inside it, and the one outside. */
  const around = (step: number): { readonly inside: readonly number[]; readonly outside: number } =>
    side === 'min' ? { inside: [edge, edge + step], outside: edge - step } : { inside: [edge - step, edge], outside: edge + step };
  const edged = (step: number, make: (value: number) => Clip): Edged<Clip> => {
    const { inside, outside } = around(step);
    return { good: inside.map(make), bad: [make(outside)] };
  };

  switch (what) {
    case 'size':
      return edged(1, (size) => ({ ...lasting(clip, bounds, Math.max(secondsOf(clip), Math.ceil((size * 8) / bounds.most('bitrate')))), size }));
    case 'bitrate': {
      const played = lasting(clip, bounds, Math.max(4, bounds.least('duration')));
      // A byte more or less.
      return edged(1, (bits) => ({ ...played, size: Math.round((edge / 8) * secondsOf(played)) + bits - edge }));
    }
    case 'duration': {
      const rate = rateFor(edge, bounds);
      const frames = Math.round((edge * rate[0]) / rate[1]);
      const step = side === 'min' ? -1 : 1;
      const make = (more: number): Clip => ({ ...clip, rate, frames: frames + more });
      return { good: [make(0), make(-step)], bad: [make(step)] };
    }
    case 'fps': {
      const { inside, outside } = around(0.05);
      const make = (fps: number): Clip => ({ ...clip, rate: [Math.round(fps * 20), 20], frames: Math.ceil(fps * Math.max(bounds.least('duration'), 0.5)) + 1 });
      return { good: inside.map(make), bad: [make(outside)] };
    }
    case 'aspect': {
      const [at, within, beyond] = aspectsAround(edge, side === 'min', (width, height) => fits(bounds, sorts, width, height), 2);
      const make = ([width, height]: readonly [number, number]): Clip => ({ ...clip, width, height });
      return { good: [at, within].map(make), bad: [make(beyond)] };
    }
    default: {
      const measure = SIDES[what];
      if (measure === undefined) throw new Error(`Nobody has said what files are at the edge of ${check}.`);
      return edged(2, (value) => ({ ...clip, ...sized(bounds, sorts, (width, height) => measure(width, height) === value) }));
    }
  }
}

/** Every value that the tests can make, in a file that is otherwise right. */
function listedClips({ check, only }: Limit, list: readonly string[], limits: readonly Limit[], sorts: readonly Sort[]): Edged<Clip> {
  const bounds = (container: string): Bounds => boundsOf(limits, 'video', isMp4OrMov(container) ? sorts : sorts.filter((sort) => sort !== 'MP4 and MOV'), check);
  const usual = usualClip(bounds('mp4'), sorts);
  const holds = (name: string): boolean => CONTAINERS[name]?.lookedInto === true && (only !== 'MP4 and MOV' || isMp4OrMov(name)) && bounds(name).among('container', [name]).length > 0;
  const clips = valuesOf(check).flatMap((value): readonly { readonly value: string; readonly clip: Clip }[] => {
    if (check === 'container') {
      // An upright video is known as one only where it can be looked into.
      if (sorts.includes('upright videos') && CONTAINERS[value]?.lookedInto !== true) return [];
      const [videoCodec] = CONTAINERS[value]?.lookedInto === true ? bounds(value).among('video_codec', codecsIn(value)) : codecsIn(value);
      return videoCodec === undefined ? [] : [{ value, clip: { ...usual, container: value, videoCodec } }];
    }
    if (check === 'audio_codec') return [{ value, clip: { ...usual, audioCodec: value } }];
    const container = Object.keys(CONTAINERS).find((name) => codecsIn(name).includes(value) && holds(name));
    return container === undefined ? [] : [{ value, clip: { ...usual, container, videoCodec: value } }];
  });
  return { good: clips.filter(({ value }) => list.includes(value)).map(({ clip }) => clip), bad: clips.filter(({ value }) => !list.includes(value)).map(({ clip }) => clip) };
}

function valuesOf(check: string): readonly string[] {
  const values: Readonly<Record<string, readonly string[]>> = { container: Object.keys(CONTAINERS), video_codec: videoCodecs, audio_codec: audioCodecs };
  const those = values[check];
  if (those === undefined) throw new Error(`Nobody has said what files are of which ${check}.`);
  return those;
}

function isMp4OrMov(container: string): boolean {
  return container === 'mp4' || container === 'mov';
}

function codecsIn(container: string): readonly string[] {
  return CONTAINERS[container]?.codecs ?? [];
}

/** The smallest clip that no limit is against. */
function usualClip(bounds: Bounds, sorts: readonly Sort[]): Clip {
  const clip: Clip = {
    container: bounds.among('container', Object.keys(CONTAINERS))[0] ?? 'mp4',
    videoCodec: 'h264',
    audioCodec: null,
    ...sized(bounds, sorts, () => true),
    frames: 1,
    rate: [1, 1],
    size: bounds.least('size'),
  };
  return lasting(clip, bounds, Math.max(bounds.least('duration'), 1));
}

function secondsOf({ frames, rate }: Clip): number {
  return (frames * rate[1]) / rate[0];
}

/** Of at least so many seconds. */
function lasting(clip: Clip, bounds: Bounds, seconds: number): Clip {
  const fps = Math.ceil(Math.max(bounds.least('fps'), 1));
  return { ...clip, rate: [fps, 1], frames: Math.ceil(seconds * fps) };
}

/** A frame rate of which a whole number of frames, and one less, makes these seconds: as slow as can be. */
function rateFor(seconds: number, bounds: Bounds): Clip['rate'] {
  const least = bounds.least('fps');
  if (least === 0 && seconds >= 600) return [1, 60];
  for (let fps = Math.ceil(Math.max(least, 1)); fps <= 60; fps += 1) {
    const frames = Math.round(seconds * fps * 1e6) / 1e6;
    if (Number.isInteger(frames) && frames > 1) return [fps, 1];
  }
  throw new Error(`No frame rate has a frame that ends after ${seconds} s.`);
}

/** The smallest sides, of even numbers, with which all is well. */
function sized(bounds: Bounds, sorts: readonly Sort[], right: (width: number, height: number) => boolean): { readonly width: number; readonly height: number } {
  for (let sum = 32; sum <= 16_000; sum += 2) {
    // About square first: encoders like neither stripes nor threads.
    for (const width of fromTheMiddle(sum)) if (right(width, sum - width) && fits(bounds, sorts, width, sum - width)) return { width, height: sum - width };
  }
  throw new Error('No sides are right.');
}

function* fromTheMiddle(sum: number): Generator<number> {
  const middle = 2 * Math.floor(sum / 4);
  for (let off = 0; off <= middle - 16; off += 2) {
    yield middle - off;
    if (sum - middle - off >= 16) yield middle + off;
  }
}

// Pictures

function picturesAt(limit: Limit, limits: readonly Limit[]): Edged<Files> {
  const sorts: readonly Sort[] = limit.only === ANIMATIONS ? [ANIMATIONS] : [];
  const bounds = boundsOf(limits, 'photos', sorts, limit.check);
  const animated = limit.only === ANIMATIONS;
  const picture: Picture = { format: animated ? 'gif' : (bounds.among('format', imageFormats)[0] ?? 'jpeg'), animated, width: 400, height: 400, size: 0 };
  if (typeof limit.limit !== 'number') {
    const { limit: list } = limit;
    // Where animated ones have limits of their own, a still GIF has those of all.
    const of = (format: string): Files => ({ picture: { ...picture, format }, count: 1 });
    return { good: imageFormats.filter((format) => list.includes(format)).map(of), bad: imageFormats.filter((format) => !list.includes(format)).map(of) };
  }
  const edge = limit.limit;
  if (limit.check === 'count_max') return { good: [1, edge - 1, edge].map((count) => ({ picture, count })), bad: [{ picture, count: edge + 1 }] };
  const make = (change: Partial<Picture>): Files => ({ picture: { ...picture, ...change }, count: 1 });
  if (limit.check === 'size_max') return { good: [make({ size: edge - 1 }), make({ size: edge })], bad: [make({ size: edge + 1 })] };
  if (limit.check.startsWith('aspect_')) {
    const [at, within, beyond] = aspectsAround(edge, limit.check === 'aspect_min', (width, height) => fits(bounds, [], width, height), 1);
    const sides = ([width, height]: readonly [number, number]): Files => make({ width, height });
    return { good: [at, within].map(sides), bad: [sides(beyond)] };
  }
  const measure = PHOTO_SIDES[limit.check.replace(/_max$/u, '')];
  if (measure === undefined) throw new Error(`Nobody has said what pictures are at the edge of ${limit.check}.`);
  /** Of the nearest value that the sides of a picture have: not every number of pixels makes a rectangle. */
  const from = (value: number, step: number): Files => {
    const sides = photoSides(bounds, value, (width, height) => measure(width, height) === value);
    return sides === null ? from(value + step, step) : make(sides);
  };
  return { good: [from(edge - 1, -1), from(edge, -1)], bad: [from(edge + 1, 1)] };
}

const PHOTO_SIDES: typeof SIDES = { ...SIDES, gif_width: (width) => width, gif_height: (_, height) => height, pixels: (width, height) => width * height };

/** Sides of a picture with which all is well; `value` is one of them, or the product of both. Null: there are none. */
function photoSides(bounds: Bounds, value: number, right: (width: number, height: number) => boolean): Pick<Picture, 'width' | 'height'> | null {
  const others = Array.from({ length: LONGEST_SIDE - 16 }, (_, n) => n + 16);
  const candidates = others.flatMap((other) => [[value, other] as const, [other, value] as const, [value / other, other] as const]);
  const found = candidates.find(([width, height]) => Number.isInteger(width) && width <= LONGEST_SIDE && height <= LONGEST_SIDE && right(width, height) && fits(bounds, [], width, height));
  return found === undefined ? null : { width: found[0], height: found[1] };
}

const LONGEST_SIDE = 10_000;
