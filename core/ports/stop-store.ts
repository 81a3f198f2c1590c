import type { Account, Network } from '../model.ts';

/** The part of the store port about what keeps deliveries from asking a network in vain. */

/** What a stop concerns: one account, everybody who uses the operator's app at a network, or the network itself. */
export type StopScope = 'account' | 'app' | 'network';

/** The code of deliveries that wait for a stop. */
export const stopReasons = ['rate_limited', 'quota_exhausted', 'platform_unavailable'] as const;
export type StopReason = (typeof stopReasons)[number];

/** What a network said to one delivery, and what holds for others too. */
export interface Stop {
  /** Nothing is asked of it before. */
  readonly until: string;
  readonly code: StopReason;
  /** Of the connector's own making: it quotes nothing, since it is shown to others than those who met it. */
  readonly message: string;
}

/**
 * Whether a network can be reached, as all workers together have found (a circuit breaker). The rules are in
 * `core/publishing/breaker.ts`.
 */
export type Breaker = ClosedBreaker | OpenBreaker;

/** Calls go out. `failures`: in a row since `since`; who met them, as far as it matters: the first two of each. */
export interface ClosedBreaker {
  readonly state: 'closed';
  readonly failures: number;
  readonly since: string | null;
  readonly deliveries: readonly string[];
  readonly tenants: readonly string[];
}

/** Nothing goes out before `until`; then one delivery at a time finds out whether that is over. */
export interface OpenBreaker {
  readonly state: 'open';
  /** The only tenant who met failures, and whom alone it holds back; null: several did. */
  readonly tenantId: string | null;
  /** From when it has not been reached. */
  readonly since: string;
  /** When it was opened the last time, and how often in a row. */
  readonly openedAt: string;
  readonly opens: number;
  readonly until: string;
  /** The delivery that finds out, and when another one may. */
  readonly probe: { readonly delivery: string; readonly until: string } | null;
}

export interface NetworkStops {
  readonly network: Network;
  readonly app: Stop | null;
  readonly breaker: Breaker;
  /** Raised with each change of the breaker; 0: it was never changed. */
  readonly version: number;
}

export interface AccountWithStops {
  readonly account: Account | null;
  readonly stop: Stop | null;
  readonly networkStops: NetworkStops;
}

export interface StopStore {
  /** `getAccount`, and in the same read what stops the account, the app and the network. */
  getAccountWithStops(request: { readonly tenantId: string; readonly accountId: string; readonly network: Network }): Promise<AccountWithStops>;
  /** In the order asked for. At most 90. */
  getNetworkStops(networks: readonly Network[]): Promise<readonly NetworkStops[]>;
  /** Puts a stop in place of one that ends earlier. False: there is one that lasts as long, or no such account. */
  stopAccount(request: { readonly tenantId: string; readonly accountId: string; readonly stop: Stop }): Promise<boolean>;
  stopApp(request: { readonly network: Network; readonly stop: Stop }): Promise<boolean>;
  /**
   * Puts a breaker in place of the one of version `from`. Not moved: it was changed since, and is now as told. Tried once, so that
   * a network that many workers find down does not hold them up here: throws `StoreBusy` when throttled.
   */
  moveBreaker(request: {
    readonly network: Network;
    readonly from: number;
    readonly breaker: Breaker;
  }): Promise<{ readonly moved: boolean; readonly now: NetworkStops }>;
}
