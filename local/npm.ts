import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { withLock } from './lock.mjs';
import { localDirectory } from './paths.ts';
import { runProcess } from './process.ts';

/** Packages that are installed beside the project, for something that not everybody does. */
export interface NpmEnvironment {
  /** Of its folder in `.local/`. */
  readonly name: string;
  /** The folder with its `package.json`, `package-lock.json` and `.npmrc`. */
  readonly manifests: string;
  /** For people: "the networks' npm clients". */
  readonly what: string;
}

const NPM_FILES = ['package.json', 'package-lock.json', '.npmrc'] as const;

/** The folder that has the `node_modules`, as `npm ci` makes it of the committed lock file: once for each of its versions. */
export async function npmEnvironment({ name, manifests, what }: NpmEnvironment, onWork: (what: string) => void): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of NPM_FILES) hash.update(readFileSync(join(manifests, file)));
  const directory = join(localDirectory, `${name}-${hash.digest('hex').slice(0, 12)}`);
  const ready = join(directory, 'ready');
  if (existsSync(ready)) return directory;
  await withLock(
    join(localDirectory, `${name}.lock`),
    async () => {
      if (existsSync(ready)) return;
      onWork(`Installing ${what} (once, into .local/)`);
      for (const entry of readdirSync(localDirectory)) {
        if (entry.startsWith(`${name}-`)) rmSync(join(localDirectory, entry), { recursive: true, force: true });
      }
      mkdirSync(directory, { recursive: true });
      for (const file of NPM_FILES) copyFileSync(join(manifests, file), join(directory, file));
      const npm = npmCommand();
      await runProcess({
        command: npm.command,
        // No package of these needs its install script: what is native in them comes built.
        parameters: [...npm.parameters, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
        directory,
        environment: process.env,
        output: { file: join(directory, 'npm.log') },
        what: `Installing ${what} from the npm registry (npm ci)`,
      });
      writeFileSync(ready, '');
    },
    () => onWork(`Waiting for another command that installs ${what}`),
  );
  return directory;
}

/** The npm that runs this command, or the one in PATH. */
function npmCommand(): { readonly command: string; readonly parameters: readonly string[] } {
  const running = process.env['npm_execpath'];
  if (running !== undefined && basename(running) === 'npm-cli.js') return { command: process.execPath, parameters: [running] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', parameters: [] };
}
