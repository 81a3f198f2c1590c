import type { World } from '../stand-in.ts';
import { refuse } from './errors.ts';

/** What a project and a channel may do in a day. Days are those of Google's head office. */
export interface Quota {
  /** A call of the general bucket. */
  spend(units?: number): void;
  spendUpload(channelId: string): void;
  clear(): void;
}

const CAPS = {
  /** `videos.insert` has a bucket of its own. */
  uploadsPerProject: 100,
  /** Units; a call that reads costs one, a comment 50. */
  units: 10_000,
  /** Not published, and low for channels that were punished: no cap unless one is set. */
  uploadsPerChannel: Number.POSITIVE_INFINITY,
} as const;

const pacificDay = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Los_Angeles' });

export function createQuota(world: World): Quota {
  const caps = world.capsOver(CAPS);
  let day = '';
  let spent = new Map<string, number>();

  function count(bucket: string, cap: number, units = 1): boolean {
    const today = pacificDay.format(world.clock.now());
    if (today !== day) {
      day = today;
      spent = new Map();
    }
    const used = spent.get(bucket) ?? 0;
    if (used + units > cap) return false;
    spent.set(bucket, used + units);
    return true;
  }

  return {
    spend(units = 1) {
      if (!count('units', caps.units, units)) throw exceeded();
    },
    spendUpload(channelId) {
      if (!count('uploads', caps.uploadsPerProject)) throw exceeded();
      if (!count(`channel ${channelId}`, caps.uploadsPerChannel)) {
        throw refuse(400, 'uploadLimitExceeded', 'The channel has uploaded too much today.');
      }
    },
    clear() {
      spent = new Map();
    },
  };
}

function exceeded() {
  return refuse(403, 'quotaExceeded', 'The project has used up its quota for today.', 'youtube.quota');
}
