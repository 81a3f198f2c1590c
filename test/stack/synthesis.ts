import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as z from 'zod';
import { configurationSchema, type Configuration } from '../../lib/configuration.ts';
import { functionNames } from '../../lib/names.ts';
import { createStacks } from '../../lib/stacks.ts';

export interface Synthesized {
  readonly configuration: Configuration;
  readonly data: Template;
  readonly app: Template;
  /** Null: there is no such stack. */
  readonly mediaDomain: Template | null;
}

const known = new Map<string, Synthesized>();

/** The stacks for a configuration, synthesized in this process, once. */
export function synthesize(entries: Entries = {}): Synthesized {
  const key = JSON.stringify(entries);
  const found = known.get(key) ?? synthesizeAnew(entries);
  known.set(key, found);
  return found;
}

type Entries = Omit<z.input<typeof configurationSchema>, 'stage'>;

/** Bundles are not looked into: any file will do. */
function synthesizeAnew(entries: Entries): Synthesized {
  const directory = mkdtempSync(join(tmpdir(), 'fanfare-stack-'));
  try {
    const bundles = join(directory, 'functions');
    for (const name of functionNames) {
      mkdirSync(join(bundles, name), { recursive: true });
      writeFileSync(join(bundles, name, 'index.mjs'), `// ${name}\n`);
    }
    const configuration = configurationSchema.parse({ ...entries, stage: 'test' });
    const app = new App({ analyticsReporting: false, outdir: join(directory, 'cdk.out') });
    const stacks = createStacks(app, configuration, bundles);
    const mediaDomain = stacks.mediaDomain === null ? null : Template.fromStack(stacks.mediaDomain);
    return { configuration, data: Template.fromStack(stacks.data), app: Template.fromStack(stacks.app), mediaDomain };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** As an operator on AWS has it: everything by default, and two networks. */
export const standard: Entries = {
  origins: ['https://app.example.com'],
  docsUrl: 'https://docs.example.com/',
  networks: {
    youtube: { clientId: 'one', clientSecretParameter: '/fanfare/test/youtube/client-secret' },
    instagram: { clientId: 'two', clientSecretParameter: 'instagram-secret' },
  },
};
