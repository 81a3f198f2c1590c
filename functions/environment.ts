import * as z from 'zod';

/**
 * The environment of the functions: what `lib/` sets and what the functions read, in one place. A function reads only the
 * parts that it needs; a missing or wrong entry fails its cold start with the name of the entry.
 */

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z.string().transform((text, context): z.output<Schema> => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: `not JSON: ${String(error)}` });
      return z.NEVER;
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: z.prettifyError(parsed.error) });
    return z.NEVER;
  });

/** Who issues the dashboard's JWTs. `jwksUri` null: as the issuer's discovery document says. */
export const identitySchema = z.strictObject({
  issuer: z.url(),
  audience: z.string().min(1),
  jwksUri: z.url().nullable(),
  /** The claim of the token that names the tenant, where people share tenants; null: each person is one. */
  tenantClaim: z.string().min(1).nullable().default(null),
});
export type IdentitySettings = z.infer<typeof identitySchema>;

/** How much a tenant may do (`Plan` in `core/model.ts`). A request comes back in a whole number of microseconds. */
export const planSchema = z.strictObject({
  deliveriesPerMonth: z.int().min(0).max(1_000_000_000),
  requestsPerSecond: z.number().min(0.001).max(1_000_000),
  burst: z.int().min(1).max(1_000_000),
});

/** One configured network. The secret itself stands in an SSM SecureString parameter, never in the template. */
export const networkSchema = z.strictObject({
  /** Empty where the network knows the app by what it says of itself. */
  clientId: z.string().default(''),
  clientSecretParameter: z.string().min(1),
  /** Base URLs that replace the connector's own, by the connector's names for them. */
  endpoints: z.record(z.string(), z.url()),
});
export type NetworkConfiguration = z.infer<typeof networkSchema>;

/** The domain from which networks fetch files. Its private key stands in an SSM SecureString parameter. */
const domainSchema = z.strictObject({
  host: z.string().min(1),
  /** CloudFront's id of the public key. */
  keyPairId: z.string().min(1),
  /** Of the public key: `fingerprintOf` in `media/public-key.ts`. */
  keyFingerprint: z.string().length(64),
  privateKeyParameter: z.string().min(1),
});
export type DomainSettings = z.infer<typeof domainSchema>;

/** Where browsers go while an account is linked. */
const linkingSchema = z.strictObject({
  /** Where they reach the API, without a slash at the end. */
  publicUrl: z.url(),
  /** Whether they may be sent on to any port of their own machine. */
  loopbackRedirects: z.boolean(),
});

export const environmentSchema = {
  TABLE_NAME: z.string().min(1),
  BUCKET_NAME: z.string().min(1),
  /** ARN of the KMS key that seals account tokens: only where tokens may be decrypted. */
  TOKEN_KEY_ARN: z.string().min(1),
  EVENT_BUS_NAME: z.string().min(1),
  /** The state machine of uploads: only where executions are started. */
  UPLOAD_MACHINE_ARN: z.string().min(1),
  /** ARN of the state machine of one delivery. */
  ACCOUNT_MACHINE_ARN: z.string().min(1),
  /** The function that decrypts tokens for the API. */
  VAULT_NAME: z.string().min(1),
  LINKING: json(linkingSchema),
  /** Of the stage's metrics in CloudWatch. Every function has it. */
  METRICS_NAMESPACE: z.string().min(1).max(255),
  /** The row of `core/times.ts`. */
  PACE: z.enum(['standard', 'short']),
  IDENTITY: json(identitySchema),
  /** Of tenants that have no plan of their own. */
  PLAN: json(planSchema),
  NETWORKS: json(z.record(z.string(), networkSchema)),
  /** Their names, for functions that need no more: an environment has 4 kB. */
  CONFIGURED_NETWORKS: json(z.array(z.string())),
  /** Null: none is configured, and files are fetched from the bucket. */
  MEDIA_DOMAIN: json(domainSchema.nullable()),
  /** Where the pages on error types stand; each type is `<base>/<code>`. */
  ERROR_DOCS_URL: z.url(),
  /** JSON list of the origins whose browsers may call the API; `*`: all. */
  ORIGINS: json(z.array(z.string().min(1)).min(1)),
} as const;

export type EnvironmentName = keyof typeof environmentSchema;

type Environment<Name extends EnvironmentName> = { readonly [Key in Name]: z.output<(typeof environmentSchema)[Key]> };

/** Reads and checks the named entries of the process environment. Throws one sentence that names each wrong entry. */
export function readEnvironment<const Name extends EnvironmentName>(
  names: readonly Name[],
  source: Readonly<Record<string, string | undefined>> = process.env,
): Environment<Name> {
  const wrong: string[] = [];
  const entries = names.map((name) => {
    const parsed = environmentSchema[name].safeParse(source[name]);
    if (!parsed.success) wrong.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`);
    return [name, parsed.data] as const;
  });
  if (wrong.length > 0) throw new Error(`The function's environment is wrong: ${wrong.join('. ')}`);
  return Object.fromEntries(entries) as Environment<Name>;
}
