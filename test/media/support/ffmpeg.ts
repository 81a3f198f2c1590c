import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { localDirectory } from '../../../local/paths.ts';
import { clipsPython, pythonScript } from '../../../local/python.ts';

/** ffmpeg, from a package that brings it along, and the files that it makes for the tests: each once, kept under `.local/`. */

const run = promisify(execFile);
const TIMEOUT_MS = 2 * 60 * 1000;
const WHERE = 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())';

let program: Promise<string> | null = null;

/** Path of the program. The first call on a machine installs it. */
export async function ffmpeg(): Promise<string> {
  program ??= pythonScript(clipsPython, 'python').then(async (python) => (await run(python, ['-c', WHERE], { timeout: TIMEOUT_MS })).stdout.trim());
  return program;
}

/**
 * Path of what ffmpeg makes with these arguments (all but the name of the output), named by them, so that it is made once. Throws
 * with what ffmpeg said.
 */
export async function made(extension: string, parameters: readonly string[]): Promise<string> {
  const path = await ffmpeg();
  const directory = join(localDirectory, 'clips');
  const hash = createHash('sha256').update(JSON.stringify([path.split(/[/\\]/u).at(-1), parameters])).digest('hex').slice(0, 24);
  const file = join(directory, `${hash}.${extension}`);
  if (existsSync(file)) return file;
  await mkdir(directory, { recursive: true });
  // Others may make the same at this moment: whoever comes last puts the same file in place of the other's.
  const draft = join(directory, `${hash}.${randomUUID()}.${extension}`);
  // Of two encoders at work neither gains from more threads than one.
  await run(path, ['-hide_banner', '-loglevel', 'error', '-y', ...parameters, '-threads', '1', '-bitexact', draft], { timeout: TIMEOUT_MS });
  await rename(draft, file);
  return file;
}

/** What ffmpeg itself says of a file. */
export async function reported(file: string): Promise<string> {
  const { stderr } = await run(await ffmpeg(), ['-hide_banner', '-i', file, '-map', '0', '-c', 'copy', '-f', 'null', '-'], { timeout: TIMEOUT_MS });
  return stderr;
}
