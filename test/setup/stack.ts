import type { TestProject } from 'vitest/node';
import { createCleanup } from '../../local/cleanup.ts';
import { startFanfare, type RunningStack } from '../../local/fanfare.ts';
import { createTerminal } from '../../local/terminal.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    stack: RunningStack;
  }
}

/** Deploys a stack of its own for the end-to-end tests, with everything that belongs to it, and takes it away at the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const terminal = createTerminal();
  const cleanup = createCleanup();
  // Vitest does not tear down when it is ended by a signal.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanup.run().finally(() => process.exit(130)));
  }
  try {
    const { stack, collectLogs } = await startFanfare({ stage: 'test', terminal, cleanup, onCrash: (error) => console.error(error.message) });
    project.provide('stack', stack);
    return async () => {
      console.log(`What the functions logged: ${await collectLogs()}`);
      await cleanup.run();
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
