import type { Clock } from '../../../core/clock.ts';

/** A clock that stands still until everybody sleeps, and then jumps to the next one who wakes: days pass in milliseconds. */
export interface VirtualTime extends Clock {
  /** Seconds since the beginning. */
  elapsed(): number;
  sleep(seconds: number): Promise<void>;
  /** Lets time pass until `main` is settled. Throws if nobody sleeps and it still is not, or after `most` seconds. */
  run<Result>(main: Promise<Result>, most?: number): Promise<Result>;
}

const BEGINNING = Date.parse('2030-01-01T00:00:00Z');
const YEAR = 366 * 24 * 60 * 60;
const LOOK_MS = 1;

export interface VirtualTimeOptions {
  /** Milliseconds since 1970. */
  readonly beginning?: number;
  /** Whether something goes on outside of this process, for which time stands still. */
  readonly busy?: () => boolean;
}

export function virtualTime({ beginning = BEGINNING, busy = () => false }: VirtualTimeOptions = {}): VirtualTime {
  let now = beginning;
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  return {
    now: () => new Date(now),
    elapsed: () => (now - beginning) / 1000,
    sleep: (seconds) =>
      new Promise((wake) => {
        sleepers.push({ at: now + Math.max(0, seconds) * 1000, wake });
      }),
    run: async (main, most = 2 * YEAR) => {
      let settled = false;
      const watched = main.finally(() => {
        settled = true;
      });
      // A failure is handed on by the return below; until then it must not count as one that nobody handles.
      watched.catch(() => undefined);
      const end = now + most * 1000;
      for (;;) {
        // All that can happen without time passing happens before this comes back.
        await new Promise((resolve) => void setImmediate(resolve));
        if (settled) return watched;
        if (busy()) {
          await new Promise((resolve) => void setTimeout(resolve, LOOK_MS));
          continue;
        }
        const [next] = sleepers.toSorted((a, b) => a.at - b.at);
        if (next === undefined) throw new Error('Everybody waits for something that will never happen.');
        if (next.at > end) throw new Error(`Not finished after ${most} seconds.`);
        sleepers = sleepers.filter((sleeper) => sleeper !== next);
        now = Math.max(now, next.at);
        next.wake();
      }
    },
  };
}
