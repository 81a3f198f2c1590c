import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Clients whose errors nobody here tells apart by class: an error without its class still has its name. */
const ERRORS_BY_NAME = ['client-ssm'];

/**
 * Lets the bundler leave out the operations of the AWS SDK that nobody calls. Each client describes all its operations as
 * arrays in one file; they name their fields by computed keys, for which esbuild must suppose an effect, so it keeps them all:
 * 54 kB of S3 alone. Here each is marked as what it is, a value without effects. A description that is written in another
 * way one day is kept again, and nothing else changes.
 */
export const leanSdk: Plugin = {
  name: 'lean-sdk',
  setup: (build) => {
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[a-z0-9-]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/ }, async ({ path }) => {
      const client = /@aws-sdk[\\/](client-[a-z0-9-]+)/u.exec(path)?.[1] ?? '';
      const text = await readFile(path, 'utf8');
      const described = text.replaceAll(/^(export var [\w$]+ = )(\[-?\d[^;]*\]);$/gmu, '$1/* @__PURE__ */ (() => $2)();');
      const contents = ERRORS_BY_NAME.includes(client) ? described.replaceAll(/^n0_registry\.registerError\(.*\);$/gmu, '') : described;
      return { contents, loader: 'js' };
    });
  },
};
