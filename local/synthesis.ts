import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildFunctions, bundlesDirectory } from '../bin/build.ts';
import { writeWhole } from './files.ts';
import { withLock } from './lock.mjs';
import { localDirectory, root } from './paths.ts';
import { runProcess } from './process.ts';

/** Everything from which the bundles and the templates are made. */
const SOURCES = ['bin', 'core', 'functions', 'lib', 'media', 'platforms', 'store', 'cdk.json', 'package-lock.json', 'tsconfig.json'];

/** The CDK command line, run by this Node.js. */
export const cdkScript = join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
export const cdkApp = `"${process.execPath}" bin/app.ts`;

/** Builds the functions, if their sources have changed since the last time. */
export async function build(): Promise<void> {
  await withLock(join(localDirectory, 'build.lock'), () => buildIfChanged(hashOf(SOURCES)));
}

/**
 * Synthesizes the stacks for a configuration file, if it or the sources have changed since the last time. Gives the folder
 * of the cloud assembly, which holds copies of the bundles: what others build afterwards does not touch it.
 */
export async function synthesize(options: {
  readonly configurationFile: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onWork: (what: string) => void;
}): Promise<string> {
  const assembly = join(options.directory, 'cdk.out');
  const marker = join(options.directory, 'cdk.out.inputs');
  const sources = hashOf(SOURCES);
  const inputs = createHash('sha256').update(sources).update(readFileSync(options.configurationFile)).digest('hex');
  if (readMarker(marker) === inputs && existsSync(join(assembly, 'manifest.json'))) return assembly;
  await withLock(join(localDirectory, 'build.lock'), async () => {
    options.onWork('Building the functions and synthesizing the stacks');
    await buildIfChanged(sources);
    rmSync(marker, { force: true });
    rmSync(assembly, { recursive: true, force: true });
    await runProcess({
      what: 'The synthesis of the stacks',
      command: process.execPath,
      parameters: [cdkScript, 'synth', '--all', '--quiet', '--no-notices', '--app', cdkApp, '--output', assembly],
      environment: { ...options.environment, FANFARE_CONFIG: options.configurationFile },
      directory: root,
      output: { file: join(options.directory, 'synth.log') },
    });
  });
  writeWhole(marker, inputs);
  return assembly;
}

async function buildIfChanged(sources: string): Promise<void> {
  const marker = `${bundlesDirectory}.inputs`;
  if (readMarker(marker) === sources && existsSync(bundlesDirectory)) return;
  rmSync(marker, { force: true });
  await buildFunctions({ outDir: bundlesDirectory });
  writeWhole(marker, sources);
}

function readMarker(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** A hash of the names and contents of files and of all files in folders, from the project's root. */
function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths.filter((path) => existsSync(join(root, path)))) {
    const whole = join(root, path);
    const files = statSync(whole).isDirectory()
      ? readdirSync(whole, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
      : [whole];
    for (const file of files.toSorted()) hash.update(`${file.slice(root.length)}\n${statSync(file).size}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}
