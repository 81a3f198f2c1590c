import { createHash, createPublicKey, verify } from 'node:crypto';
import * as z from 'zod';

/** A public key for ES256 as a JWK; one with a private part is refused. */
export const publicKeySchema = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string().regex(/^[\w-]{43}$/u), y: z.string().regex(/^[\w-]{43}$/u), kid: z.string().optional(), d: z.undefined().optional() });
export type PublicKey = z.output<typeof publicKeySchema>;

export interface Jwt<Header, Claims> {
  readonly header: Header;
  readonly claims: Claims;
  /** Whether the signature, ES256, is that of the key. */
  isSignedBy(key: PublicKey): boolean;
}

/** Reads a signed token under schemas of its header and its claims; null: it is none, or has others. */
export function readJwt<Header, Claims>(text: string, headerSchema: z.ZodType<Header>, claimsSchema: z.ZodType<Claims>): Jwt<Header, Claims> | null {
  const [, head = '', body = '', signature = ''] = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/u.exec(text) ?? [];
  const header = headerSchema.safeParse(parsePart(head));
  const claims = claimsSchema.safeParse(parsePart(body));
  if (!header.success || !claims.success) return null;
  return {
    header: header.data,
    claims: claims.data,
    isSignedBy({ kty, crv, x, y }) {
      const key = createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
      return verify('sha256', Buffer.from(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
    },
  };
}

/** The thumbprint of a key (RFC 7638), by which tokens are bound to it. */
export function thumbprint({ crv, kty, x, y }: PublicKey): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

function parsePart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
