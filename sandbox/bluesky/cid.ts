import { createHash } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Base 32 of RFC 4648 in lower case, without padding. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += BASE32[(value >> (bits - 5)) & 31];
  }
  return bits === 0 ? text : text + BASE32[(value << (5 - bits)) & 31];
}

/** The content id of a file: version 1, raw bytes, SHA-256, as the real server makes it. */
export function blobCid(bytes: Uint8Array): string {
  return cid(0x55, bytes);
}

/**
 * A content id of a record: equal records have equal ones, since parsing puts their fields into the schema's order. It is not the
 * real server's, which hashes DAG-CBOR; clients only compare them.
 */
export function recordCid(record: unknown): string {
  return cid(0x71, Buffer.from(JSON.stringify(record)));
}

function cid(codec: number, bytes: Uint8Array): string {
  const digest = createHash('sha256').update(bytes).digest();
  return `b${base32(Buffer.concat([Buffer.from([1, codec, 0x12, digest.length]), digest]))}`;
}
