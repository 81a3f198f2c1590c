import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { localDirectory } from '../local/paths.ts';

const run = promisify(execFile);

/** The package that carries ffprobe's binaries, one a platform, none fetched by an install script. */
const PACKAGE = '@ffprobe-installer/ffprobe@2.1.2';
const INSTALL_TIME_LIMIT_MS = 3 * 60 * 1000;

/**
 * The path of an ffprobe, installed into `.local/` the first time: it is too large to be a dependency of everybody. Otherwise
 * `why` none can be had here, for want of a network or of a binary for this platform.
 */
export async function findFfprobe(): Promise<{ readonly path: string } | { readonly why: string }> {
  const directory = join(localDirectory, 'ffprobe');
  const name = process.platform === 'win32' ? 'ffprobe.exe' : 'ffprobe';
  const path = join(directory, 'node_modules', '@ffprobe-installer', `${process.platform}-${process.arch}`, name);
  try {
    if (!existsSync(path)) await install(directory);
    // Its install script would do this.
    await chmod(path, 0o755);
    await run(path, ['-version']);
    return { path };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { why: error.message.split('\n')[0] ?? '' };
  }
}

async function install(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const parameters = ['install', '--prefix', directory, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', PACKAGE];
  // The npm that runs this command, or the one in PATH.
  const npm = process.env['npm_execpath'];
  const own = npm !== undefined && basename(npm) === 'npm-cli.js' ? npm : null;
  if (own === null) await run('npm', parameters, { timeout: INSTALL_TIME_LIMIT_MS, shell: process.platform === 'win32' });
  else await run(process.execPath, [own, ...parameters], { timeout: INSTALL_TIME_LIMIT_MS });
}
