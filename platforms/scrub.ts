import { redactText } from '../core/redact.ts';

/**
 * A network's own words, fit to be stored: without the secrets that the request carried, should the network repeat them,
 * without what looks like a secret, and cut to 2,000 characters.
 */
export function scrub(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret === '') continue;
    for (const form of [secret, encodeURIComponent(secret)]) clean = clean.replaceAll(form, '[removed]');
  }
  return redactText(clean);
}
