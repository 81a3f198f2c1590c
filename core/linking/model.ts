import type { Network, Sealed } from '../model.ts';
import type { LinkForm } from '../ports/index.ts';

/**
 * A request to link accounts of one network, from when a program asks for it until accounts are made of it. It belongs to one
 * tenant, and to the browser that first went to the network for it.
 */
export interface Link {
  readonly linkId: string;
  readonly tenantId: string;
  readonly network: Network;
  /** Where the browser is sent in the end; its origin is one that the tenant registered. */
  readonly redirectUrl: string;
  readonly profile: string | null;
  /** Under the network's `linking.optionsSchema`. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  /** From then on nobody can consent or choose. */
  readonly expiresAt: string;
  /** Raised by every move. */
  readonly version: number;
  readonly stage: LinkStage;
}

/**
 * How far a link is. It only ever moves downwards in this list, each time by one conditional write; `visited` may be repeated,
 * an `exchanging` that nobody works on any more is taken over, and one of a form goes back to `visited` where the network did not
 * take what was typed.
 */
export type LinkStage =
  | { readonly at: 'open' }
  /** A browser went to the network. One that goes there later takes its place. */
  | { readonly at: 'visited'; readonly visit: Visit }
  /** A browser came back, or sent its form, and its code is being exchanged until `until` at most. */
  | { readonly at: 'exchanging'; readonly visit: Visit; readonly codeHash: string; readonly until: string }
  /** There are tokens; what stands behind them is not known yet. */
  | { readonly at: 'granted'; readonly visit: Visit; readonly codeHash: string; readonly tokens: Sealed }
  /** Somebody has to choose. */
  | { readonly at: 'choosing'; readonly visit: Visit; readonly codeHash: string; readonly tokens: Sealed; readonly targets: readonly ShownTarget[] }
  | { readonly at: 'linked'; readonly visit: Visit; readonly codeHash: string; readonly targets: readonly string[]; readonly accounts: readonly string[] }
  | { readonly at: 'failed'; readonly visit: Visit; readonly codeHash: string; readonly failure: LinkFailure };

/** The way of a browser to the network and back. */
export interface Visit {
  /** SHA-256, in hexadecimal digits, of the secrets in `state` and in the browser's cookie. */
  readonly stateHash: string;
  readonly browserHash: string;
  /** The verifier of the challenge, and what the network's folder wants to know again. */
  readonly memory: Sealed;
  /** What the person is asked for on a page of ours; null: they went to the network. */
  readonly form: LinkForm | null;
}

/** What is shown of something behind a consent. */
export interface ShownTarget {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  /** Null: it can be chosen. */
  readonly obstacle: string | null;
}

export const linkFailures = ['consent_denied', 'scope_missing', 'nothing_behind', 'code_rejected', 'network_refused'] as const;
export type LinkFailureCode = (typeof linkFailures)[number];

export interface LinkFailure {
  readonly code: LinkFailureCode;
  /** For people: what happened, and what to do. */
  readonly message: string;
}

/** How a link stands, for the outside. `processing`: the person has consented, and the network is being asked. */
export type LinkStatus = 'waiting' | 'processing' | 'choose' | 'linked' | 'failed' | 'expired';

/** `now` as a timestamp. What has ended stays so; all else is over with its time. */
export function statusOfLink({ stage, expiresAt }: Pick<Link, 'stage' | 'expiresAt'>, now: string): LinkStatus {
  switch (stage.at) {
    case 'linked':
      return 'linked';
    case 'failed':
      return 'failed';
    case 'open':
    case 'visited':
      return expiresAt <= now ? 'expired' : 'waiting';
    case 'exchanging':
    case 'granted':
      return expiresAt <= now ? 'expired' : 'processing';
    case 'choosing':
      return expiresAt <= now ? 'expired' : 'choose';
  }
}
