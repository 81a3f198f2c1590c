import { createHash } from 'node:crypto';

/** The alphabet of ULIDs (Crockford's base 32), so that all ids look alike. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 26;

/** The tenant of a person whom `issuer` knows as `subject`: the same one at each call, found without a read. */
export function tenantOf(issuer: string, subject: string): string {
  const digest = createHash('sha256').update(`${issuer}\n${subject}`).digest();
  let bits = BigInt(`0x${digest.toString('hex')}`);
  let id = '';
  for (let i = 0; i < LENGTH; i += 1) {
    id += ALPHABET[Number(bits % 32n)] ?? '';
    bits /= 32n;
  }
  return `ten_${id}`;
}
