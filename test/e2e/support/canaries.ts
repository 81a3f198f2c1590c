import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { inject } from 'vitest';
import * as z from 'zod';
import { networkSettings } from '../../../sandbox/networks.ts';
import { stack } from './stack.ts';

/**
 * Secrets that tests have seen on their way. All files write them down in one place, so that the last one
 * (`secrets.test.ts`) can search everything that the stack has kept for them.
 */

/** `what`: shown where it is found, in place of the secret. */
export interface Canary {
  readonly what: string;
  readonly secret: string;
}

const file = inject('canaries');
const line = z.object({ what: z.string(), secret: z.string() });

/** What is null is no secret: networks without PKCE, tokens that do not rotate. */
export function remember(secrets: Readonly<Record<string, string | null>>): void {
  const lines = Object.entries(secrets).flatMap(([what, secret]) => (secret === null ? [] : [`${JSON.stringify({ what, secret })}\n`]));
  appendFileSync(file, lines.join(''), { mode: 0o600 });
}

/** The secrets of the operator's apps. */
export function rememberApps(): void {
  remember(Object.fromEntries(Object.keys(stack.accounts).map((network) => [`the secret of the app at ${network}`, networkSettings(network, stack.sandboxUrl).app.clientSecret])));
}

export function remembered(): readonly Canary[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').trimEnd().split('\n').map((text) => line.parse(JSON.parse(text)));
}

/** What of these secrets stands in a text: as it is, or as addresses and forms write it. */
export function foundIn(text: string, canaries: readonly Canary[]): readonly string[] {
  return canaries.filter(({ secret }) => spellingsOf(secret).some((spelling) => text.includes(spelling))).map(({ what }) => what);
}

function spellingsOf(secret: string): readonly string[] {
  const [, inForm = ''] = new URLSearchParams({ secret }).toString().split('=');
  return [...new Set([secret, encodeURIComponent(secret), inForm])];
}
