import { defineConfig } from 'vitest/config';
import { Sequencer } from './test/setup/sequence.ts';

/** Six kinds of tests, by what they need; `test/run.ts` runs them one after the other. */

const SECOND = 1000;
const everywhereElse = ['test/stack/**', 'test/e2e/**', 'test/fidelity/**', 'test/browser/**', '**/*.emulator.test.ts', 'node_modules/**'];

export default defineConfig({
  test: {
    // Two cores are usual in CI, and more workers would only wait for each other.
    maxWorkers: 2,
    sequence: { sequencer: Sequencer },
    projects: [
      {
        // In process: no network, no emulator. The first run installs ffmpeg, which makes clips (`test/media/support/ffmpeg.ts`).
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: everywhereElse, testTimeout: 20 * SECOND },
      },
      {
        // What synthesis makes of the stacks. Files share their modules: loading the CDK takes longer than most of the tests.
        extends: true,
        test: { name: 'template', isolate: false, include: ['test/stack/**/*.test.ts'], testTimeout: 60 * SECOND, hookTimeout: 120 * SECOND },
      },
      {
        // Our adapters against an AWS endpoint, with tables and buckets of their own.
        extends: true,
        test: {
          name: 'emulator',
          include: ['test/**/*.emulator.test.ts'],
          globalSetup: ['test/setup/emulator.ts'],
          testTimeout: 60 * SECOND,
          hookTimeout: 60 * SECOND,
        },
      },
      {
        // The deployed stack. Faults of the sandbox act on everybody, so one file at a time.
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/setup/stack.ts'],
          fileParallelism: false,
          testTimeout: 120 * SECOND,
          hookTimeout: 60 * SECOND,
        },
      },
      {
        // Programs that nobody here wrote against the sandbox; not part of `npm test`, since it installs them first.
        extends: true,
        test: {
          name: 'fidelity',
          include: ['test/fidelity/**/*.test.ts'],
          globalSetup: ['test/fidelity/support/world.ts'],
          // The programs mostly wait for the networks' processing.
          maxConcurrency: 4,
          testTimeout: 120 * SECOND,
          hookTimeout: 120 * SECOND,
        },
      },
      {
        // A person's browser at the deployed stack; not part of `npm test`, since it may have to install one first.
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/setup/stack.ts'],
          fileParallelism: false,
          testTimeout: 60 * SECOND,
          hookTimeout: 120 * SECOND,
        },
      },
    ],
  },
});
