import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { withLock } from '../../../local/lock.mjs';
import { localDirectory } from '../../../local/paths.ts';
import { runProcess } from '../../../local/process.ts';
import { pythonScript, type PythonEnvironment } from '../../../local/python.ts';

/** Where the programs are installed that nobody here wrote. */
export interface Installed {
  /** The folder that has `node_modules`. */
  readonly npm: string;
  /** Interpreters of two virtual environments: the packages of some clients exclude those of others. */
  readonly python: Readonly<Record<PythonName, string>>;
}

export type PythonName = 'current' | 'older';

const manifests = join(import.meta.dirname, '..');
const pythons: readonly PythonEnvironment[] = (['current', 'older'] as const).map((name) => ({
  name: `fidelity-${name}`,
  requirements: join(manifests, 'python', `requirements-${name}.txt`),
  minor: 11,
  what: `the ${name === 'older' ? 'older of the ' : ''}networks' Python clients`,
}));

/** Installs what is missing, into `.local/`. Throws one clear sentence if a prerequisite is. */
export async function install(onWork: (what: string) => void): Promise<Installed> {
  const [npm, current = '', older = ''] = await Promise.all([installNpm(onWork), ...pythons.map((each) => pythonScript(each, 'python', onWork))]);
  return { npm, python: { current, older } };
}

const NPM_FILES = ['package.json', 'package-lock.json', '.npmrc'] as const;

/** As `npm ci` makes it of the committed lock file, once for each of its versions. */
async function installNpm(onWork: (what: string) => void): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const name of NPM_FILES) hash.update(readFileSync(join(manifests, 'npm', name)));
  const directory = join(localDirectory, `fidelity-npm-${hash.digest('hex').slice(0, 12)}`);
  const ready = join(directory, 'ready');
  if (existsSync(ready)) return directory;
  await withLock(
    join(localDirectory, 'fidelity-npm.lock'),
    async () => {
      if (existsSync(ready)) return;
      onWork("Installing the networks' npm clients and a Bluesky server (once, into .local/)");
      for (const entry of readdirSync(localDirectory)) {
        if (/^fidelity-npm-[0-9a-f]{12}$/u.test(entry)) rmSync(join(localDirectory, entry), { recursive: true, force: true });
      }
      mkdirSync(directory, { recursive: true });
      for (const name of NPM_FILES) copyFileSync(join(manifests, 'npm', name), join(directory, name));
      const npm = npmCommand();
      await runProcess({
        command: npm.command,
        // No package of these needs its install script: what is native in them comes built.
        parameters: [...npm.parameters, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
        directory,
        environment: process.env,
        output: { file: join(directory, 'npm.log') },
        what: "Installing the networks' npm clients from the npm registry (npm ci)",
      });
      writeFileSync(ready, '');
    },
    () => onWork("Waiting for another command that installs the networks' npm clients"),
  );
  return directory;
}

/** The npm that runs this command, or the one in PATH. */
function npmCommand(): { readonly command: string; readonly parameters: readonly string[] } {
  const running = process.env['npm_execpath'];
  if (running !== undefined && basename(running) === 'npm-cli.js') return { command: process.execPath, parameters: [running] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', parameters: [] };
}
