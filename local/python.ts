import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from './lock.mjs';
import { localDirectory } from './paths.ts';

/** Virtual environments under `.local/`, made on first use and again whenever their list of packages changes. */

export interface PythonEnvironment {
  /** Of its folder. */
  readonly name: string;
  /** A file of this folder, or its path: every package, pinned. */
  readonly requirements: string;
  /** The oldest Python 3 that its packages run on: 10 is Python 3.10. */
  readonly minor: number;
  /** What is in it, in a sentence. */
  readonly what: string;
}

export const emulatorPython: PythonEnvironment = { name: 'python', requirements: 'requirements.txt', minor: 10, what: 'the local AWS emulator' };
export const fuzzerPython: PythonEnvironment = { name: 'python-tests', requirements: 'requirements-tests.txt', minor: 10, what: 'the fuzzer of the tests' };
export const clipsPython: PythonEnvironment = { name: 'python-clips', requirements: 'requirements-clips.txt', minor: 10, what: 'ffmpeg, which makes the clips of the tests' };

const run = promisify(execFile);
const windows = process.platform === 'win32';
const CANDIDATES = windows ? ['py', 'python', 'python3'] : ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
const VENV_TIMEOUT_MS = 2 * 60 * 1000;
const PIP_TIMEOUT_MS = 5 * 60 * 1000;

/** Path of a console script of an environment. `onWork` hears what takes long. Throws one clear sentence if Python is missing or old. */
export async function pythonScript(environment: PythonEnvironment, name: string, onWork: (what: string) => void = () => {}): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(fileOf(environment))).digest('hex').slice(0, 12);
  const directory = join(localDirectory, `${environment.name}-${hash}`);
  const script = windows ? join(directory, 'Scripts', `${name}.exe`) : join(directory, 'bin', name);
  if (await usable(directory)) return script;
  await withLock(
    join(localDirectory, `${environment.name}.lock`),
    async () => {
      if (await usable(directory)) return;
      onWork(`Installing ${environment.what} (once, into .local/)`);
      await install(environment, directory);
    },
    () => onWork(`Waiting for another command that installs ${environment.what}`),
  );
  return script;
}

function fileOf({ requirements }: PythonEnvironment): string {
  return resolve(import.meta.dirname, requirements);
}

function interpreter(directory: string): string {
  return windows ? join(directory, 'Scripts', 'python.exe') : join(directory, 'bin', 'python');
}

/** Whether the environment was finished, and its Python has not been removed from the machine since. */
async function usable(directory: string): Promise<boolean> {
  if (!existsSync(join(directory, 'ready'))) return false;
  return (await version(interpreter(directory))) !== null;
}

async function install(environment: PythonEnvironment, directory: string): Promise<void> {
  const python = await findPython(environment);
  const { name, what } = environment;
  for (const entry of readdirSync(localDirectory)) {
    if (entry.startsWith(`${name}-`) && /^-[0-9a-f]{12}$/u.test(entry.slice(name.length))) rmSync(join(localDirectory, entry), { recursive: true, force: true });
  }
  try {
    await run(python, ['-m', 'venv', directory], { timeout: VENV_TIMEOUT_MS });
  } catch (cause) {
    throw new Error(
      `${python} cannot make a virtual environment (on Debian and Ubuntu: apt install python3-venv). It said: ${said(cause)}`,
      { cause },
    );
  }
  try {
    await run(
      interpreter(directory),
      ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--requirement', fileOf(environment)],
      { timeout: PIP_TIMEOUT_MS },
    );
  } catch (cause) {
    throw new Error(`The packages of ${what} could not be installed from the Python package index. pip said: ${said(cause)}`, { cause });
  }
  writeFileSync(join(directory, 'ready'), '');
}

async function findPython({ what, minor: oldest }: PythonEnvironment): Promise<string> {
  const found: string[] = [];
  for (const candidate of CANDIDATES) {
    const [major, minor] = (await version(candidate)) ?? [];
    if (major === undefined || minor === undefined) continue;
    if (major === 3 && minor >= oldest) return candidate;
    found.push(`${candidate} is ${major}.${minor}`);
  }
  const seen = found.length === 0 ? 'none was found' : found.join(', ');
  throw new Error(`Python 3.${oldest} or newer is needed for ${what} (${seen}): install it from https://www.python.org or your package manager.`);
}

async function version(python: string): Promise<readonly number[] | null> {
  try {
    const { stdout } = await run(python, ['-c', 'import sys; print(*sys.version_info[:2])'], { timeout: 20_000 });
    const numbers = stdout.trim().split(' ').map(Number);
    return numbers.length === 2 && numbers.every(Number.isInteger) ? numbers : null;
  } catch (error) {
    // Not there, or not a Python that runs (Windows has a `python` that only opens its shop).
    if (error instanceof Error) return null;
    throw error;
  }
}

/** What a failed program printed, its last lines. */
function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const output = ['stderr', 'stdout'].map((stream) => Reflect.get(error, stream)).find((text) => typeof text === 'string' && text.trim() !== '');
  return String(output ?? error.message).trim().split('\n').slice(-8).join('\n');
}
