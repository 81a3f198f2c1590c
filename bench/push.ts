import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import * as z from 'zod';
import { bundling } from '../bin/build.ts';
import { localDirectory } from '../local/paths.ts';
import { median, type Figure } from './figure.ts';

const run = promisify(execFile);

const SIZE = 2 * 1024 ** 3;
const RUNS = 3;
/** After so long no further run begins: on a busy machine one has to do. */
const ENOUGH_MS = 45_000;
const TIME_LIMIT_MS = 2 * 60 * 1000;

/** One that takes everything into one session, and one that takes many segments as forms. */
const NETWORKS = ['youtube', 'x'] as const;

/**
 * What pushing 2 GiB costs: throughput against one `curl` that reads the file piped to another that sends it, in turn, and the
 * most memory that the process ever had. Both read from the same plain HTTP server and send to the same stand-in, which share
 * the machine with them. `say` is told if there is no curl; then nothing is compared.
 */
export async function pushFigures(say: (sentence: string) => void, size = SIZE): Promise<readonly Figure[]> {
  const source = new Worker(new URL('range-server.ts', import.meta.url), { workerData: { size, pieces: new Map() } });
  const sink = new Worker(new URL('discarding-server.ts', import.meta.url));
  try {
    const [from, to] = await Promise.all([source, sink].map(addressOf));
    if (from === undefined || to === undefined) throw new Error('The servers did not start.');
    // As it is deployed: what is translated while it runs takes more time and memory.
    const script = join(localDirectory, 'bench-push.mjs');
    await build({ ...bundling, entryPoints: [fileURLToPath(new URL('push-process.ts', import.meta.url))], outfile: script });
    const comparable = await hasCurl();
    if (!comparable) say('Pushing was not compared with curl, which is not here.');
    const curl: number[] = [];
    const ours = new Map(NETWORKS.map((network) => [network, { times: [] as number[], peaks: [] as number[] }]));
    const began = performance.now();
    for (let turn = 0; turn < RUNS && (turn === 0 || performance.now() - began < ENOUGH_MS); turn += 1) {
      if (comparable) curl.push(await pipedCurl(from, to));
      for (const [network, { times, peaks }] of ours) {
        const { seconds, peak } = await push(script, { network, size, from, to });
        times.push(seconds);
        peaks.push(peak);
      }
    }
    return [...ours].flatMap(([network, { times, peaks }]) => {
      say(`${network}: ${(size / 1e6 / median(times)).toFixed(0)} MB/s${comparable ? `, curl ${(size / 1e6 / median(curl)).toFixed(0)} MB/s` : ''}`);
      const throughput: Figure = { name: `pushing 2 GiB to ${network}, against curl`, value: median(curl) / median(times), unit: 'x', goal: { min: 0.9 } };
      const memory: Figure = { name: `pushing 2 GiB to ${network}: peak memory`, value: Math.max(...peaks) / 1e6, unit: 'MB', goal: { max: 256 } };
      return comparable ? [throughput, memory] : [memory];
    });
  } finally {
    await Promise.all([source.terminate(), sink.terminate()]);
  }
}

async function addressOf(server: Worker): Promise<string> {
  const [port] = z.tuple([z.int()]).parse(await once(server, 'message'));
  return `http://127.0.0.1:${port}`;
}

async function hasCurl(): Promise<boolean> {
  try {
    await run('sh', ['-c', 'curl --version']);
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return false;
  }
}

/** Seconds. */
async function pipedCurl(from: string, to: string): Promise<number> {
  const start = performance.now();
  await run('sh', ['-c', 'curl --silent --fail "$0/movie.mp4" | curl --silent --fail --upload-file - "$1/movie.mp4"', from, to], { timeout: TIME_LIMIT_MS });
  return (performance.now() - start) / 1000;
}

const pushed = z.object({ seconds: z.number(), sent: z.int(), peak: z.int() });

async function push(script: string, task: { network: string; size: number; from: string; to: string }): Promise<z.output<typeof pushed>> {
  const { stdout } = await run(process.execPath, [script, JSON.stringify(task)], { timeout: TIME_LIMIT_MS });
  return pushed.parse(JSON.parse(stdout));
}
