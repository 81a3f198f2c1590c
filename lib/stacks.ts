import type { App } from 'aws-cdk-lib';
import { createAppStack } from './app-stack.ts';
import type { Configuration } from './configuration.ts';
import { createDataStack } from './data-stack.ts';

/** The two stacks of a stage. `bundles`: the folder with a bundle for each function. */
export function createStacks(app: App, configuration: Configuration, bundles: string) {
  const data = createDataStack(app, configuration);
  return { data: data.stack, app: createAppStack(app, { configuration, data, bundles }) };
}
