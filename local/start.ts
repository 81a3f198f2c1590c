import { accessSync, constants, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { limits } from '../core/limits.ts';
import { linkings } from '../platforms/linkings.ts';
import { createCleanup } from './cleanup.ts';
import { openLink } from './client.ts';
import { runDemo } from './demo.ts';
import { startFanfare, type RunningStack } from './fanfare.ts';
import { tryLock } from './lock.mjs';
import { directoryOf, root } from './paths.ts';
import { removeStackFile, stackFile, writeStackFile } from './stack-file.ts';
import { createTerminal } from './terminal.ts';

/**
 * `npm start [-- path/to/video.mp4] [-- --once]`: the whole of Fanfare on this machine, and one video through it. Stays up
 * until Ctrl-C; with `--once` it ends after the job, with exit code 0 only if the networks themselves show the video once each.
 */

const terminal = createTerminal();
const cleanup = createCleanup();
let ending = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void end(signal === 'SIGINT' ? 130 : 143));
}

try {
  const { file, once } = readArguments();
  const correct = await run(file, once);
  if (once) await end(correct ? 0 : 1);
} catch (error) {
  await fail(error);
}

function readArguments(): { file: string; once: boolean } {
  const { values, positionals } = parseArgs({ options: { once: { type: 'boolean', default: false } }, allowPositionals: true });
  if (positionals.length > 1) throw new Error('Give at most one video: npm start -- path/to/video.mp4 --once');
  // npm runs scripts in the project's folder; paths are meant from where the person is.
  const file = positionals[0] === undefined ? join(root, 'local', 'demo.mp4') : resolve(process.env['INIT_CWD'] ?? '.', positionals[0]);
  try {
    accessSync(file, constants.R_OK);
  } catch (cause) {
    throw new Error(`The video ${file} is not there, or cannot be read.`, { cause });
  }
  if (!statSync(file).isFile() || statSync(file).size === 0) throw new Error(`${file} is no video: it is empty, or no file.`);
  return { file, once: values.once };
}

/** True: the networks show what was sent, once each. */
async function run(file: string, once: boolean): Promise<boolean> {
  const unlock = tryLock(join(directoryOf('start'), 'running.lock'));
  if (unlock === null) throw new Error(`Fanfare already runs in this checkout: see ${stackFile}, or end it first.`);
  cleanup.add(unlock);
  // A start that was killed could not remove it.
  removeStackFile();
  const { stack, collectLogs } = await startFanfare({ stage: 'start', terminal, cleanup, onCrash: (error) => void fail(error) });
  cleanup.add(removeStackFile);
  writeStackFile(stack);
  let correct = false;
  try {
    const { uploadId, faults } = await runDemo(stack, file, terminal);
    correct = faults.length === 0;
    for (const fault of faults) terminal.line(`Not as it should be: ${fault}`);
    if (once) terminal.line(correct ? 'Each network shows the video once, byte for byte.' : 'That was not what was asked for.');
    else await sayWhatNext(stack, uploadId);
  } finally {
    if (!correct) terminal.line(`What the functions logged: ${await collectLogs()}`);
  }
  return correct;
}

async function sayWhatNext(stack: RunningStack, uploadId: string): Promise<void> {
  const accounts = Object.values(stack.accounts).map((account) => `-F accounts=${account}`);
  terminal.line();
  terminal.line('Try next, as it stands here:');
  terminal.line(`  curl -sS '${stack.apiUrl}/api/upload' -H 'X-Api-Key: ${stack.apiKey}' -F title='Hello from curl' ${accounts.join(' ')} -F 'file=@${join(root, 'local', 'demo-small.mp4')};type=video/mp4'`);
  terminal.line(`  curl -sS '${stack.apiUrl}/api/upload/${uploadId}/status' -H 'X-Api-Key: ${stack.apiKey}'`);
  terminal.line(`What the networks show: ${Object.keys(stack.accounts).map((network) => `${stack.sandboxUrl}/_sandbox/${network}/posts`).join(' ')}`);
  terminal.line(`Link an account in a browser, within ${limits.linkLife / 60} minutes:`);
  for (const network of Object.keys(linkings)) terminal.line(`  ${network}: ${(await openLink(stack, network, `${stack.apiUrl}/docs`)).authorizeUrl}`);
  terminal.line(`Addresses and keys for other tools: ${stackFile}`);
  terminal.line();
  terminal.line('Running. Ctrl-C ends everything.');
}

async function fail(error: unknown): Promise<void> {
  // What is cut off by the end fails because of it.
  if (!ending) terminal.line(error instanceof Error ? error.message : String(error));
  if (process.env['FANFARE_DEBUG'] !== undefined) console.error(error);
  await end(1);
}

/** Ends everything in order, and then this process. The first reason decides the exit code. */
async function end(code: number): Promise<void> {
  if (!ending) process.exitCode = code;
  ending = true;
  try {
    await cleanup.run();
  } catch (error) {
    terminal.line(`Not everything could be ended in order: ${String(error)}`);
    process.exitCode = 1;
  }
  process.exit();
}
