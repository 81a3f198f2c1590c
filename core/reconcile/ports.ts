import type { Vault } from '../linking/vault.ts';
import type { DeliveryRef } from '../ports/store.ts';
import type { Ports } from '../ports/index.ts';

/** Executions of the machine of one delivery, in which the outcome of an `unknown` one is looked for. */
export interface LookUps {
  /** Starts one; harmless if one of this name was started before. Throws if it could not be started. */
  start(request: { readonly name: string; readonly revision: number } & DeliveryRef): Promise<void>;
}

/** What needs an account's tokens is done by the vault. */
export type Renewals = Pick<Vault, 'renew' | 'revoke'>;

/** The job starts what works with accounts; it does not decrypt their tokens. */
export interface ReconcilePorts extends Pick<Ports, 'store' | 'media' | 'events' | 'executions' | 'clock' | 'times' | 'log'> {
  readonly lookUps: LookUps;
  readonly renewals: Renewals;
}

/** What was found about an entry, for the log: each is explained in docs/operations.md. */
export const findings = [
  'moved_on',
  'nothing_left',
  'assembled',
  'assembling',
  'taken_back',
  'started',
  'replaced',
  'woken',
  'at_work',
  'ended',
  'looked_up',
  'look_up_over',
  'announced',
  'expired',
  'kept',
  'released',
  'renewed',
  'not_renewed',
  'link_ends',
  'link_over',
  'revoked',
  'not_revoked',
  'forgotten',
  'troubled',
] as const;
export type Finding = (typeof findings)[number];

/** What came of one entry. */
export interface Looked {
  readonly finding: Finding;
  /** For how long its upload was due while nobody worked on it; 0: somebody does, or it is not due. */
  readonly unattendedSeconds: number;
}
