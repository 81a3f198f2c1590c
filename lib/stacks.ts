import type { App } from 'aws-cdk-lib';
import { createAppStack } from './app-stack.ts';
import type { Configuration } from './configuration.ts';
import { createDataStack } from './data-stack.ts';
import { createMediaDomainStack } from './media-domain-stack.ts';

/** The stacks of a stage: two, and one more where a media domain is configured. `bundles`: the folder with a bundle for each function. */
export function createStacks(app: App, configuration: Configuration, bundles: string) {
  const data = createDataStack(app, configuration);
  const settings = configuration.mediaDomain;
  const mediaDomain = settings === null ? null : createMediaDomainStack(app, configuration, settings, data);
  return { data: data.stack, mediaDomain: mediaDomain?.stack ?? null, app: createAppStack(app, { configuration, data, mediaDomain, bundles }) };
}
