import { createHash } from 'node:crypto';

/**
 * JSON in which equal values have equal text: the names of objects are sorted (by UTF-16 code units, as RFC 8785 has it), there
 * is no white space, and what JSON cannot hold (undefined, functions) is left out as `JSON.stringify` does.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, item: unknown) => (isRecord(item) ? sorted(item) : item));
}

/** What identifies the body of a publish call: lower-case hex SHA-256 of its canonical JSON. */
export function fingerprintOf(body: unknown): string {
  return createHash('sha256').update(canonicalJson(body)).digest('hex');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without a prototype, so that a name such as `__proto__` stays a name. */
function sorted(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = Object.keys(record).toSorted();
  const result: Record<string, unknown> = Object.create(null);
  for (const name of names) result[name] = record[name];
  return result;
}
