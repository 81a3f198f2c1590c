import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';
import { lastLines, startProcess } from '../../../local/process.ts';
import type { PythonName } from './install.ts';

/** What runs a program of `clients/`. */
export type Runtime = 'node' | PythonName;

const clients = join(import.meta.dirname, '..', 'clients');
const SECONDS = 90;

/**
 * Runs a program of `clients/` to its end: it finds what it is to do in the JSON file that is its first argument, and writes what
 * it has to say into the second. Throws, with the end of its output, if it fails. Nothing of it is left when the tests are ended.
 */
export async function runProgram(runtime: Runtime, file: string, input: unknown): Promise<unknown> {
  const { installed, directory } = inject('fidelity');
  const place = mkdtempSync(join(directory, `${file}-`));
  const [asked, said, log] = ['input.json', 'result.json', 'output.txt'].map((name) => join(place, name)) as [string, string, string];
  writeFileSync(asked, JSON.stringify(input));
  const script = join(clients, file);
  const child = startProcess({
    ...(runtime === 'node'
      ? { command: process.execPath, parameters: ['--import', pathToFileURL(join(clients, 'packages.mjs')).href, script, asked, said] }
      : { command: installed.python[runtime], parameters: ['-P', script, asked, said] }),
    directory: place,
    // Without the machine's own settings: a proxy of it is not meant for the sandbox.
    environment: { PATH: process.env['PATH'], HOME: place, LANG: 'C.UTF-8', PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1', FIDELITY_MODULES: installed.npm },
    output: { file: log },
  });
  const timer = setTimeout(() => void child.stop(), SECONDS * 1000);
  const code = await child.exited;
  clearTimeout(timer);
  if (code !== 0 || !existsSync(said)) throw new Error(`${file} failed (exit code ${code}):\n${lastLines(log)}`);
  return JSON.parse(readFileSync(said, 'utf8'));
}
