import * as z from 'zod';
import { timestamp, timestampAfter } from './clock.ts';
import type { Account, Sealed, TokenSet } from './model.ts';
import type { Connector, NetworkTools, Ports, RefreshOutcome, RefreshTools, Trouble } from './ports/index.ts';
import { isRenewable, renewAtOf } from './renewal.ts';

/** No access token can be had; `trouble` says whether that passes. Connectors let it pass through. */
export class TokenTrouble extends Error {
  override readonly name = 'TokenTrouble';
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble.message);
    this.trouble = trouble;
  }
}

/** The tokens of one account, as one worker sees them. */
export interface AccountTokens {
  /** The access token, refreshed before it ends. Throws `TokenTrouble`. */
  accessToken(): Promise<string>;
  /** `TokenSet.binding` of the access token that was given last; null: it has none. */
  binding(): Promise<string | null>;
  /**
   * After the network has rejected the token: the next one is another. Throws `TokenTrouble` if there is no other, and also
   * when the network rejects what was renewed before: then only the account's owner can help.
   */
  renew(): Promise<void>;
  /** Marks the account as to be linked anew, unless that has happened in the meantime. `reason`: for people. */
  giveUp(reason: string): Promise<void>;
}

type TokenTools = Omit<RefreshTools, 'account'>;

type TokenPorts = Pick<Ports, 'store' | 'cipher' | 'clock' | 'ids' | 'times' | 'log' | 'sleep' | 'random'>;

const tokenSetSchema = z.object({
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1).nullable(),
  expiresAt: z.string().nullable(),
  scopes: z.array(z.string()),
  binding: z.string().min(1).exactOptional(),
});

/** Encrypts tokens for an account: what `Account.tokens` holds. */
export async function sealTokens(
  cipher: Ports['cipher'],
  account: Pick<Account, 'tenantId' | 'accountId'>,
  tokens: TokenSet,
): Promise<Sealed> {
  return cipher.seal(JSON.stringify(tokens), { tenantId: account.tenantId, accountId: account.accountId });
}

/** Decrypts an account's tokens. Throws `TokenUnreadable` for what was not sealed for this account. */
export async function openTokens(cipher: Ports['cipher'], account: Pick<Account, 'tenantId' | 'accountId' | 'tokens'>): Promise<TokenSet> {
  const text = await cipher.open(account.tokens, { tenantId: account.tenantId, accountId: account.accountId });
  return tokenSetSchema.parse(JSON.parse(text));
}

/** Tools with tokens that no account has yet, and that nobody renews. */
export function theseTokens({ accessToken, binding }: Pick<TokenSet, 'accessToken' | 'binding'>): Pick<NetworkTools, 'accessToken' | 'binding'> {
  return { accessToken: () => Promise.resolve(accessToken), binding: () => Promise.resolve(binding ?? null) };
}

/** What is held in memory: the tokens with the version under which they are stored. */
interface Held {
  readonly version: number;
  readonly tokens: TokenSet;
  /** No use in refreshing it ahead of its end: stored after this worker began, however short its life is, or tried in vain. */
  readonly fresh: boolean;
}

/**
 * The tokens of `account`. Only one worker refreshes at a time, under the lock of the account and the version of its tokens,
 * because some networks accept a refresh token once and end the whole session when it comes again: whoever finds the lock
 * taken waits and reads what the other has stored.
 */
export function accountTokens(ports: TokenPorts, account: Account, connector: Connector, tools: TokenTools): AccountTokens {
  let held: Held | null = null;
  let renewed = false;

  const current = async (): Promise<Held> =>
    (held ??= { version: account.tokenVersion, tokens: await openTokens(ports.cipher, account), fresh: false });

  return {
    accessToken: async () => {
      const now = await current();
      const ends = now.tokens.expiresAt === null ? Infinity : Date.parse(now.tokens.expiresAt);
      const left = (ends - ports.clock.now().getTime()) / 1000;
      const isDue = left < (connector.refreshAhead ?? ports.times.refreshAhead) && !now.fresh && isRenewable(connector, now.tokens);
      if (left <= 0 || isDue) {
        try {
          held = await refreshed(ports, account, now, connector, tools);
        } catch (error) {
          const usable = left > 0 && error instanceof TokenTrouble && error.trouble.class !== 'auth_revoked';
          if (!usable) throw error;
          ports.log.warn('token_not_refreshed_ahead', { accountId: account.accountId, error });
          // Its answer may have been lost, and a network whose refresh tokens serve once takes the next try for theft.
          held = { ...now, fresh: true };
        }
      }
      return (await current()).tokens.accessToken;
    },

    binding: async () => (await current()).tokens.binding ?? null,

    renew: async () => {
      if (renewed) throw new TokenTrouble(RELINK);
      renewed = true;
      held = await refreshed(ports, account, await current(), connector, tools);
    },

    giveUp: (reason) => mustRelink(ports, account, held?.version ?? account.tokenVersion, reason),
  };
}

/** Tokens that are newer than `held`: stored by another worker, or refreshed now. */
async function refreshed(
  ports: TokenPorts,
  { tenantId, accountId }: Account,
  held: Held,
  connector: Connector,
  tools: TokenTools,
): Promise<Held> {
  const { store, clock, times } = ports;
  const holder = ports.ids.next('req');
  // The lock of a worker that died is over by then.
  const patienceEnds = clock.now().getTime() + 2 * times.refreshLock * 1000;
  for (;;) {
    const account = await store.getAccount(tenantId, accountId);
    if (account === null) throw new TokenTrouble(UNLINKED);
    if (account.tokenVersion !== held.version) {
      return { version: account.tokenVersion, tokens: await openTokens(ports.cipher, account), fresh: true };
    }
    if (account.health !== 'active') throw new TokenTrouble(RELINK);
    const at = clock.now();
    const lock = { tenantId, accountId, tokenVersion: held.version, holder, now: timestamp(at) };
    if (await store.lockTokens({ ...lock, until: timestampAfter(at, times.refreshLock) })) {
      const next = await refreshLocked(ports, account, held, holder, connector, tools);
      if (next !== null) return next;
    } else if (clock.now().getTime() >= patienceEnds) {
      throw new TokenTrouble(BUSY);
    } else {
      await ports.sleep(times.refreshBusy * (0.5 + ports.random()));
    }
  }
}

