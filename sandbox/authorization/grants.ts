import type { Clock } from '../../core/clock.ts';

/** What a person allowed the app: every token that came of one consent belongs to it. */
export interface Grant<Subject> {
  readonly personId: string;
  /** For what the tokens are good. */
  readonly subject: Subject;
  readonly scopes: readonly string[];
  /** Milliseconds of the epoch. */
  readonly since: number;
}

export interface Token<Subject, Kind extends string> {
  readonly text: string;
  readonly kind: Kind;
  readonly grant: Grant<Subject>;
  /** Milliseconds of the epoch. */
  readonly issuedAt: number;
  /** Milliseconds of the epoch; null: it has no end. */
  readonly expiresAt: number | null;
  /** Another one took its place; it stays known, so that one that comes again is recognised. */
  readonly spent: boolean;
}

/** The consents at a network, and their tokens. */
export interface Grants<Subject, Kind extends string> {
  open(grant: Omit<Grant<Subject>, 'since'>): Grant<Subject>;
  /** A token with so many seconds to live; null: it has no end. */
  issue(grant: Grant<Subject>, kind: Kind, text: string, life: number | null): Token<Subject, Kind>;
  /** One of these kinds that was issued and whose grant was not ended. It may be spent or over. */
  find(text: string | null, kinds: readonly Kind[]): Token<Subject, Kind> | undefined;
  /** One of these kinds that can be used. */
  alive(text: string | null, kinds: readonly Kind[]): Token<Subject, Kind> | undefined;
  spend(token: Token<Subject, Kind>): void;
  /** Moves the end of a token to so many seconds from now. */
  prolong(token: Token<Subject, Kind>, life: number): void;
  /** Those that are neither spent nor over, of the same person and of one kind, oldest first. */
  others(grant: Grant<Subject>, kind: Kind): readonly Token<Subject, Kind>[];
  /** Seconds that are left of a token. */
  left(token: Token<Subject, Kind>): number | null;
  /** Ends a grant: none of its tokens is known any more. */
  close(grant: Grant<Subject>): void;
  /** Whether this text was a token whose grant was ended. */
  wasClosed(text: string | null): boolean;
  /** Ends everything that a person allowed. */
  revoke(personId: string): void;
  /** The tokens of a person that calls are made with end so many seconds from now, unless they end before. */
  expire(personId: string, seconds: number): void;
  clear(): void;
}

/** `calling`: the kinds of tokens that calls are made with. */
export function createGrants<Subject, Kind extends string>(clock: Clock, calling: readonly Kind[]): Grants<Subject, Kind> {
  type Kept = { -readonly [Key in keyof Token<Subject, Kind>]: Token<Subject, Kind>[Key] };
  const tokens = new Map<string, Kept>();
  const open = new Set<Grant<Subject>>();
  const closed = new Set<string>();
  const now = () => clock.now().getTime();

  const isAlive = ({ spent, expiresAt }: Kept) => !spent && (expiresAt === null || expiresAt > now());
  const change = ({ text }: Token<Subject, Kind>, changes: Partial<Kept>) => {
    const kept = tokens.get(text);
    if (kept !== undefined) Object.assign(kept, changes);
  };

  const grants: Grants<Subject, Kind> = {
    open(given) {
      const grant = { ...given, since: now() };
      open.add(grant);
      return grant;
    },

    issue(grant, kind, text, life) {
      const token: Kept = { text, kind, grant, issuedAt: now(), expiresAt: life === null ? null : now() + life * 1000, spent: false };
      tokens.set(text, token);
      return token;
    },

    find(text, kinds) {
      const token = tokens.get(text ?? '');
      return token !== undefined && kinds.includes(token.kind) ? token : undefined;
    },

    alive(text, kinds) {
      const token = tokens.get(text ?? '');
      return token !== undefined && kinds.includes(token.kind) && isAlive(token) ? token : undefined;
    },

    spend: (token) => change(token, { spent: true }),
    prolong: (token, life) => change(token, { expiresAt: now() + life * 1000 }),
    others: (grant, kind) => [...tokens.values()].filter((token) => token.kind === kind && token.grant.personId === grant.personId && isAlive(token)),
    left: ({ expiresAt }) => (expiresAt === null ? null : Math.floor((expiresAt - now()) / 1000)),

    close(grant) {
      open.delete(grant);
      for (const [text, token] of tokens) {
        if (token.grant !== grant) continue;
        tokens.delete(text);
        closed.add(text);
      }
    },

    wasClosed: (text) => closed.has(text ?? ''),

    revoke(personId) {
      for (const grant of open) if (grant.personId === personId) grants.close(grant);
    },

    expire(personId, seconds) {
      const end = now() + seconds * 1000;
      for (const token of tokens.values()) {
        if (token.grant.personId === personId && calling.includes(token.kind)) token.expiresAt = Math.min(token.expiresAt ?? end, end);
      }
    },

    clear() {
      tokens.clear();
      open.clear();
      closed.clear();
    },
  };
  return grants;
}
