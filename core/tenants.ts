import { createHash } from 'node:crypto';

/** The alphabet of ULIDs (Crockford's base 32), so that all ids look alike. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 26;

/** The tenant of a person whom `issuer` knows as `subject`: the same one at each call, found without a read. */
export function tenantOf(issuer: string, subject: string): string {
  return tenantIdOf(`${issuer}\n${subject}`);
}

/**
 * The tenant that `issuer` names by a claim of its tokens, the same for all who have it. No issuer begins with `[`, so that
 * nobody's own tenant is ever this one.
 */
export function tenantOfClaim(issuer: string, claim: string): string {
  return tenantIdOf(JSON.stringify(['tenant', issuer, claim]));
}

/** Whom a dashboard session belongs to, as its issuer says. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** The tenant claim, where one is configured; null: each person is a tenant. */
  readonly tenant: string | null;
}

export function tenantOfIdentity({ issuer, subject, tenant }: Identity): string {
  return tenant === null ? tenantOf(issuer, subject) : tenantOfClaim(issuer, tenant);
}

const TENANT_ID = new RegExp(`^ten_[${ALPHABET}]{${LENGTH}}$`, 'u');

/** Whether a text has the form of a tenant's id. */
export function isTenantId(text: string): boolean {
  return TENANT_ID.test(text);
}

function tenantIdOf(text: string): string {
  const digest = createHash('sha256').update(text).digest('hex');
  let bits = BigInt(`0x${digest}`);
  let id = '';
  for (let i = 0; i < LENGTH; i += 1) {
    id += ALPHABET[Number(bits % 32n)] ?? '';
    bits /= 32n;
  }
  return `ten_${id}`;
}
