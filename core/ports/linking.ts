import type * as z from 'zod';
import type { TokenSet } from '../model.ts';
import type { Trouble } from './connector.ts';
import type { NetworkTools } from './network-tools.ts';

/**
 * What linking an account demands of a network. `platforms/<network>/link.ts` implements it in a few lines, most of them with
 * the helpers of `platforms/authorization.ts`; `core/linking` drives it, inside the `vault` function alone.
 *
 * The order: `authorize` (a person's browser is about to go to the network), `exchange` (it came back with a code) or `signIn` (the
 * person has filled in a form of ours in place of going there), `targets` (what stands behind the consent; one becomes an account
 * at once, several wait for a choice), and later `check` and `revoke`.
 * Nothing of it throws for what a network says. Each is one bounded piece of work: at most half a minute.
 */
export interface Linking {
  /** What the person is asked to allow, in the order in which it is asked. */
  readonly scopes: readonly ScopeNeed[];
  /**
   * `S256`: RFC 7636. `hex`: the same hash in hexadecimal digits, as TikTok's desktop kit has it. `none`: the network takes no
   * challenge.
   */
  readonly pkce: 'S256' | 'hex' | 'none';
  /** How many of the targets may be chosen at once. `one` where all stand for one account, such as the boards of a profile. */
  readonly choice: 'one' | 'many';
  /** Strict schema of `options` of a link request; left out: the network has none. They are stored in clear: nothing secret. */
  readonly optionsSchema?: z.ZodObject;
  /** For a person whose login has nothing to link: what to do, as a sentence or two. */
  readonly nothingBehind: string;
  /** Where the person consents. */
  authorize(request: AuthorizeRequest, tools: LinkTools): Promise<AuthorizeOutcome>;
  /**
   * Tokens for the code that the browser brought. Codes serve once: where the answer is lost, the same code is tried once more,
   * and a refusal then ends the link. `TokenSet.scopes` is what was granted, as the network tells it: some let people untick.
   */
  exchange(request: ExchangeRequest, tools: LinkTools): Promise<GrantOutcome>;
  /**
   * Tokens for what the person has typed into the form of `authorize`; there where that gives one. A trouble of class `auth_revoked`
   * or `invalid_metadata` says that it is not right: its message is shown above the form, which can be sent again, as after one that
   * passes by itself. What was typed is never kept: nothing of it may stand in tokens or troubles. An answer that is lost is asked
   * for once more.
   */
  signIn?(request: SignInRequest, tools: LinkTools): Promise<GrantOutcome>;
  /** What stands behind the consent: every account that can be made of it, with its name. Empty: there is none. Repeatable. */
  targets(tokens: TokenSet, tools: LinkTools): Promise<TargetsOutcome>;
  /** Asks the network whether it still accepts a linked account. Repeatable. */
  check(account: { readonly externalId: string }, tools: NetworkTools): Promise<CheckOutcome>;
  /**
   * What our app says of itself, where the network asks the app in place of an operator's registration: it stands, as JSON, beside the
   * callback (`clientMetadataUrl`). Throws an `UnusableSecret` if the app's secret is not what it needs.
   */
  clientMetadata?(request: Pick<AuthorizeRequest, 'redirectUri' | 'scopes'>, tools: Pick<LinkTools, 'app'>): Promise<ClientMetadata>;
  /** Ends the tokens at the network, before we forget them. Left out where it has no such call. Repeatable. */
  revoke?(tokens: TokenSet, tools: LinkTools): Promise<RevokeOutcome>;
}

/** The secret of an app is not of the form that its network needs. The operator has to put another one; the message does not have it. */
export class UnusableSecret extends Error {
  override readonly name = 'UnusableSecret';
}

/** As the network's protocol has it; at least these. */
export interface ClientMetadata {
  readonly [name: string]: unknown;
  readonly client_id: string;
  readonly redirect_uris: string[];
}

export interface ScopeNeed {
  /** As the network writes it. */
  readonly scope: string;
  /** `publishing`: without it the link is refused. `analytics`: it is made, and the account says so. `extras`: nobody asks later. */
  readonly needed: 'publishing' | 'analytics' | 'extras';
  /** What it allows, for people: "upload videos". */
  readonly means: string;
}

