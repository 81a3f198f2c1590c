import { ANIMATIONS, type Limit } from '../../../platforms/limits.ts';

/** What the limits of a kind say that a file may be; a check that is left out is not limited. */
export interface Bounds {
  least(check: string): number;
  most(check: string): number;
  among(check: string, values: readonly string[]): readonly string[];
}

/** Which of the limits hold for a file, beside those for all. A file that is upright is less than 0.6 times as wide as it is high. */
export type Sort = 'upright videos' | 'other videos' | 'MP4 and MOV' | typeof ANIMATIONS;

export function boundsOf(limits: readonly Limit[], kind: Limit['kind'], sorts: readonly Sort[], without: string): Bounds {
  const those = limits.filter((limit) => limit.kind === kind && limit.check !== without && (limit.only === null || sorts.some((sort) => sort === limit.only)));
  const numbers = (check: string): readonly number[] => those.flatMap((limit) => (limit.check === check && typeof limit.limit === 'number' ? [limit.limit] : []));
  return {
    least: (check) => Math.max(0, ...numbers(`${check}_min`)),
    // What a sort of files may have wins over what all may.
    most: (check) => numbers(`${check}_max`).at(-1) ?? Infinity,
    among: (check, values) => {
      const lists = those.flatMap((limit) => (limit.check === check && typeof limit.limit !== 'number' ? [limit.limit] : []));
      return values.filter((value) => lists.every((list) => list.includes(value)));
    },
  };
}

/** By the names of the checks. */
export const SIDES: Readonly<Record<string, (width: number, height: number) => number>> = {
  width: (width) => width,
  height: (_, height) => height,
  long_side: Math.max,
  short_side: Math.min,
};

/** Whether no limit is against these sides. */
export function fits(bounds: Bounds, sorts: readonly Sort[], width: number, height: number): boolean {
  const aspect = width / height;
  if (sorts.includes('upright videos') && aspect > 0.6) return false;
  if (sorts.includes('other videos') && aspect < 1) return false;
  const within = (check: string, value: number): boolean => value >= bounds.least(check) && value <= bounds.most(check);
  return within('aspect', aspect) && Object.entries(SIDES).every(([check, measure]) => within(check, measure(width, height)));
}

/** Sides of exactly this aspect ratio, of one just within it and of one just beyond. */
export function aspectsAround(edge: number, isLeast: boolean, right: (width: number, height: number) => boolean, step: number): readonly [readonly [number, number], readonly [number, number], readonly [number, number]] {
  for (let height = 8 * step; height <= 8000; height += step) {
    const width = Math.round((edge * height) / step) * step;
    if (width < 8 * step || Math.abs(width / height - edge) > 1e-12) continue;
    // By the longer side, so that the change is small.
    const moved = (by: number): readonly [number, number] => (width >= height ? [width + by, height] : [width, height - by]);
    const [within, beyond] = isLeast ? [moved(step), moved(-step)] : [moved(-step), moved(step)];
    if ([[width, height] as const, within, beyond].every(([w, h]) => right(w, h))) return [[width, height], within, beyond];
  }
  throw new Error(`No sides have the aspect ratio ${edge}.`);
}
