import { join } from 'node:path';
import { createCleanup } from '../local/cleanup.ts';
import { startFanfare } from '../local/fanfare.ts';
import { localDirectory } from '../local/paths.ts';
import { createTerminal } from '../local/terminal.ts';
import { bundleFigures } from './bundles.ts';
import { fanOutFigures } from './fanout.ts';
import { table, type Figure } from './figure.ts';
import { probeFigures } from './probe.ts';
import { pushFigures } from './push.ts';
import { readFigures } from './reads.ts';
import { requestFigures } from './requests.ts';
import { signingFigures } from './signing.ts';

/**
 * Measures and prints every figure beside its goal. Exit code 1 only if something could not be measured: a goal that is not
 * met is a finding, not an error. Figures are ratios wherever a machine's speed would decide.
 */

const TIME_LIMIT_MS = 20 * 60 * 1000;

const cleanup = createCleanup();
const terminal = createTerminal();

async function onStack(): Promise<readonly Figure[]> {
  const { stack } = await startFanfare({
    stage: 'bench',
    terminal,
    cleanup,
    processingSeconds: 0,
    onCrash: (error) => terminal.line(error.message),
  });
  return terminal.step('Publishing to one, three and ten accounts', () => fanOutFigures(stack));
}

const measurements: readonly (readonly [string, () => Promise<readonly Figure[]>])[] = [
  ['Building and importing the functions', () => bundleFigures(join(localDirectory, 'bench-functions'))],
  ['Signing part URLs', signingFigures],
  ['Reading the facts of 2 GiB', () => probeFigures((sentence) => terminal.line(sentence))],
  ['Pushing 2 GiB', () => pushFigures((sentence) => terminal.line(`  ${sentence}`))],
  ['Reading at 100 and at 100,000 uploads', () => readFigures((sentence) => terminal.line(`  ${sentence}`))],
  ['Authenticating, limiting and doing once', () => requestFigures((sentence) => terminal.line(`  ${sentence}`))],
  ['Publishing on a deployed stack', onStack],
];

const overtime = setTimeout(() => {
  console.error('The benchmarks took longer than 20 minutes.');
  void cleanup.run().finally(() => process.exit(1));
}, TIME_LIMIT_MS);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void cleanup.run().finally(() => process.exit(130)));
}

const figures: Figure[] = [];
for (const [what, measure] of measurements) {
  try {
    figures.push(...(await terminal.step(what, measure)));
  } catch (error) {
    process.exitCode = 1;
    console.error(`${what}: could not be measured.`, error);
  }
}
await cleanup.run();
clearTimeout(overtime);
console.log(`\n${table(figures)}`);
