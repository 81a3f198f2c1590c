import type { AccountLimits, Media } from '../model.ts';
import type { Work } from './connector.ts';

/** What connectors talk to their networks with: HTTP, the account's token, the files, and what the guard keeps for them. */

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** In place of `body`, one that memory need not hold: a file as large as networks take it in one request. */
  readonly stream?: ByteStream;
  /** Seconds for the whole exchange; the tools have a default and a bound. */
  readonly timeout?: number;
}

/** Bytes that are made while they are sent. */
export interface ByteStream {
  /** How many there are. */
  readonly length: number;
  /**
   * All of them in order, once; opened before the connection is. If that throws, or the reading, so does the sending: nothing is
   * known of the request then, as when it breaks off.
   */
  readonly open: () => Promise<AsyncIterable<Uint8Array>>;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 1 MiB, as text. */
  readonly body: string;
}

/**
 * What is known of a request. `never_sent`: no connection was made, nothing of it went out. `answered`: a whole answer
 * came. `ambiguous`: anything may have happened.
 */
export type HttpResult =
  | { readonly kind: 'never_sent'; readonly reason: string }
  | { readonly kind: 'answered'; readonly answer: HttpAnswer }
  | { readonly kind: 'ambiguous'; readonly reason: string };

/** Sends a request once: no retry, no redirect followed. `fresh`: on a connection of its own. Never throws for what the network does. */
export interface Transport {
  send(request: HttpRequest, options?: { fresh?: boolean }): Promise<HttpResult>;
}

export interface NetworkTools {
  send(request: HttpRequest): Promise<HttpResult>;
  /** The account's access token, refreshed if it is about to end. Read it for each request. Throws if there is none: let it pass. */
  accessToken(): Promise<string>;
  /** What a call needs beside the access token that was read last (`TokenSet.binding`); null: nothing. */
  binding(): Promise<string | null>;
  /** Base URLs of the network by the connector's own names for them, from the configuration. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** The operator's app at this network. */
  readonly app: { readonly clientId: string; readonly clientSecret: string };
  /**
   * The operator's app at another network, by whose login accounts of this one can be linked too; null: none is configured there.
   * Left out: this network has no such way.
   */
  readonly loginApp?: () => Promise<NetworkTools['app'] | null>;
  now(): Date;
}

export interface RefreshTools extends Pick<NetworkTools, 'send' | 'now' | 'endpoints' | 'app' | 'loginApp'> {
  /** Whose tokens they are: some networks give them by account. */
  readonly account: Pick<Work['account'], 'externalId'>;
}

export interface MediaTools {
  /** Bytes `start` to `end`, both inclusive. At most 64 MiB. */
  readRange(media: Media, start: number, end: number): Promise<Uint8Array>;
  /** So many bytes from `start`, read while they are sent: memory holds a few of them at a time. */
  streamRange(media: Media, start: number, length: number): ByteStream;
  /** A URL from which the network can fetch the file by GET. */
  signGet(media: Media, expiresIn: number): Promise<string>;
}

export interface TransferTools extends NetworkTools, MediaTools {
  /**
   * Stores the connector's progress; throws if another worker has taken over: let it pass. `bytesSent`: bytes of the files that
   * the network has, to be shown; left out by a connector whose network fetches them.
   */
  saveCheckpoint(data: unknown, bytesSent?: number): Promise<void>;
  /** Keeps what the network told of the account on the way, as `accountLimits.read` gives it: nothing is written if it is known. */
  keepLimits(limits: AccountLimits): Promise<void>;
  /** Whether there is time for another slice or poll in this step. */
  hasTime(): boolean;
  /** Pauses inside the step, scaled on the local stage; for polls of a few seconds. */
  sleep(seconds: number): Promise<void>;
}

export interface DecorateTools extends NetworkTools, MediaTools, Pick<TransferTools, 'hasTime'> {
  /** As in `transfer`: stores the connector's progress. */
  saveCheckpoint(data: unknown): Promise<void>;
}

export interface PublishTools extends Omit<NetworkTools, 'send'>, MediaTools {
  /** The one visible call, on a fresh connection; a second use throws. */
  sendOnce(request: HttpRequest): Promise<HttpResult>;
}
