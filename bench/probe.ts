import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import type { VideoFacts } from '../core/model.ts';
import { root } from '../local/paths.ts';
import { probeFile } from '../media/probe.ts';
import { longMovie } from '../test/media/long-movie.ts';
import { findFfprobe } from './ffprobe.ts';
import { median, type Figure } from './figure.ts';

const run = promisify(execFile);

const SIZE = 2 * 1024 ** 3;
const SECONDS = 36 * 60;
const FIRST_READ = 16 * 1024;
const RUNS = 25;

/**
 * What the facts of an MP4 of 2 GiB cost whose movie header comes last, over plain HTTP: bytes read, and time against
 * `ffprobe` on the same URL, in turn. Where ours runs in a process that is there, ffprobe begins one: what its mere start
 * takes is not counted. `say` is told if there is no ffprobe; then nothing is compared.
 */
export async function probeFigures(say: (sentence: string) => void): Promise<readonly Figure[]> {
  const { size, pieces } = longMovie(await readFile(join(root, 'test/media/clips/moov-last.mp4')), SIZE, SECONDS - 2);
  const ffprobe = await findFfprobe();
  const server = new Worker(new URL('range-server.ts', import.meta.url), { workerData: { size, pieces } });
  try {
    const [port] = z.tuple([z.int()]).parse(await once(server, 'message'));
    const url = `http://127.0.0.1:${port}/movie.mp4`;
    const { bytesRead } = await ours(url);
    const read: Figure = { name: 'read for the facts of 2 GiB, movie header last', value: bytesRead / 1e6, unit: 'MB', goal: { max: 1 } };
    if ('path' in ffprobe) return [read, { name: 'facts of 2 GiB over HTTP, against ffprobe', value: await ratio(url, ffprobe.path), unit: 'x', goal: { max: 1 } }];
    say(`The time was not compared with ffprobe, which could not be had: ${ffprobe.why}`);
    return [read];
  } finally {
    await server.terminate();
  }
}

async function ratio(url: string, ffprobe: string): Promise<number> {
  const times = { ours: [] as number[], theirs: [] as number[], start: [] as number[] };
  for (let turn = 0; turn < RUNS + 2; turn += 1) {
    const own = await timed(() => ours(url));
    const their = await timed(() => theirs(url, ffprobe));
    const start = await timed(() => run(ffprobe, ['-version']));
    const same = { ...own.result.facts, container: '', frameRate: 0 };
    if (JSON.stringify(same) !== JSON.stringify(their.result)) throw new Error(`We say ${JSON.stringify(same)}, ffprobe ${JSON.stringify(their.result)}`);
    // The first turns warm the compiler and the file cache up.
    if (turn < 2) continue;
    times.ours.push(own.duration);
    times.theirs.push(their.duration);
    times.start.push(start.duration);
  }
  return median(times.ours) / (median(times.theirs) - median(times.start));
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ result: Result; duration: number }> {
  const start = performance.now();
  const result = await work();
  return { result, duration: performance.now() - start };
}

async function ours(url: string): Promise<{ facts: VideoFacts; bytesRead: number }> {
  let bytesRead = 0;
  const read = async (start: number, end: number): Promise<{ bytes: Uint8Array; size: number }> => {
    const response = await fetch(url, { headers: { range: `bytes=${start}-${end}` } });
    const [, size] = /^bytes \d+-\d+\/(\d+)$/u.exec(response.headers.get('content-range') ?? '') ?? [];
    if (response.status !== 206 || size === undefined) throw new Error(`The server answered ${response.status} to a range.`);
    const bytes = await response.bytes();
    bytesRead += bytes.length;
    return { bytes, size: Number(size) };
  };
  // The first answer says how large the file is.
  const first = await read(0, FIRST_READ - 1);
  const probe = await probeFile(async (start, end) => (end < first.bytes.length ? first.bytes.subarray(start, end + 1) : (await read(start, end)).bytes), first.size);
  if (probe.kind !== 'video' || probe.facts === null) throw new Error(`The facts were not found: ${JSON.stringify(probe)}`);
  return { facts: probe.facts, bytesRead };
}

const answer = z.object({
  format: z.object({ duration: z.coerce.number() }),
  streams: z.tuple([
    z.object({ codec_name: z.string(), width: z.int(), height: z.int() }),
    z.object({ codec_name: z.string() }),
  ]),
});

async function theirs(url: string, ffprobe: string): Promise<VideoFacts> {
  const { stdout } = await run(ffprobe, ['-v', 'error', '-show_format', '-show_streams', '-of', 'json', url]);
  const { format, streams } = answer.parse(JSON.parse(stdout));
  const [video, audio] = streams;
  // It names containers and frame rates in ways of its own.
  return { container: '', duration: format.duration, width: video.width, height: video.height, videoCodec: video.codec_name, audioCodec: audio.codec_name, frameRate: 0 };
}
