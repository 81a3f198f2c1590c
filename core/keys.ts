import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { timestamp, timestampAfter } from './clock.ts';
import { errorAt, invalidField, type FanfareError } from './errors.ts';
import { isIdOf } from './ids.ts';
import { limits } from './limits.ts';
import { scopes, type ApiKey, type Scope } from './model.ts';
import type { Commit, Ports } from './ports/index.ts';

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

/** A key with its secret, which is shown once and kept nowhere. */
export interface MadeKey {
  readonly apiKey: ApiKey;
  readonly key: string;
}

/** What the transaction that stores a new key has to store along with it. */
export type CommitFor = (made: MadeKey) => Commit | null;

type KeyPorts = Pick<Ports, 'store' | 'clock' | 'ids'>;

/**
 * Makes a key for a tenant and stores its hash. Throws `validation_failed` for an end that is past, `limit_reached` if the
 * tenant has as many as it may have.
 */
export async function generateApiKey(
  ports: KeyPorts,
  request: {
    readonly tenantId: string;
    readonly name: string | null;
    readonly scopes: readonly Scope[];
    readonly expiresAt: string | null;
  },
  commitFor: CommitFor = () => null,
): Promise<MadeKey> {
  const { tenantId, name, expiresAt } = request;
  const made = drawKey(ports, { tenantId, name, scopes: scopes.filter((scope) => request.scopes.includes(scope)), expiresAt });
  const { createdAt } = made.apiKey;
  if (expiresAt !== null && expiresAt <= createdAt) throw invalidField('expiresAt', 'past', 'expiresAt must be in the future.');
  await ports.store.ensureTenant({ tenantId, at: createdAt });
  const put = await ports.store.putApiKey(made.apiKey, { most: limits.keysPerTenant, commit: commitFor(made) });
  if (put === 'too_many') throw tooMany('Revoke one that is not needed.');
  return made;
}

/** The tenant's key. Throws `not_found` for an id that is malformed, unknown or another tenant's. */
export async function findApiKey({ store }: Pick<Ports, 'store'>, tenantId: string, keyId: string): Promise<ApiKey> {
  const apiKey = isIdOf('key', keyId) ? await store.findApiKey(tenantId, keyId) : null;
  if (apiKey !== null) return apiKey;
  throw errorAt('not_found', 'keyId', 'not_found', 'There is no such API key.');
}

/** Gives a key another name. */
export async function renameApiKey(
  { store }: Pick<Ports, 'store'>,
  { keyHash }: ApiKey,
  name: string | null,
  commit: Commit | null,
): Promise<ApiKey> {
  const renamed = await store.renameApiKey({ keyHash, name, commit });
  if (renamed === null) throw new Error('The key was removed while it was renamed.');
  return renamed;
}

/** Ends a key at once; it stays listed. Repeating it changes nothing. */
export async function revokeApiKey({ store, clock }: Pick<Ports, 'store' | 'clock'>, apiKey: ApiKey, commit: Commit | null): Promise<ApiKey> {
  const at = timestamp(clock.now());
  const revoked = await store.revokeApiKey(apiKey.keyHash, at, commit);
  if (!revoked) throw new Error('The key was removed while it was revoked.');
  return { ...apiKey, revokedAt: apiKey.revokedAt ?? at };
}

/**
 * Makes a key that takes the place of another: with its name and its scopes, and as long a life from now on. The old one goes
 * on for `overlap` seconds, but never longer than it would have. Throws `key_state` for a key that has ended or was rotated
 * before, `limit_reached`.
 */
export async function rotateApiKey(ports: KeyPorts, old: ApiKey, overlap: number, commitFor: CommitFor = () => null): Promise<MadeKey> {
  const now = ports.clock.now();
  const at = timestamp(now);
  const { keyHash, tenantId, name } = old;
  if (old.replacedBy !== null) throw keyState(`This key was rotated already: rotate the one that took its place, ${old.replacedBy}.`);
  if (statusOfKey(old, at) !== 'active') throw keyState('This key has ended: make a new one.');
  const life = old.expiresAt === null ? null : (Date.parse(old.expiresAt) - Date.parse(old.createdAt)) / 1000;
  const made = drawKey(ports, { tenantId, name, scopes: old.scopes, expiresAt: life === null ? null : timestampAfter(now, life) });
  const overlapEnds = timestamp(new Date(now.getTime() + overlap * 1000));
  const endsAt = old.expiresAt !== null && old.expiresAt < overlapEnds ? old.expiresAt : overlapEnds;
  const rotation = { keyHash, successor: made.apiKey, at, endsAt, most: limits.keysPerTenant, commit: commitFor(made) };
  const rotated = await ports.store.rotateApiKey(rotation);
  if (rotated === 'too_many') throw tooMany('Revoke one that is not needed, or rotate with an overlapSeconds of 0.');
  if (rotated === 'ended') throw keyState('This key was rotated or revoked by another request: list the keys to see which one is in use.');
  return made;
}

export const keyStatuses = ['active', 'expired', 'revoked'] as const;
export type KeyStatus = (typeof keyStatuses)[number];

/** How a key stands at `at`. */
export function statusOfKey({ revokedAt, expiresAt }: Pick<ApiKey, 'revokedAt' | 'expiresAt'>, at: string): KeyStatus {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= at ? 'expired' : 'active';
}

function drawKey({ clock, ids }: Pick<Ports, 'clock' | 'ids'>, about: Pick<ApiKey, 'tenantId' | 'name' | 'scopes' | 'expiresAt'>): MadeKey {
  const key = newKey();
  const apiKey: ApiKey = {
    ...about,
    keyId: ids.next('key'),
    keyHash: hashKey(key),
    prefix: key.slice(0, SHOWN),
    createdAt: timestamp(clock.now()),
    lastUsedAt: null,
    revokedAt: null,
    replacedBy: null,
  };
  return { apiKey, key };
}

function tooMany(remedy: string): FanfareError {
  return errorAt('limit_reached', 'body', 'too_many', `There are ${limits.keysPerTenant} API keys in use, and there may be no more. ${remedy}`);
}

function keyState(message: string): FanfareError {
  return errorAt('key_state', 'keyId', 'ended', message);
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
