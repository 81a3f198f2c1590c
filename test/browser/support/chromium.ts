import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import * as z from 'zod';
import { npmEnvironment } from '../../../local/npm.ts';

const packages = { name: 'browser-npm', manifests: join(import.meta.dirname, '../npm'), what: 'a browser' };

/** Where browsers of this family usually are. */
const USUAL: readonly string[] = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** A Chromium without a window: that of the environment variable `CHROMIUM`, one of this machine, or, on Linux, one that is installed into `.local/`. */
export async function launchChromium(): Promise<Browser> {
  const named = process.env['CHROMIUM'];
  const found = named ?? USUAL.find((path) => existsSync(path));
  const { path, args } = found === undefined ? await installed() : { path: found, args: [] };
  // Everything that it opens is ours, and sandboxes of browsers cannot be nested in those of CI machines.
  return chromium.launch({ executablePath: path, args: [...args, '--no-sandbox'], headless: true });
}

const packageSchema = z.object({ default: z.custom<{ executablePath(): Promise<string>; readonly args: readonly string[] }>() });

async function installed(): Promise<{ readonly path: string; readonly args: readonly string[] }> {
  if (process.platform !== 'linux') throw new Error('There is no browser to test with: install Chrome or Chromium, or name one in CHROMIUM.');
  const directory = await npmEnvironment(packages, (what) => console.log(what));
  const entry = createRequire(join(directory, 'package.json')).resolve('@sparticuz/chromium');
  const { default: packed } = packageSchema.parse(await import(pathToFileURL(entry).href));
  return { path: await packed.executablePath(), args: packed.args.filter((arg) => arg !== '--single-process') };
}
