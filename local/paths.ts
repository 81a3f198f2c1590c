import { join } from 'node:path';

/** The project's root. */
export const root = join(import.meta.dirname, '..');

/** Everything that local commands keep; git ignores it, and deleting it costs only time. */
export const localDirectory = join(root, '.local');