export type LinkTools = Pick<NetworkTools, 'send' | 'now' | 'endpoints' | 'app' | 'loginApp'>;

export interface AuthorizeRequest {
  /** `scopes` of the contract, as the network writes them. */
  readonly scopes: readonly string[];
  /** The same bytes go into the exchange. */
  readonly redirectUri: string;
  readonly state: string;
  /** Null exactly where `pkce` is `none`. */
  readonly challenge: string | null;
  /** `options` of the link request, under `optionsSchema`; an empty object without one. */
  readonly options: Readonly<Record<string, unknown>>;
}

export type AuthorizeOutcome =
  /** `memory`: what `exchange` is to have again; it is kept encrypted. */
  | { readonly kind: 'authorize'; readonly url: string; readonly memory?: string }
  /** The network needs what the person types, on a page of ours. `memory`: what `signIn` is to have again. */
  | { readonly kind: 'ask'; readonly form: LinkForm; readonly memory?: string }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

/** What a person is asked for. It is kept in clear: nothing secret. */
export interface LinkForm {
  readonly heading: string;
  /** Paragraphs: what to do, in words. */
  readonly text: readonly string[];
  /** Where the person finds what is asked for; opened beside the form. Null: there is no such page. */
  readonly help: { readonly label: string; readonly url: string } | null;
  /** All have to be filled in. */
  readonly fields: readonly LinkField[];
}

export interface LinkField {
  /** Letters and digits, unique in the form; `state` and `code` are ours. */
  readonly name: string;
  readonly label: string;
  /** What is typed into a `password` is shown to nobody, not even to whom has typed it. */
  readonly type: 'text' | 'password';
  readonly hint: string | null;
  /** What stands in it at first. */
  readonly initial: string;
  /** As in HTML. `off`: nothing that a browser should remember. */
  readonly autocomplete: 'username' | 'current-password' | 'off';
}

export interface SignInRequest {
  /** By the names of the form's fields; none is blank. */
  readonly fields: Readonly<Record<string, string>>;
  readonly memory: string | null;
  /** `scopes` of the contract, as the network writes them. */
  readonly scopes: readonly string[];
}

export interface ExchangeRequest {
  /** The query with which the browser came back. It has a `code`, and no `error`. */
  readonly callback: URLSearchParams;
  readonly state: string;
  readonly redirectUri: string;
  /** Null exactly where `pkce` is `none`. */
  readonly verifier: string | null;
  readonly memory: string | null;
  /** What was asked for: that is granted where the network does not say. */
  readonly scopes: readonly string[];
}

/** A trouble of class `auth_revoked` is the network's definite no to the code; `retryable` and `rate_limited` are tried again. */
export type GrantOutcome = { readonly kind: 'granted'; readonly tokens: TokenSet } | { readonly kind: 'trouble'; readonly trouble: Trouble };

export interface LinkTarget {
  /** What a choice names it by: unique behind one consent. */
  readonly id: string;
  /** For people and programs: `channel`, `page`, `organisation`, `profile`, `board`. */
  readonly type: string;
  readonly name: string;
  /** The account that it becomes: the network's own id of it. Several targets may become one account. */
  readonly externalId: string;
  /** The account's name, where that is not the target's: a board belongs to a profile. */
  readonly accountName?: string;
  /** Where it has tokens of its own, as pages have; those of the consent if left out. Never stored before it is chosen. */
  readonly tokens?: TokenSet;
  /** Options that the account gets as its defaults, where it has none of the name: a board. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Why nothing can be published on it, for people, and what to do: it is listed and cannot be chosen. */
  readonly obstacle?: string;
}

export type TargetsOutcome = { readonly kind: 'targets'; readonly targets: readonly LinkTarget[] } | { readonly kind: 'trouble'; readonly trouble: Trouble };

export type CheckOutcome =
  /** `name`: as it is there now, null where the network does not say. */
  | { readonly kind: 'accepted'; readonly name: string | null }
  /** `auth_expired`: asked once more with a renewed token. `auth_revoked`: the account must be linked anew. Others say nothing of it. */
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

export type RevokeOutcome = { readonly kind: 'revoked' } | { readonly kind: 'trouble'; readonly trouble: Trouble };
