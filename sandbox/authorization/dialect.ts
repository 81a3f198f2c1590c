/**
 * What is a network's own in the dance of OAuth: paths, names of parameters, words. What all do alike is in this folder. Facts are
 * those of section 1 of each network's page; where it is silent, the stricter reading holds.
 */
export interface AuthorizationDialect {
  /** The network's name, as its consent page shows it. */
  readonly title: string;
  /** Path of the consent page, behind the network's prefix. */
  readonly page: string;
  /** Where a request is pushed before the page is shown (RFC 9126): the page takes no other then. */
  readonly pushed?: string;
  readonly clientParameter: 'client_id' | 'client_key';
  /** Between the names in `scope`. */
  readonly separator: ' ' | ',';
  /** Every scope that the app may ask for, with what the consent page says of it. */
  readonly scopes: Readonly<Record<string, string>>;
  /** Scopes that cannot be unticked; none if left out. */
  readonly fixedScopes?: readonly string[];
  /** The form of each parameter that the page takes beside those of OAuth 2.0; another one is refused. */
  readonly parameters?: Readonly<Record<string, RegExp>>;
  /** Those of them that have to be there. */
  readonly requiredParameters?: readonly string[];
  /** What an app sends to be given a refresh token, where that does not go without saying. */
  readonly lasting?: Readonly<Record<string, string>>;
  readonly pkce: 'required' | 'optional' | 'none';
  /** How a challenge writes the SHA-256 of its verifier; base64url if left out. */
  readonly challenge?: 'base64url' | 'hex';
  /** Whether the redirect address may have a query; yes if left out. */
  readonly redirectQuery?: boolean;
  /** Seconds that a code is good for. */
  readonly codeLife: number;
  readonly newCode: () => string;
  /**
   * For which of a person's accounts a consent is: `login`: the login is the account; `one`: the person picks one; `many`: the
   * person ticks some; `all`: for all of them, without a choice.
   */
  readonly accounts: 'login' | 'one' | 'many' | 'all';
  /** Where the login is the account: a person may have others, which another login shows. The first is that of this one. */
  readonly others?: true;
  /** What a refusal of the person puts into the redirect, beside the state. */
  readonly denied: Readonly<Record<string, string>>;
  /** What a consent puts into the redirect, beside code and state. */
  readonly allowed?: (scopes: readonly string[]) => Readonly<Record<string, string>>;
  /** What some networks hang on to the redirect; clients have to strip it. */
  readonly fragment?: string;
  /** Whether a wrong request is told to the client, in the redirect, once client and address are known to be right; else a page tells the person. */
  readonly tellsClient?: boolean;
  /** The name of the error for a scope that is not known; `invalid_scope` if left out. */
  readonly scopeError?: string;
  readonly token: Endpoint;
  readonly revocation: Endpoint | null;
  /** Path and query of the call that tells for whom a token is. */
  readonly identity: string;
  /**
   * `kept`: the refresh token goes on; `rotates`: each refresh gives a new one and voids the old; `single_use`: the same, and an old one
   * that comes again ends the whole link; `extends`: a long-lived token is exchanged for another one.
   */
  readonly refresh: 'kept' | 'rotates' | 'single_use' | 'extends';
  /** Only apps that the network has approved for it are given refresh tokens. */
  readonly refreshByApproval?: true;
}

export interface Endpoint {
  /** Behind the network's prefix. */
  readonly path: string;
  /** How an app says who it is: by HTTP Basic, by fields of the form, by the query of a GET, or by a signed assertion. */
  readonly client: 'basic' | 'form' | 'query' | 'assertion';
}
