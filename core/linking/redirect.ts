import { invalidField } from '../errors.ts';
import { limits } from '../limits.ts';

/** Where browsers may be sent after linking. `loopback`: to this machine, at any port, without being registered. */
export interface RedirectRules {
  readonly registered: readonly string[];
  readonly loopback: boolean;
}

/**
 * The address in the form in which it is stored. Throws `validation_failed` for one whose origin nobody registered: an address
 * that anybody may choose would let our own domain vouch for theirs.
 */
export function checkRedirectUrl(text: string, { registered, loopback }: RedirectRules): string {
  const url = text.length <= limits.redirectUrl && URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw invalidField('redirectUrl', 'malformed', `redirectUrl must be an address of at most ${limits.redirectUrl} characters that begins with https://.`);
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') throw invalidField('redirectUrl', 'malformed', 'redirectUrl must have no user name, no password and no fragment.');
  if (registered.includes(url.origin) || (loopback && isLoopback(url))) return url.href;
  throw invalidField('redirectUrl', 'not_registered', `redirectUrl leads to ${url.origin}, which is not registered: add it with PUT /api/redirect-origins (dashboard session).`);
}

/** Origins in the form in which they are compared, each once. Throws `validation_failed`. */
export function checkOrigins(texts: readonly string[], { loopback }: Pick<RedirectRules, 'loopback'>): readonly string[] {
  return [
    ...new Set(
      texts.map((text, at) => {
        const url = URL.canParse(text) ? new URL(text) : null;
        // With anything behind the origin, the origin alone would be less than what was meant.
        const bare = url !== null && (text === url.origin || text.toLowerCase() === url.origin || text === `${url.origin}/`);
        if (bare && (url.protocol === 'https:' || (loopback && isLoopback(url)))) return url.origin;
        throw invalidField(`origins[${at}]`, 'malformed', 'An origin is https://, a host name and, where it is not 443, a port: https://app.example.com.');
      }),
    ),
  ];
}

function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
