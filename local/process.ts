import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Everything that the local commands start: through `supervisor.mjs`, so that nothing outlives this process. */

export interface ProcessOptions {
  readonly command: string;
  readonly parameters?: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** A file that takes what the command prints; `inherit`: it goes where ours goes. */
  readonly output: { readonly file: string } | 'inherit';
  /** Seconds between SIGTERM and SIGKILL; 3 if left out. */
  readonly grace?: number;
}

export interface SupervisedProcess {
  /** The exit code, once the command and all that it started are gone. */
  readonly exited: Promise<number>;
  /** The exit code; null while it runs. */
  exitCode(): number | null;
  /** Ends the command with all that it started: SIGTERM, and SIGKILL after its grace. Repeating it is harmless. */
  stop(): Promise<void>;
}

const GRACE = 3;
const supervisor = join(import.meta.dirname, 'supervisor.mjs');

/** Starts a command that ends with this process at the latest, also if this process is killed. */
export function startProcess(options: ProcessOptions): SupervisedProcess {
  let log: number | null = null;
  if (options.output !== 'inherit') {
    mkdirSync(dirname(options.output.file), { recursive: true });
    log = openSync(options.output.file, 'a');
  }
  const child = spawn(process.execPath, [supervisor, String(options.grace ?? GRACE), options.command, ...(options.parameters ?? [])], {
    cwd: options.directory,
    env: options.environment,
    stdio: ['pipe', log ?? 'inherit', log ?? 'inherit'],
    // A group of its own: Ctrl-C in the terminal reaches only us, and we end it in order.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  if (log !== null) closeSync(log);
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 128));
  });
  const { stdin } = child;
  if (stdin === null) throw new Error('The supervisor has no pipe.');
  stdin.on('error', (error) => {
    // It ended first: `exited` tells.
    if (!('code' in error) || error.code !== 'EPIPE') throw error;
  });
  return {
    exited,
    exitCode: () => (child.exitCode === null && child.signalCode === null ? null : (child.exitCode ?? 128)),
    stop: async () => {
      stdin.end();
      await exited;
    },
  };
}

/** Runs a command to its end. Throws, with the last lines of its output, if it fails. */
export async function runProcess(options: ProcessOptions & { readonly output: { readonly file: string }; readonly what: string }): Promise<void> {
  const code = await startProcess(options).exited;
  if (code === 0) return;
  throw new Error(`${options.what} failed (exit code ${code}). The end of ${options.output.file}:\n${lastLines(options.output.file)}`);
}

/** The last 30 lines of a log. */
export function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-30).join('\n');
}
