import { generateKeyPairSync } from 'node:crypto';
import * as z from 'zod';

const keySchema = z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(), d: z.string() });

/** A private key for ES256 as a JWK. */
export type PrivateKey = z.output<typeof keySchema>;

const bindingSchema = z.strictObject({
  /** With which every call and every refresh is proved (RFC 9449). */
  key: keySchema,
  /** Who gave the tokens: only there they are refreshed and ended. */
  issuer: z.string(),
  /** To which of our addresses they were given: another one may not refresh them. */
  clientId: z.string(),
  /** Whose tokens they are. */
  did: z.string().startsWith('did:'),
});

/** What tokens of a consent are bound to. Those of an app password have none. */
export type Binding = z.output<typeof bindingSchema>;

export function writeBinding(binding: Binding): string {
  return JSON.stringify(binding);
}

/** Throws for what `writeBinding` has not written. */
export function readBinding(text: string): Binding {
  return bindingSchema.parse(JSON.parse(text));
}

/** What has to be known again when the browser is back. `did`: who was asked to consent; null: whoever logs in. */
const visitSchema = bindingSchema.extend({ did: bindingSchema.shape.did.nullable() });
export type Visit = z.output<typeof visitSchema>;

export function readVisit(text: string | null): Visit {
  return visitSchema.parse(JSON.parse(text ?? ''));
}

export function newKey(): PrivateKey {
  return keySchema.parse(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }));
}
