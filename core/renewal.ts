import { timestamp, timestampAfter } from './clock.ts';
import { limits } from './limits.ts';
import type { Account, TokenSet } from './model.ts';
import type { Connector } from './ports/index.ts';

/** Seconds that pass between two renewals by the job at least, unless the token ends before. */
const SPACING = 24 * 3600;

type Renewing = Pick<Connector, 'refreshAhead' | 'restsAtMost' | 'renewsItself' | 'consentLasts' | 'termsOf'>;

/** Whether new tokens can be had for these: by a refresh token, or by the access token itself where the network has it so. */
export function isRenewable({ renewsItself }: Pick<Renewing, 'renewsItself'>, { refreshToken }: Pick<TokenSet, 'refreshToken'>): boolean {
  return renewsItself === true || refreshToken !== null;
}

/**
 * `Account.accessEnds` of tokens for which a person consented at `at`: the earlier of the end of tokens that nothing renews, and the
 * end of the consent itself.
 */
export function accessEndsOf(connector: Renewing, tokens: TokenSet, at: Date): string | null {
  const { consentLasts } = { ...connector, ...connector.termsOf?.(tokens) };
  const ends = [
    ...(tokens.expiresAt === null || isRenewable(connector, tokens) ? [] : [tokens.expiresAt]),
    ...(consentLasts === undefined ? [] : [timestampAfter(at, consentLasts)]),
  ];
  return ends.toSorted()[0] ?? null;
}

/** When a link really ends: the last access token that was to be had may serve on beyond the time to which links are renewed. */
export function linkEndsAt({ accessEnds, tokenEnds }: Pick<Account, 'accessEnds' | 'tokenEnds'>): string | null {
  return accessEnds !== null && tokenEnds !== null && tokenEnds > accessEnds ? tokenEnds : accessEnds;
}

/** Whether it is time to tell an account's owner that the link ends, since nobody else can keep it. */
export function endsSoon(account: Pick<Account, 'accessEnds' | 'tokenEnds'>, now: Date): boolean {
  const ends = linkEndsAt(account);
  return ends !== null && ends <= timestampAfter(now, limits.relinkNotice);
}

/**
 * When the reconcile job looks at tokens that were stored at `at` if nobody uses them before; null: never. It renews them so that
 * the link does not end for being left alone; and it looks at links that end whatever is done, first when their owner is to be told,
 * then at the end, so that the account's health says so.
 */
export function renewAtOf(connector: Renewing, tokens: Pick<TokenSet, 'expiresAt' | 'refreshToken' | 'binding'>, at: Date, accessEnds: string | null): string | null {
  const { refreshAhead, restsAtMost } = { ...connector, ...connector.termsOf?.(tokens) };
  const now = at.getTime();
  const ends = tokens.expiresAt === null ? Infinity : Date.parse(tokens.expiresAt);
  const ahead = refreshAhead === undefined || !isRenewable(connector, tokens) ? Infinity : ends - refreshAhead * 1000;
  const rested = restsAtMost === undefined ? Infinity : now + restsAtMost * 1000;
  const end = linkEndsAt({ accessEnds, tokenEnds: tokens.expiresAt });
  const linkEnds = end === null ? -Infinity : Date.parse(end);
  const looks = [linkEnds - limits.relinkNotice * 1000, linkEnds].filter((look) => look > now);
  const unrenewed = isRenewable(connector, tokens) ? Infinity : ends;
  // A network that gives no younger token, or one that is over soon, is not asked over and over.
  const soonest = Math.min(now + SPACING * 1000, Math.max(now, ends));
  const wanted = Math.min(Math.max(Math.min(ahead, rested, unrenewed), soonest), ...looks);
  return wanted === Infinity ? null : timestamp(new Date(wanted));
}
