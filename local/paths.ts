import { join } from 'node:path';

/** The project's root. */
export const root = join(import.meta.dirname, '..');

/** Everything that local commands keep; git ignores it, and deleting it costs only time. */
export const localDirectory = join(root, '.local');

/** What runs on this machine: `start` is the stack of `npm start`. */
export type LocalStageName = 'start' | 'test' | 'bench';

/** The folder of a stage. */
export function directoryOf(stage: LocalStageName): string {
  return join(localDirectory, stage);
}
