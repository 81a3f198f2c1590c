import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Errors of the clients that are told apart by their class here. Any other one is the client's common error, with its name:
 * so `instanceof` holds in a bundle for these only, and a test looks for others.
 */
export const ERRORS_BY_CLASS: Readonly<Record<string, readonly string[]>> = {
  'client-dynamodb': ['ConditionalCheckFailedException', 'TransactionCanceledException'],
  'client-kms': ['IncorrectKeyException', 'InvalidCiphertextException'],
  'client-sfn': ['ExecutionAlreadyExists', 'ExecutionDoesNotExist'],
};

/** A path in the package of a client. */
const CLIENT = /[\\/]@aws-sdk[\\/](?<client>client-[a-z0-9-]+)[\\/]/u;

/**
 * Lets the bundler leave out what nobody here uses of the AWS SDK and of zod, which they hold on to in ways that it cannot see
 * through. What is written in another way one day is kept again, and nothing else changes.
 */
export const leanSdk: Plugin = {
  name: 'lean-sdk',
  setup: (build) => {
    // Each client describes all its operations as arrays in one file; they name their fields by computed keys, for which esbuild
    // must suppose an effect, so it keeps them all: 54 kB of S3 alone. Here each is marked as what it is, a value without effects.
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[a-z0-9-]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const described = text.replaceAll(/^((?:export )?var [\w$]+ = )(\[-?\d[^;]*\]);$/gmu, '$1/* @__PURE__ */ (() => $2)();');
      const kept = ERRORS_BY_CLASS[clientOf(path)] ?? [];
      const contents = described.replaceAll(/^n0_registry\.registerError\([\w$]+, ([\w$]+)\);$/gmu, (line, name: string) => (kept.includes(name) ? line : ''));
      return { contents, loader: 'js' };
    });
    // A client reads its own version out of its whole package.json.
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[a-z0-9-]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version }: { version?: unknown } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
    // Where DynamoDB is, its client knows; the cache for asking, which is off, brings a library along.
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/]endpoint-cache[\\/]dist-es[\\/]index\.js$/ }, () => ({ contents: 'export class EndpointCache {}', loader: 'js' }));
    // Each schema can tell its JSON Schema, by 20 kB of code; no function asks for it, since the document is made by the build.
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]classic[\\/]schemas\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text
        .replaceAll(/^ +inst\._zod\.processJSONSchema = .*;$/gmu, '')
        .replaceAll(/\bcreate(?:Standard|To)JSONSchemaMethod\((?=this\b)/gu, '(() => undefined)(');
      return { contents, loader: 'js' };
    });
  },
};

function clientOf(path: string): string {
  return CLIENT.exec(path)?.groups?.['client'] ?? '';
}
