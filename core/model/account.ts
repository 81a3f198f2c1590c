import type { Network } from './tenant.ts';

/** Accounts on networks, and what acts for them. */

export type AccountHealth = 'active' | 'reauth_required' | 'revoked';

/** An encrypted value: base64 of a data key under the token key (KMS) and of the text under that data key (AES-256-GCM). */
export interface Sealed {
  readonly v: 1;
  readonly dataKey: string;
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
}

/** What a network gave us to act for an account. Only ever in memory in this form. */
export interface TokenSet {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** When the access token ends; null: the network names no end. */
  readonly expiresAt: string | null;
  readonly scopes: readonly string[];
  /**
   * What else calls and refreshes with these tokens need, in the network's own form and as secret as they are; left out: nothing.
   * Bluesky: the key to which they are bound.
   */
  readonly binding?: string;
}

/** Who may make a visible call on an account now: an armed attempt of one delivery. */
export interface PublishLease {
  readonly uploadId: string;
  readonly attempt: number;
  /** Of what the attempt sends. */
  readonly fingerprint: string;
  readonly until: string;
}

/**
 * Limits that a network told for one account, by `<kind>.<check>` of the rule, in place of the usual ones: the most or the least, or
 * what may be. What no rule is about (`posts_per_day`) is for people.
 */
export type AccountLimits = Readonly<Record<string, number | readonly string[]>>;

export interface Account {
  readonly accountId: string;
  readonly tenantId: string;
  readonly network: Network;
  /** The network's own id of the account. */
  readonly externalId: string;
  readonly name: string;
  readonly health: AccountHealth;
  readonly healthSince: string;
  /** Why it is not active, for people; null: it is, or nobody said. */
  readonly healthReason: string | null;
  /** The group of accounts that it belongs to; null: none. */
  readonly profile: string | null;
  /** What its owner allowed, as the network calls it. */
  readonly scopes: readonly string[];
  /** Limits that the network gave for this very account, cached for the rules (for example a longer maximum duration). */
  readonly limits: AccountLimits;
  /** Options of its network for uploads that say nothing else: what the network demands, such as a board. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly tokens: Sealed;
  /** Raised by every change of `tokens`. */
  readonly tokenVersion: number;
  /** When the access token ends; null: the network names no end. */
  readonly tokenEnds: string | null;
  /** To when the link is renewed at most: its owner has to consent again before. Null: it goes on as long as the network has it. */
  readonly accessEnds: string | null;
  /** When the reconcile job looks at the tokens, and mostly renews them, if nobody uses them before; null: that need not be. */
  readonly renewAt: string | null;
  readonly lease: PublishLease | null;
  readonly createdAt: string;
}

/** Tokens of an account that is not linked any more, until its network has ended them. */
export interface Revocation extends Pick<Account, 'tenantId' | 'accountId' | 'network' | 'externalId' | 'tokens'> {
  /** When the account was unlinked. */
  readonly since: string;
  /** When the reconcile job asks the network, if nobody has done so before. */
  readonly revokeAt: string | null;
}
