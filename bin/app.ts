import { App } from 'aws-cdk-lib';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, readConfiguration } from '../lib/configuration.ts';
import { functionNames } from '../lib/names.ts';
import { createStacks } from '../lib/stacks.ts';
import { bundlesDirectory } from './build.ts';
import { checkNetworks } from './networks.ts';

/**
 * The CDK app. The configuration is the file that FANFARE_CONFIG names, or `config/<stage>.json` for `--context stage=<stage>`.
 * What is wrong with it is said in one sentence, without a stack trace.
 */

const root = join(import.meta.dirname, '..');

try {
  // No resource of the CDK's own in the templates.
  const app = new App({ analyticsReporting: false });
  const configuration = readConfiguration(configurationFile(app));
  checkNetworks(configuration);
  checkBundles();
  createStacks(app, configuration, bundlesDirectory);
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function configurationFile(app: App): string {
  const named = process.env['FANFARE_CONFIG'];
  if (named !== undefined && named !== '') return named;
  const stage: unknown = app.node.tryGetContext('stage');
  if (typeof stage !== 'string' || stage === '') {
    throw new ConfigurationError('Which stage? Set FANFARE_CONFIG to a configuration file, or pass --context stage=<name> for config/<name>.json.');
  }
  return join(root, 'config', `${stage}.json`);
}

function checkBundles(): void {
  const missing = functionNames.find((name) => !existsSync(join(bundlesDirectory, name, 'index.mjs')));
  if (missing !== undefined) throw new ConfigurationError(`The functions are not built (${missing} is missing): run npm run build first.`);
}
