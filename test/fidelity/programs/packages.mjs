/** Loaded before the programs here (`node --import`): their packages are where `FIDELITY_MODULES` says, and not in this project. */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const here = new URL('.', import.meta.url).href;
const parentURL = pathToFileURL(join(process.env.FIDELITY_MODULES, 'package.json')).href;

registerHooks({
  resolve(specifier, context, next) {
    const isPackage = /^[@a-z]/u.test(specifier) && !specifier.startsWith('node:');
    return next(specifier, isPackage && context.parentURL?.startsWith(here) ? { ...context, parentURL } : context);
  },
});
