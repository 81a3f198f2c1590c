import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { timestamp } from './clock.ts';
import type { ApiKey, Scope } from './model.ts';
import type { Ports } from './ports/index.ts';

/**
 * API keys: `fan_`, 32 random bytes in base 62, and a CRC-32 of all before it in base 62. The fixed form lets scanners find
 * leaked keys, and the checksum refuses a typing mistake without a read. Only the SHA-256 of a key is stored.
 */
const PREFIX = 'fan_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 32;
/** 62^43 > 2^256. */
const SECRET_DIGITS = 43;
/** 62^6 > 2^32. */
const CHECKSUM_DIGITS = 6;
/** Characters of a key that are shown afterwards, to recognise it by. */
const SHOWN = 8;

const FORM = new RegExp(`^${PREFIX}[0-9A-Za-z]{${SECRET_DIGITS + CHECKSUM_DIGITS}}$`, 'u');

/** A new key from the system's random source. */
export function newKey(): string {
  return keyOf(randomBytes(SECRET_BYTES));
}

/** The key that has these 32 bytes as its secret. */
export function keyOf(secret: Uint8Array): string {
  const body = PREFIX + base62(BigInt(`0x${Buffer.from(secret).toString('hex')}`), SECRET_DIGITS);
  return body + checksum(body);
}

/** Whether a text has the form of a key and the right checksum. */
export function isWellFormedKey(text: string): boolean {
  if (!FORM.test(text)) return false;
  const body = text.slice(0, -CHECKSUM_DIGITS);
  return text.slice(-CHECKSUM_DIGITS) === checksum(body);
}

/** Under which a key is stored: lower-case hex SHA-256 of the whole key. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Makes a key for a tenant and stores its hash. The key itself is in the answer and nowhere else. */
export async function generateApiKey(
  ports: Pick<Ports, 'store' | 'clock' | 'ids'>,
  request: {
    readonly tenantId: string;
    readonly name: string | null;
    readonly scopes: readonly Scope[];
    readonly expiresAt: string | null;
  },
): Promise<{ apiKey: ApiKey; key: string }> {
  const key = newKey();
  const createdAt = timestamp(ports.clock.now());
  const apiKey: ApiKey = {
    keyId: ports.ids.next('key'),
    tenantId: request.tenantId,
    keyHash: hashKey(key),
    prefix: key.slice(0, SHOWN),
    name: request.name,
    scopes: request.scopes,
    createdAt,
    expiresAt: request.expiresAt,
    lastUsedAt: null,
    revokedAt: null,
  };
  await ports.store.ensureTenant({ tenantId: request.tenantId, at: createdAt });
  await ports.store.putApiKey(apiKey);
  return { apiKey, key };
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CHECKSUM_DIGITS);
}

function base62(value: bigint, digits: number): string {
  let rest = value;
  let text = '';
  for (let i = 0; i < digits; i += 1) {
    text = (ALPHABET[Number(rest % 62n)] ?? '') + text;
    rest /= 62n;
  }
  return text;
}