/** Null: the tokens were replaced by other hands (the account was linked anew) while the network was asked. */
async function refreshLocked(
  ports: TokenPorts,
  account: Account,
  held: Held,
  holder: string,
  connector: Connector,
  tools: TokenTools,
): Promise<Held | null> {
  const { store, cipher } = ports;
  const ref = { tenantId: account.tenantId, accountId: account.accountId };
  // If the process dies here, before the network is asked, the lock ends by itself. In the middle, or before the new token is
  // stored, a network whose refresh tokens serve once has given us a token that nobody has: the old access token serves until
  // its end, then the account must be linked anew. So nothing stands between the answer and the storing of it.
  const bounded = { ...tools, send: boundedBy(tools.send, ports.times.refreshLock * CALL_SHARE), account: { externalId: account.externalId } };
  const outcome = unasked(account, held.tokens, connector, ports.clock.now()) ?? await connector.refresh(held.tokens, bounded).catch(async (error: unknown) => {
    await store.unlockTokens({ ...ref, holder });
    throw error;
  });
  if (outcome.kind === 'trouble') {
    // Only the network's definite word makes an account unusable; anything else is tried again.
    if (outcome.trouble.class === 'auth_revoked') await mustRelink(ports, account, held.version, outcome.trouble.message);
    await store.unlockTokens({ ...ref, holder });
    throw new TokenTrouble(outcome.trouble);
  }
  // A network that does not rotate names no refresh token: the old one stays good.
  const tokens = { ...outcome.tokens, refreshToken: outcome.tokens.refreshToken ?? held.tokens.refreshToken };
  const sealed = await persistently(ports, () => sealTokens(cipher, account, tokens));
  const stored = await persistently(ports, () => store.storeTokens({ ...ref, tokenVersion: held.version, tokens: sealed, scopes: tokens.scopes, tokenEnds: tokens.expiresAt, renewAt: renewAtOf(connector, tokens, ports.clock.now(), account.accessEnds) }));
  if (!stored) {
    const now = await store.getAccount(ref.tenantId, ref.accountId);
    // The answer to our own write may have been lost, and the write come twice.
    const ours = now !== null && now.tokens.iv === sealed.iv && now.tokens.ciphertext === sealed.ciphertext;
    if (!ours) return null;
  }
  return { version: held.version + 1, tokens, fresh: true };
}

/** How a refresh ends that need not be asked for, since there is nothing to ask with; null: the network is asked. */
function unasked({ accessEnds }: Account, tokens: TokenSet, connector: Connector, now: Date): RefreshOutcome | null {
  const renewable = isRenewable(connector, tokens);
  if (tokens.expiresAt === null) return null;
  const isOver = tokens.expiresAt <= timestamp(now);
  // Asked for what it cannot give any more, the network would end what still serves.
  const isConsentOver = accessEnds !== null && accessEnds <= timestamp(now);
  if (!isOver) return renewable && !isConsentOver ? null : { kind: 'refreshed', tokens };
  return renewable ? null : { kind: 'trouble', trouble: ENDED };
}

/** The account can be used no more with the tokens of this version; those of a newer one are not concerned. */
async function mustRelink({ store, clock }: TokenPorts, { tenantId, accountId }: Account, tokenVersion: number, reason: string): Promise<void> {
  await store.setAccountHealth({ tenantId, accountId, tokenVersion, health: 'reauth_required', reason, at: timestamp(clock.now()), name: null });
}

/** The lock has to outlast the call to the network and the tries to keep what it gave: these are shares of its life. */
const CALL_SHARE = 0.5;
const KEEP_PAUSES = [0.005, 0.01, 0.02, 0.04, 0.08, 0.15];

function boundedBy(send: TokenTools['send'], most: number): TokenTools['send'] {
  return (request) => send({ ...request, timeout: Math.min(request.timeout ?? most, most) });
}

/** A new token that is not stored may be lost for good, so storing it is worth some tries. */
export async function persistently<Result>(ports: Pick<TokenPorts, 'times' | 'log' | 'sleep'>, action: () => Promise<Result>): Promise<Result> {
  for (const pause of KEEP_PAUSES) {
    try {
      return await action();
    } catch (error) {
      ports.log.warn('token_not_stored_yet', { error });
      await ports.sleep(pause * ports.times.refreshLock);
    }
  }
  return action();
}

const OWN = { platformCode: null, platformMessage: null, until: null } as const;

const UNLINKED: Trouble = {
  ...OWN,
  class: 'permanent',
  code: 'account_unlinked',
  message: 'The account is not linked any more. Link it again, then retry.',
};

const RELINK: Trouble = {
  ...OWN,
  class: 'auth_revoked',
  code: 'reauth_required',
  message: 'The network does not accept the link to this account any more. Reconnect the account, then retry.',
};

const ENDED: Trouble = {
  ...RELINK,
  message: 'The link to this account has reached its end, and the network gave nothing to renew it with. Reconnect the account, then retry.',
};

const BUSY: Trouble = {
  ...OWN,
  class: 'retryable',
  code: 'platform_unavailable',
  message: 'The access to the account is being renewed and that takes unusually long. It is tried again.',
};
