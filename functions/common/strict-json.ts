import { invalidField } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';

/**
 * Parses JSON that two readers cannot take for different things: no name twice in an object, no `__proto__`, no text with
 * lone surrogates or NUL (databases and networks disagree on them), and nesting within bounds. `field` names the value in
 * errors. Throws `validation_failed`.
 */
export function parseStrictJson(text: string, field = 'body'): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalidField(field, 'invalid_json', `${field} must be JSON: ${cause instanceof Error ? cause.message : 'it cannot be parsed'}`, cause);
  }
  checkNames(text, field);
  checkText(value, field === 'body' ? '' : field);
  return value;
}

/** Decodes UTF-8 and refuses what is none, where a lenient decoder would put replacement characters. */
export function decodeUtf8(bytes: Uint8Array, field: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalidField(field, 'invalid_utf8', `${field} must be encoded in UTF-8.`, cause);
  }
}

/** Refuses texts anywhere in a value that are no Unicode, or hold NUL. `path` is empty for the whole body. */
export function checkText(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed() || value.includes('\0')) {
      const field = path === '' ? 'body' : path;
      throw invalidField(field, 'invalid_characters', `${field} must be text without NUL and without half of a surrogate pair.`);
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkText(item, `${path}[${index}]`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      checkText(name, path);
      checkText(item, path === '' ? name : `${path}.${name}`);
    }
  }
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/gsu;

/** Goes through the tokens of valid JSON: the parser itself keeps only the last of two equal names. */
function checkNames(text: string, field: string): void {
  const open: { readonly names: Set<string> | null; atName: boolean }[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const inside = open.at(-1);
    if (token === '{' || token === '[') {
      if (inside !== undefined) inside.atName = false;
      open.push({ names: token === '{' ? new Set() : null, atName: token === '{' });
      if (open.length > limits.jsonDepth) throw invalidField(field, 'too_deep', `${field} must not be nested deeper than ${limits.jsonDepth}.`);
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ',') {
      if (inside !== undefined) inside.atName = inside.names !== null;
    } else if (inside?.names !== null && inside?.atName === true) {
      const name = String(JSON.parse(token));
      if (inside.names.has(name)) throw invalidField(field, 'duplicate_name', `${field} names ${token.slice(0, 100)} twice in one object.`);
      if (name === '__proto__') throw invalidField(field, 'forbidden_name', `${field} must not have a member "__proto__".`);
      inside.names.add(name);
      inside.atName = false;
    }
  }
}
