import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';
import { lastLines, startProcess, type SupervisedProcess } from '../../../local/process.ts';
import type { PythonName } from './install.ts';

/** What runs a program of `programs/`. */
export type Runtime = 'node' | PythonName;

const programs = join(import.meta.dirname, '..', 'programs');
const SECONDS = 90;
const LOOK_MS = 50;

interface Program {
  readonly process: SupervisedProcess;
  readonly directory: string;
  /** What it has said, once it has; throws, with the end of its output, if it has failed. */
  said(): unknown;
}

/**
 * Starts a program of `programs/`: it finds what it is to do in the JSON file that is its first argument, and writes what it has to
 * say into the second. Nothing of it is left when the tests are ended.
 */
function startProgram(runtime: Runtime, file: string, input: (directory: string) => object): Program {
  const { installed, directory: parent } = inject('fidelity');
  const directory = mkdtempSync(join(parent, `${file}-`));
  const [asked, said, log] = [join(directory, 'input.json'), join(directory, 'said.json'), join(directory, 'output.txt')];
  writeFileSync(asked, JSON.stringify(input(directory)));
  const script = join(programs, file);
  const child = startProcess({
    ...(runtime === 'node'
      ? { command: process.execPath, parameters: ['--import', pathToFileURL(join(programs, 'packages.mjs')).href, script, asked, said] }
      : { command: installed.python[runtime], parameters: ['-P', script, asked, said] }),
    directory,
    // Without the machine's own settings: a proxy of it is not meant for the sandbox.
    environment: { PATH: process.env['PATH'], HOME: directory, LANG: 'C.UTF-8', PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1', FIDELITY_MODULES: installed.npm },
    output: { file: log },
  });
  return {
    process: child,
    directory,
    said() {
      const code = child.exitCode();
      if (existsSync(said) && (code ?? 0) === 0) return JSON.parse(readFileSync(said, 'utf8'));
      if (code !== null) throw new Error(`${file} failed (exit code ${code}):\n${lastLines(log)}`);
      return undefined;
    },
  };
}

/** Runs a program to its end, and gives what it said. */
export async function runProgram(runtime: Runtime, file: string, input: object): Promise<unknown> {
  const program = startProgram(runtime, file, () => input);
  const timer = setTimeout(() => void program.process.stop(), SECONDS * 1000);
  await program.process.exited;
  clearTimeout(timer);
  const said = program.said();
  if (said === undefined) throw new Error(`${file} has said nothing.`);
  return said;
}

/** Starts a program that goes on, and waits until it says that it is ready. */
export async function startServer(file: string, input: (directory: string) => object): Promise<SupervisedProcess> {
  const program = startProgram('node', file, input);
  for (const end = Date.now() + SECONDS * 1000; Date.now() < end; await sleep(LOOK_MS)) {
    if (program.said() !== undefined) return program.process;
  }
  await program.process.stop();
  throw new Error(`${file} was not ready after ${SECONDS} seconds.`);
}
