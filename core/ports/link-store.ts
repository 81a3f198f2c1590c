import type { Link, LinkStage } from '../linking/model.ts';
import type { Account, Network, Sealed } from '../model.ts';
import type { Commit } from './tenant-store.ts';

/** The part of the store port around linking: requests to link, and what tells accounts of the outside apart. */
export interface LinkStore {
  /** Putting a link again changes nothing. */
  putLink(link: Link, commit?: Commit | null): Promise<void>;
  getLink(linkId: string): Promise<Link | null>;
  /** Puts `stage` in place of that of `link`. Null: the link has moved since it was read, or is not there. */
  moveLink(link: Link, stage: LinkStage): Promise<Link | null>;
  /** The tenant's account of an account of the outside; null: it is not linked there. */
  findLinkedAccount(request: { readonly tenantId: string; readonly network: Network; readonly externalId: string }): Promise<Account | null>;
  /** In how many tenants it is linked. */
  countLinked(request: { readonly network: Network; readonly externalId: string }): Promise<number>;
  /**
   * New tokens for an account that is linked again, which is active from then on: raises the version, and takes the lock of a
   * refresh away, whose outcome is then refused. False: the version is not `tokenVersion` any more, or the account is not there.
   */
  relinkAccount(request: Relink): Promise<boolean>;
  /** Origins to which browsers may be sent back; none if nobody has said. */
  getRedirectOrigins(tenantId: string): Promise<readonly string[]>;
  setRedirectOrigins(request: { readonly tenantId: string; readonly origins: readonly string[]; readonly commit?: Commit | null }): Promise<void>;
}

export interface Relink extends Pick<Account, 'tenantId' | 'accountId' | 'tokenVersion' | 'tokenEnds' | 'accessEnds' | 'renewAt' | 'scopes' | 'name' | 'profile' | 'healthSince'> {
  readonly tokens: Sealed;
}
