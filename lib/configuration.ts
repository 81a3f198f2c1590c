import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { networkSchema } from '../functions/environment.ts';

/**
 * Everything that an operator decides, in one typed place: a JSON file, `config/<stage>.json`, or the one that the
 * environment variable `FANFARE_CONFIG` names. A wrong or missing entry fails synthesis with one sentence.
 */
export const configurationSchema = z.strictObject({
  /** Together with the stage the prefix of the stacks' names. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,19}$/, 'lower-case letters, digits and hyphens, at most 20').default('fanfare'),
  stage: z.string().regex(/^[a-z][a-z0-9-]{0,19}$/, 'lower-case letters, digits and hyphens, at most 20'),
  /** `short`: the waits of `core/times.ts` for a stage whose networks are stand-ins. */
  pace: z.enum(['standard', 'short']).default('standard'),
  /** What happens to data when the stack is deleted. */
  removal: z.enum(['retain', 'destroy']).default('retain'),
  /** False only where the AWS endpoint itself is http: the bucket then does not demand TLS. */
  tls: z.boolean().default(true),
  /** `cognito`: the stack creates a user pool. Otherwise any issuer of OIDC tokens; `jwksUri` null: by discovery. */
  identity: z
    .union([
      z.literal('cognito'),
      z.strictObject({ issuer: z.url(), audience: z.string().min(1), jwksUri: z.url().nullable().default(null) }),
    ])
    .default('cognito'),
  /** Origins of browsers that may call the API and send parts. */
  origins: z.array(z.string().min(1)).min(1).default(['*']),
  logRetentionDays: z.int().positive().default(30),
  errorDocsUrl: z.url().default('https://fanfare.example/errors'),
  networks: z.record(z.string(), networkSchema.extend({ endpoints: networkSchema.shape.endpoints.default({}) })).default({}),
});

export type Configuration = z.infer<typeof configurationSchema>;

/** Reads and checks a configuration file. Throws one sentence that names the file and each wrong entry. */
export function readConfiguration(file: string): Configuration {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`There is no configuration at ${file}: write one (config/example.json shows all entries).`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`The configuration ${file} is not JSON: ${String(cause)}`, { cause });
  }
  const parsed = configurationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(whole file)'}: ${issue.message}`);
  throw new Error(`The configuration ${file} is wrong: ${wrong.join('; ')}.`);
}
