import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createCleanup } from '../../local/cleanup.ts';
import { startFanfare, type RunningStack } from '../../local/fanfare.ts';
import { createTerminal } from '../../local/terminal.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    stack: RunningStack;
    /** Where tests write down the secrets that they have seen (`test/e2e/support/canaries.ts`). */
    canaries: string;
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
    const seen = mkdtempSync(join(tmpdir(), 'fanfare-canaries-'));
    cleanup.add(() => rmSync(seen, { recursive: true }));
    project.provide('canaries', join(seen, 'canaries.jsonl'));
    return async () => {
      console.log(`What the functions logged: ${await collectLogs()}`);
      await cleanup.run();
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
