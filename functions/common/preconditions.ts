import { invalidField } from '../../core/errors.ts';

const ENTITY_TAG = /^(?:W\/)?"[\u0021\u0023-\u007e\u0080-\u00ff]*"$/u;

/**
 * The strong entity tags of an `If-Match` (RFC 9110, section 13.1.1); null: the request has none. A weak one is left out, since
 * it matches nothing here. Throws `validation_failed`.
 */
export function readIfMatch(value: string | undefined): readonly string[] | '*' | null {
  if (value === undefined) return null;
  if (value.trim() === '*') return '*';
  const tags = value.split(',').map((tag) => tag.trim());
  if (!tags.every((tag) => ENTITY_TAG.test(tag))) {
    throw invalidField('If-Match', 'invalid_format', 'If-Match must be * or entity tags in quotes, as ETag gave them.');
  }
  return tags.filter((tag) => !tag.startsWith('W/'));
}
