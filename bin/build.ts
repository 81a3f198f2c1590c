import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { entryPoint, functionNames, type FunctionName } from '../lib/names.ts';
import { platforms } from '../platforms/registry.ts';
import { docsFiles } from './docs-files.ts';
import { leanSdk } from './lean-sdk.ts';
import { optionsJsonByNetwork } from './options-json.ts';

const root = join(import.meta.dirname, '..');

/** Where the stack finds the bundles. */
export const bundlesDirectory = join(root, 'dist', 'functions');

export interface FunctionsOptions {
  /** The folder that gets `<function>/index.mjs` with its source map; emptied before. */
  readonly outDir: string;
}

export interface Build {
  /** Bytes of JavaScript of each function, source map not counted. */
  readonly bytes: Readonly<Record<FunctionName, number>>;
  /** What is in the bundles and why, as esbuild describes it; also written to `<outDir>.meta.json`. */
  readonly metafile: Metafile;
}

/**
 * Packages that are CommonJS ask for Node's own modules by `require`, which a module does not have. One line gives it to them;
 * esbuild then uses it in place of a stand-in that throws.
 */
const REQUIRE = "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/** How a function is bundled, and what is measured as if it were one. */
export const bundling = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  alias: { '@aws-sdk/credential-provider-node': join(root, 'functions/common/credentials.ts') },
  plugins: [leanSdk],
  banner: { js: REQUIRE },
  minify: true,
  legalComments: 'none',
  sourcemap: 'linked',
  // Stack traces need positions and names, not the texts.
  sourcesContent: false,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/**
 * Builds all functions in one run: a bundle each, the AWS SDK included, so that what was tested is what runs. The SDK's module
 * form is taken, from which the bundler leaves out what is not used.
 */
export async function buildFunctions({ outDir }: FunctionsOptions): Promise<Build> {
  await rm(outDir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: functionNames.map((name) => ({ in: entryPoint(name), out: `${name}/index` })),
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    ...bundling,
    metafile: true,
  });
  await writeDocsFiles(join(outDir, 'http-docs', 'files'));
  await writeFile(join(outDir, 'http-accounts', 'options.json'), JSON.stringify(optionsJsonByNetwork(platforms)));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, { bytes }]) => [join(root, path), bytes]));
  const bytes = {} as Record<FunctionName, number>;
  for (const name of functionNames) {
    const size = outputs.get(join(outDir, name, 'index.mjs'));
    if (size === undefined) throw new Error(`The build made no bundle of ${name}.`);
    bytes[name] = size;
  }
  const report = `${outDir}.meta.json`;
  await mkdir(dirname(report), { recursive: true });
  await writeFile(report, JSON.stringify(metafile));
  return { bytes, metafile };
}

/** What the group `docs` hands out stands beside its bundle. */
async function writeDocsFiles(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, text] of docsFiles()) await writeFile(join(directory, name), text);
}

if (import.meta.main) {
  const { bytes } = await buildFunctions({ outDir: bundlesDirectory });
  for (const [name, size] of Object.entries(bytes)) console.log(`${name.padEnd(24)} ${(size / 1000).toFixed(0).padStart(5)} kB`);
}
