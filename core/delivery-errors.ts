import type { Actor } from './errors.ts';
import type { DeliveryErrorCode } from './model.ts';

interface DeliveryErrorKind {
  readonly title: string;
  readonly actor: Actor;
  /** CommonMark, for the page `docs/errors/delivery.md`. */
  readonly happened: string;
  readonly remedy: string;
}

/** What a failed account of an upload says as `errorCode`: one closed list for all networks. */
export const deliveryErrorKinds = {
  reauth_required: {
    title: 'The account has to be connected again', actor: 'account_owner',
    happened: 'The network does not accept the link to the account any more: its owner took it back, changed the password, or it ran out.',
    remedy: 'Connect the account again, then retry the upload for it.',
  },
  permission_denied: {
    title: 'The network does not allow this for the account', actor: 'account_owner',
    happened: 'The account may not do what was asked: it is restricted, not verified, or its link lacks a permission.',
    remedy: 'Look at the account on the network. Connect it again with all permissions if one is missing, then retry.',
  },
  rate_limited: {
    title: 'The network asks for a pause', actor: 'operator',
    happened: 'The network refused further calls for a while. Fanfare tried again for up to 24 hours before it gave up.',
    remedy: 'Retry later. If it happens often, fewer posts at a time or a larger allowance from the network help.',
  },
  quota_exhausted: {
    title: "The network's allowance is used up", actor: 'operator',
    happened: 'The account, or the app by which Fanfare speaks to the network, has used what it may use in a day.',
    remedy: "Retry on the next day. The operator can ask the network for a larger allowance of the app.",
  },
  media_rejected: {
    title: 'The network does not take the file', actor: 'caller',
    happened: "The file breaks a rule of the network, or the network could not read it. `errorMessage` names the rule or quotes the network.",
    remedy: 'Convert or cut the file as `errorMessage` says, and send it as a new upload.',
  },
  metadata_rejected: {
    title: 'The network does not take the text or an option', actor: 'caller',
    happened: 'Title, description or an option breaks a rule of the network. `errorMessage` names it.',
    remedy: 'Correct it as `errorMessage` says, and send the upload again for this account.',
  },
  duplicate_content: {
    title: 'The network has seen this before', actor: 'caller',
    happened: 'The network refuses content that it takes for a repetition.',
    remedy: 'Look at the account: the post may be there already. Change text or file to publish it once more.',
  },
  platform_unavailable: {
    title: 'The network could not be reached', actor: 'operator',
    happened: 'The network did not answer, or not as it should. Fanfare tried again for up to 24 hours before it gave up. Nothing was published.',
    remedy: 'Retry when the network works again.',
  },
  outcome_unknown: {
    title: 'It is not known whether the post is there', actor: 'account_owner',
    happened: 'The call that publishes was made, its answer was lost, and the network does not tell what became of it. Fanfare does not publish a second time on its own; it goes on looking for the post for 24 hours.',
    remedy: 'Look at the account. Only if the post is not there, force a retry for this account: forcing it while the post is there publishes it twice.',
  },
  account_unlinked: {
    title: 'The account is not linked any more', actor: 'account_owner',
    happened: 'The account was removed before the upload was due on it.',
    remedy: 'Link the account again, then retry.',
  },
  internal_error: {
    title: 'Something went wrong on our side', actor: 'operator',
    happened: 'A fault of this installation, not of the request or the network. Nothing was published.',
    remedy: 'Retry. If it stays so, give the operator the ids of the upload and the account.',
  },
} as const satisfies Record<DeliveryErrorCode, DeliveryErrorKind>;
