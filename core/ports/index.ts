import type { Clock } from '../clock.ts';
import type { Ids } from '../ids.ts';
import type { Network, Sealed } from '../model.ts';
import type { Times } from '../times.ts';
import type { ExecutionInput } from '../workflow.ts';
import type { Connector } from './connector.ts';
import type { MediaStore } from './media.ts';
import type { NetworkTools, Transport } from './network-tools.ts';
import type { Store } from './store.ts';

export * from './connector.ts';
export * from './linking.ts';
export * from './media.ts';
export * from './network-tools.ts';
export * from './store.ts';

/** Encrypts and decrypts account tokens; the context (tenant and account) is bound to the ciphertext. */
export interface TokenCipher {
  seal(plaintext: string, context: TokenContext): Promise<Sealed>;
  /** Throws `TokenUnreadable` for a swapped, truncated or foreign ciphertext. */
  open(sealed: Sealed, context: TokenContext): Promise<string>;
}

export interface TokenContext {
  readonly tenantId: string;
  readonly accountId: string;
}

export class TokenUnreadable extends Error {
  override readonly name = 'TokenUnreadable';
}

/** The connectors and what the operator configured for each network. */
export interface Networks {
  /** Undefined: this release has no such network. */
  connector(network: Network): Connector | undefined;
  /** Throws if the network is not configured here. */
  settings(network: Network): Promise<NetworkSettings>;
}

export type NetworkSettings = Pick<NetworkTools, 'endpoints' | 'app' | 'loginApp'>;

/** Where finished uploads are announced. */
export interface Events {
  uploadFinished(event: UploadFinished): Promise<void>;
}

/** Version 1 of the documented event (docs/events.md). */
export interface UploadFinished {
  readonly version: 1;
  readonly uploadId: string;
  readonly tenantId: string;
  readonly revision: number;
  readonly status: 'Uploaded' | 'Failed' | 'Cancelled';
  readonly accounts: readonly {
    readonly accountId: string;
    readonly network: Network;
    readonly status: string;
    readonly externalId: string | null;
    readonly externalUrl: string | null;
    readonly errorCode: string | null;
  }[];
}

/** One structured line; `fields` carries request id, tenant, upload and account where known. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** The executions of the upload's state machine. */
export interface Executions {
  /** Starts one. `already`: one of this name was started before, and may have ended. */
  start(request: { readonly name: string; readonly input: ExecutionInput }): Promise<'started' | 'already'>;
  /** Ends one that is not needed any more; harmless if it has ended. */
  stop(execution: string): Promise<void>;
  /** False: it has ended, or there is none. */
  isRunning(execution: string): Promise<boolean>;
}

export interface Ports {
  readonly store: Store;
  readonly media: MediaStore;
  readonly cipher: TokenCipher;
  readonly networks: Networks;
  readonly transport: Transport;
  readonly events: Events;
  readonly executions: Executions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly times: Times;
  readonly log: Log;
  /** Sleeps; a simulation moves its clock instead. Seconds. */
  sleep(seconds: number): Promise<void>;
  /** In [0, 1): jitter. */
  random(): number;
}
