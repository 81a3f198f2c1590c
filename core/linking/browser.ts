import type { Network } from '../model.ts';
import type { LinkForm } from '../ports/index.ts';
import type { Link, LinkStatus } from './model.ts';
import type { LinkableNetwork, VaultPorts } from './ports.ts';

/** What a browser is told: to go back to where the link was asked for, a page where going back would not be safe, or a form. */
export type BrowserAnswer = BackAnswer | PageAnswer | FormAnswer;

export interface BackAnswer {
  readonly kind: 'back';
  readonly url: string;
}

export interface PageAnswer {
  readonly kind: 'page';
  readonly reason: PageReason;
  readonly network: Network;
  readonly message: string | null;
}

/** A page that asks the person for something. It is sent back with `state` and `code`, and counts once, as an answer of a network does. */
export interface FormAnswer {
  readonly kind: 'form';
  readonly network: Network;
  /** With what was typed into its text fields before. */
  readonly form: LinkForm;
  readonly state: string;
  readonly code: string;
  /** What is wrong with what was typed, or why it was not taken; null: nothing yet. */
  readonly message: string | null;
}

/**
 * `unknown`: no link of ours, or not of this network. `other_browser`: not the one that began it. `used`: an answer of the network
 * that comes after another one. `over`: the link has its outcome. `refused`: the network will not say anything else. `try_again`: it goes on when the page is loaded again.
 */
export const pageReasons = ['unknown', 'other_browser', 'used', 'over', 'expired', 'refused', 'try_again'] as const;
export type PageReason = (typeof pageReasons)[number];

export function page(reason: PageReason, network: Network, message: string | null = null): PageAnswer {
  return { kind: 'page', reason, network, message };
}

/** The address that the tenant named, with the link and how it stands. */
export function backTo({ linkId, redirectUrl, stage }: Link, status: LinkStatus): BackAnswer {
  const url = new URL(redirectUrl);
  url.searchParams.set('linkId', linkId);
  url.searchParams.set('status', status);
  if (stage.at === 'failed') url.searchParams.set('error', stage.failure.code);
  return { kind: 'back', url: url.href };
}

/** Throws if the network of a link is not there any more: another release has begun it. */
export function linkableNetwork({ linkable }: Pick<VaultPorts, 'linkable'>, network: Network): LinkableNetwork {
  const found = linkable(network);
  if (found === undefined) throw new Error(`Accounts of ${network} cannot be linked in this release.`);
  return found;
}
