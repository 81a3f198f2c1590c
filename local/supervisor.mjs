/**
 * Runs one command and sees to it that nothing of it outlives whoever asked for it.
 *
 *   node local/supervisor.mjs <seconds> <command> [argument...]
 *
 * The command leads a process group of its own. The starter holds the supervisor's standard input open; when that pipe
 * closes, for whatever reason (the starter asks for the end, crashed, or was killed), the whole group gets SIGTERM, and
 * SIGKILL so many seconds later. The same happens to what the command leaves behind when it ends by itself; its exit code is
 * passed on. Plain JavaScript, so that it starts in some 30 ms on any Node.
 */
import { spawn } from 'node:child_process';

const LOOK_MS = 20;
/** What is left of the group when the command itself has ended gets no longer than this: nobody needs it any more. */
const REST_MS = 500;
const [grace, command, ...parameters] = process.argv.slice(2);
if (command === undefined) throw new Error('usage: node local/supervisor.mjs <seconds> <command> [argument...]');

const windows = process.platform === 'win32';
const child = spawn(command, parameters, { stdio: ['ignore', 'inherit', 'inherit'], detached: !windows, windowsHide: true });
let ending = false;

/** False: nobody is left in the group. */
function signalGroup(signal) {
  if (child.pid === undefined) return false;
  if (windows) {
    spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    return false;
  }
  try {
    process.kill(-child.pid, signal);
    return true;
  } catch (error) {
    if (error.code === 'ESRCH' || error.code === 'EPERM') return false;
    throw error;
  }
}

function end() {
  if (ending) return;
  ending = true;
  signalGroup('SIGTERM');
  let killAt = Date.now() + Number(grace) * 1000;
  let alone = false;
  const look = () => {
    if (!alone && (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)) {
      alone = true;
      killAt = Math.min(killAt, Date.now() + REST_MS);
    }
    if ((!alone || signalGroup(0)) && Date.now() < killAt) {
      setTimeout(look, LOOK_MS);
      return;
    }
    signalGroup('SIGKILL');
    process.exit();
  };
  look();
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end);
process.stdin.on('error', end).on('end', end).on('close', end).resume();

child.on('error', (error) => {
  console.error(`${command} cannot be started: ${error.message}`);
  process.exitCode = 127;
  end();
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128);
  end();
});
