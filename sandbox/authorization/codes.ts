import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { AuthorizationDialect } from './dialect.ts';
import type { Person } from './persons.ts';
import type { AuthorizationRequest } from './request.ts';

/** What a person decided to allow. */
export interface Consent<Account> {
  readonly person: Person<Account>;
  /** Of these accounts of theirs. */
  readonly accounts: readonly Account[];
  readonly scopes: readonly string[];
  readonly request: AuthorizationRequest;
}

/** Why a code is not taken. One that was used has ended what came of it. */
export type CodeProblem = 'unknown' | 'used' | 'expired' | 'redirect_uri' | 'verifier';

export interface Redemption {
  readonly code: string | null;
  readonly clientId: string;
  readonly redirectUri: string | null;
  readonly verifier: string | null;
}

/** The codes of consents: each is good once, for a short time, for the app that asked, the address that it named and its verifier. */
export interface Codes<Account> {
  issue(consent: Consent<Account>): string;
  /** `onReplay` is kept for a code that comes again. */
  redeem(redemption: Redemption): { readonly consent: Consent<Account>; onReplay(end: () => void): void } | CodeProblem;
  clear(): void;
}

interface Kept<Account> {
  readonly consent: Consent<Account>;
  /** Milliseconds of the epoch. */
  readonly endsAt: number;
  used: boolean;
  end: () => void;
}

export function createCodes<Account>(clock: Clock, { codeLife, newCode, challenge = 'base64url' }: Pick<AuthorizationDialect, 'codeLife' | 'newCode' | 'challenge'>): Codes<Account> {
  const codes = new Map<string, Kept<Account>>();

  return {
    issue(consent) {
      const code = newCode();
      codes.set(code, { consent, endsAt: clock.now().getTime() + codeLife * 1000, used: false, end: () => undefined });
      return code;
    },

    redeem({ code, clientId, redirectUri, verifier }) {
      const kept = codes.get(code ?? '');
      if (kept === undefined || kept.consent.request.clientId !== clientId) return 'unknown';
      const { consent } = kept;
      if (kept.used) {
        kept.end();
        return 'used';
      }
      if (kept.endsAt <= clock.now().getTime()) return 'expired';
      // A wrong guess uses it up as well: there is no second try.
      kept.used = true;
      if (consent.request.redirectUri !== redirectUri) return 'redirect_uri';
      if (!isVerified(consent.request.challenge, verifier, challenge)) return 'verifier';
      return {
        consent,
        onReplay(end) {
          kept.end = end;
        },
      };
    },

    clear: () => codes.clear(),
  };
}

/** Whether a verifier is that of the challenge (RFC 7636 section 4.6); without a challenge there must be none. */
function isVerified(challenge: string | null, verifier: string | null, encoding: 'base64url' | 'hex'): boolean {
  if (challenge === null || verifier === null) return challenge === verifier;
  return /^[\w.~-]{43,128}$/u.test(verifier) && createHash('sha256').update(verifier).digest(encoding) === challenge;
}
