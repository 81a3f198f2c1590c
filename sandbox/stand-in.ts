import type { Refusal } from './refusal.ts';
import type { Clock } from '../core/clock.ts';
import type { LoginDoor } from './authorization/server.ts';

/**
 * A stand-in for a network: a function from request to answer over a state and a clock. It knows nothing of HTTP servers:
 * `sandbox/server.ts` mounts it on HTTP for the stack, tests call it in process.
 */
export interface StandIn {
  readonly network: string;

  /** Handles a call to this network; `path` begins after the network's prefix: `/<endpoint name>/<the real path>`. */
  handle(call: Call): Promise<Answer>;

  /**
   * A call whose body broke off: `call.body` is what had arrived, and nobody hears an answer. It may throw a refusal, as the
   * whole call would have been refused. Left out: such a call does nothing.
   */
  cutShort?(call: Call): void;

  /** The name of a call for the log and for faults, `[a-z.-]{1,40}`; the call that makes a post visible has a name of its own. */
  operation(call: Call): string;

  /** Every name that `operation` gives. */
  readonly operations: readonly string[];

  /** What is publicly visible, oldest first. */
  posts(): readonly Post[];

  /** Makes an account with tokens, as if a person had linked it. */
  addAccount(account: NewAccount): LinkedAccount;

  /** Its authorization server: who can log in, and where consents lead. */
  readonly login: LoginDoor;

  /** Forgets all posts, all work in progress (codes of consents too) and all counted caps; the accounts, persons and tokens only if asked. */
  reset(options?: { readonly accounts?: boolean }): void;
  /** How it refuses an account that it has restricted, and which calls; left out: the pages do not say. */
  readonly restriction?: { readonly operations: readonly string[]; refusal(): Refusal };
}

export interface Call {
  readonly method: string;
  /** `/api/upload/youtube/v3/videos`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A post as `GET /_sandbox/<network>/posts` shows it. */
export interface Post {
  readonly id: string;
  /** The network's own id of the account. */
  readonly accountId: string;
  readonly kind: 'video' | 'photos' | 'text';
  readonly title: string | null;
  readonly text: string | null;
  /** Of the bytes that the network received, one a file, lower-case hex. */
  readonly mediaSha256: readonly string[];
  /** Of the picture that stands for a video, lower-case hex; left out: it has none of its own. */
  readonly coverSha256?: string;
  /** Caption files of a video; left out: it has none. */
  readonly captions?: readonly { readonly language: string; readonly name: string; readonly sha256: string }[];
  readonly createdAt: string;
  /** Of a comment or a reply: the id of the post, or of the reply, that it answers. Left out: a post of its own. */
  readonly replyTo?: string;
}

export interface NewAccount {
  readonly name: string;
  /** Seconds that the access token is still good for; negative: it has expired. The network's usual life if left out. */
  readonly accessTokenLife?: number;
  readonly scopes?: readonly string[];
  /** False: it has not proved by phone to be a person's (YouTube: it may not set thumbnails). True if left out. */
  readonly verified?: boolean;
}

export interface LinkedAccount {
  readonly externalId: string;
  readonly name: string;
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresAt: string | null;
  readonly scopes: readonly string[];
  /** Options that the network demands, as this account can use them: its board, its page. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** What a stand-in gets from the outside. */
export interface World {
  readonly clock: Clock;
  /**
   * Fetches a file that the network pulls, by GET, without following redirects. Throws if it cannot be reached; an error
   * named `TimeoutError` if it took too long.
   */
  fetch(url: string): Promise<Fetched>;
  /** The app that the operator registered at this network. */
  readonly app: App;
  /** Their app at the network by whose login accounts of this one are reached too; left out: there is no such way. */
  readonly loginApp?: App;
  /** Base URL under which this network's stand-in is reachable, without a slash at the end: it makes session URIs from it. */
  readonly baseUrl: string;
  /** Seconds that processing takes, in terms of the clock; several polls at the connector's pace. It may change at any time. */
  readonly processingSeconds: number;
  /** Whether the app is approved for refresh tokens, where a network demands that. It may change at any time. */
  readonly refreshTokens: boolean;
  /**
   * The documented caps of the network by the stand-in's own names for them, with those that are set in their place: as they are
   * whenever they are read. Throws a `SandboxError` if one is set that does not exist.
   */
  capsOver<Name extends string>(documented: Readonly<Record<Name, number>>): Readonly<Record<Name, number>>;
}

export interface App {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Fetched {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What comes of a request at the door of the sandbox: an answer, or the connection is cut. */
export type Handled = { readonly kind: 'answer'; readonly answer: Answer } | { readonly kind: 'cut' };
