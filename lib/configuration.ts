import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { identitySchema, networkSchema, planSchema } from '../functions/environment.ts';
import { selfDescribed } from '../platforms/self-described.ts';
import { mediaDomainSchema } from './media-domain-settings.ts';

/** Days for which CloudWatch Logs can keep a log (its API, PutRetentionPolicy). */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const;

/** The attribute of the user pool (`lib/identity.ts`) as its tokens carry it: the ID token has it, the access token has not. */
export const COGNITO_TENANT_CLAIM = 'custom:tenantId';

const origin = z.string().regex(/^(?:\*|https?:\/\/[^/\s]+)$/u, 'an origin such as https://app.example.com, without a path, or *');

/** Nobody's address: error types stay stable under it, but lead nowhere. */
export const PLACEHOLDER_DOCS_URL = 'https://fanfare.example';

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
  /**
   * `cognito`: the stack creates a user pool. Otherwise any issuer of OIDC tokens; `jwksUri` null: by discovery. `tenantClaim`:
   * the claim of its tokens that names the tenant, which no user may be able to write; null: each person is a tenant. Of the
   * user pool there is one such claim, and only the operator writes it.
   */
  identity: z
    .union([
      z.literal('cognito'),
      z.strictObject({ provider: z.literal('cognito'), tenantClaim: z.literal(COGNITO_TENANT_CLAIM).nullable().default(null) }),
      identitySchema.extend({ jwksUri: identitySchema.shape.jwksUri.default(null) }),
    ])
    .default('cognito'),
  /** What each tenant may do that has no plan of its own in the table. */
  plan: planSchema.default({ deliveriesPerMonth: 10_000, requestsPerSecond: 20, burst: 100 }),
  /** Origins of browsers that may call the API and send parts. */
  origins: z.array(origin).min(1).default(['*']),
  /**
   * Where browsers reach the API, without a slash at the end: networks know our callbacks by it, as `<publicUrl>/oauth/<network>/callback`.
   * `{apiId}` stands for the id of the API. Null: the address that AWS gives it.
   */
  publicUrl: z.string().regex(/^https?:\/\/[^\s?#]+[^\s?#/]$/u, 'an address such as https://api.example.com, without a slash at the end').nullable().default(null),
  /** True on a local stage alone: browsers that have linked an account may be sent to any port of this machine. */
  loopbackRedirects: z.boolean().default(false),
  /** Addresses that get a message about each alarm. Any other subscriber can be added to the stack's topic by hand. */
  alarms: z.strictObject({ emails: z.array(z.email()).default([]) }).default({ emails: [] }),
  logRetentionDays: z.literal(RETENTION_DAYS, `one of ${RETENTION_DAYS.join(', ')}`).default(30),
  /** Where the pages under `docs/` are published: the types of errors and the descriptions of alarms are addresses below it. */
  docsUrl: z
    .url()
    .transform((url) => url.replace(/\/$/u, ''))
    .default(PLACEHOLDER_DOCS_URL),
  /** Null: networks fetch files from addresses that S3 signs, which does for trying things out (docs/operations.md says why). */
  mediaDomain: mediaDomainSchema.nullable().default(null),
  networks: z
    .record(z.string(), networkSchema.extend({ endpoints: networkSchema.shape.endpoints.default({}) }))
    .superRefine((networks, context) => {
      for (const [network, { clientId }] of Object.entries(networks)) {
        if (clientId !== '' || selfDescribed.has(network)) continue;
        context.addIssue({ code: 'custom', path: [network, 'clientId'], message: 'the id of the app that you registered at the network' });
      }
    })
    .default({}),
});

export type Configuration = z.infer<typeof configurationSchema>;

/** The operator has to change something; the message is one sentence that says what. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Reads and checks a configuration file. Throws a `ConfigurationError` that names the file and each wrong entry. */
export function readConfiguration(file: string): Configuration {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigurationError(`There is no configuration at ${file}: write one (config/example.json shows all entries).`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError(`The configuration ${file} is not JSON: ${String(cause)}`, { cause });
  }
  const parsed = configurationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(whole file)'}: ${issue.message}`);
  throw new ConfigurationError(`The configuration ${file} is wrong: ${wrong.join('; ')}.`);
}
