import * as z from 'zod';
import { SandboxError } from './refusal.ts';
import type { World } from './stand-in.ts';

/** What can be told of a network while it runs; what is left out stays as it is. */
export const behaviourSchema = z.strictObject({
  /** How long it processes a file, or fetches one. A file that never becomes ready: a long time. */
  processingSeconds: z.number().min(0).max(1e9).optional(),
  /** By the stand-in's names for them. */
  caps: z.record(z.string(), z.int().min(0)).optional(),
  /** Whether it refuses every account, as one that it has suspended or restricted. */
  restricted: z.boolean().optional(),
  /** Whether it gives the app refresh tokens, where it does so for apps alone that it has approved. */
  refreshTokens: z.boolean().optional(),
});
export type NewBehaviour = z.output<typeof behaviourSchema>;

/** How a network behaves now. */
export interface Behaviour {
  readonly processingSeconds: number;
  /** Those that are not the documented ones. */
  readonly caps: Readonly<Record<string, number>>;
  readonly restricted: boolean;
  readonly refreshTokens: boolean;
}

/** The behaviour of one network, as its stand-in and the sandbox see it. */
export interface Conduct {
  /** The world of the stand-in, in which always holds what was told last. */
  readonly world: World;
  now(): Behaviour;
  /** Throws a `SandboxError` for a cap that does not exist. */
  change(changes: NewBehaviour): void;
  /** As it was at first. */
  reset(): void;
}

export function createConduct(surroundings: Omit<World, 'processingSeconds' | 'refreshTokens' | 'capsOver'>, first: Pick<Behaviour, 'processingSeconds' | 'caps'>): Conduct {
  const usual: Behaviour = { ...first, restricted: false, refreshTokens: true };
  let now = usual;
  const known: string[] = [];

  function check(caps: Behaviour['caps']): void {
    const unknown = Object.keys(caps).find((name) => !known.includes(name));
    if (unknown !== undefined) throw new SandboxError(`There is no cap ${unknown}: ${known.join(', ')}.`);
  }

  return {
    world: {
      ...surroundings,
      get processingSeconds() {
        return now.processingSeconds;
      },
      get refreshTokens() {
        return now.refreshTokens;
      },
      capsOver(documented) {
        const caps = { ...documented };
        for (const [name, usually] of Object.entries(documented)) {
          known.push(name);
          Object.defineProperty(caps, name, { get: () => now.caps[name] ?? usually });
        }
        check(first.caps);
        return caps;
      },
    },
    now: () => now,
    change({ processingSeconds = now.processingSeconds, caps = {}, restricted = now.restricted, refreshTokens = now.refreshTokens }) {
      check(caps);
      now = { processingSeconds, caps: { ...now.caps, ...caps }, restricted, refreshTokens };
    },
    reset() {
      now = usual;
    },
  };
}
