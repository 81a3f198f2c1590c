import type { AccountLimits, DeliveryErrorCode, Kind, Media, Network, SequelName, TokenSet } from '../model.ts';
import type { FieldError } from '../errors.ts';
import type { DecorateTools, NetworkTools, PublishTools, RefreshTools, TransferTools } from './network-tools.ts';

/**
 * What publishing demands of a network. A folder in `platforms/` implements it; the publish guard in `core/publishing`
 * drives it. A connector holds no state: all that it needs to go on is in its checkpoint.
 */
export interface Connector {
  readonly network: Network;

  /** Rules on what was said (before the media is known) and on what was measured. Empty: all fine. */
  violations(subject: PreflightSubject): readonly Violation[];

  /**
   * Which of its options name stored files, such as a cover or captions; left out: none does. Says nothing of options that it cannot
   * read, which `violations` refuses.
   */
  attachments?(options: unknown): readonly AttachmentRef[];

  /**
   * Options that mean something only beside another one, by that one: `{ board: ['boardSection'] }`. An upload that names another
   * board than its account's default does not get the default's section.
   */
  readonly dependentOptions?: Readonly<Record<string, readonly string[]>>;

  /** Options of which each post has its own, such as descriptions of its photos: none of them can be an account's default. */
  readonly perPostOptions?: readonly string[];

  /** Left out: the network tells no limits of single accounts. */
  readonly accountLimits?: {
    /** The rules whose limits it tells, as `<kind>.<check>`: before one of them fails a delivery, the network is asked anew. */
    readonly rules: readonly string[];
    /** All that the network tells of the account, where it differs from the usual. One request, or two where it takes a token first. */
    read(account: Pick<Work['account'], 'externalId' | 'name'>, tools: NetworkTools): Promise<LimitsOutcome>;
  };

  /** Raised when the shape of checkpoints changes; a checkpoint of another version is thrown away. */
  readonly checkpointVersion: number;

  /** Seconds until a post that the network took can surely be seen by `confirm`. */
  readonly visibilityDelay: number;

  /** One bounded piece of invisible, repeatable work. Saves its checkpoint after each remote change. */
  transfer(work: Work, tools: TransferTools): Promise<TransferOutcome>;

  /** What the visible call will send, complete but without credentials. Pure: the same work gives the same body. */
  compose(work: Work): unknown;

  /**
   * Right before an attempt is armed: asks the network for what the visible call has to carry beside the token, such as a nonce.
   * Invisible and repeatable. What comes of it is nothing to fail for: the visible call will be told. Throws what `tools` throw.
   */
  prepareCall?(work: Work, body: unknown, tools: NetworkTools): Promise<void>;

  /**
   * The visible call: exactly one request through `tools.sendOnce`, then the verdict on what came of it. The guard believes a
   * refusal only if a whole answer came that is none of 408, 425 and 5xx, and a `never_sent` only from the transport itself.
   */
  publish(work: Work, body: unknown, tools: PublishTools): Promise<PublishOutcome>;

  /** Asks the network what became of an armed attempt. Never publishes. */
  confirm(work: Work, body: unknown, attempt: { n: number; armedAt: string }, tools: NetworkTools): Promise<ConfirmOutcome>;

  /**
   * What comes after the post and its sequels (permalink, thumbnail). Its troubles are warnings. It may be run again at any time, so
   * each of its calls can be repeated, or asks first; what it need not do again it notes in its checkpoint.
   */
  decorate?(work: Work, receipt: { externalId: string | null }, tools: DecorateTools): Promise<Decoration>;

  /**
   * Seconds before its end from which an access token is refreshed, where the usual minutes are too late: a network whose token
   * renews only itself loses an account that is not used in them.
   */
  readonly refreshAhead?: number;

  /** Seconds for which tokens may rest: then they are renewed though nobody has used them, since the network ends links that rest. */
  readonly restsAtMost?: number;

  /** Access tokens renew themselves: there is no refresh token. */
  readonly renewsItself?: true;

  /** Seconds after a person's consent from which nothing renews the link any more, however often it was renewed. Left out: it may go on for ever. */
  readonly consentLasts?: number;

  /** Of a network whose accounts are linked in several ways: what holds for tokens of one of them, in place of the above. */
  termsOf?(tokens: Pick<TokenSet, 'binding'>): Pick<Connector, 'restsAtMost' | 'consentLasts'>;

  /** A new access token for an old one. */
  refresh(tokens: TokenSet, tools: RefreshTools): Promise<RefreshOutcome>;

  /** What follows the post and can be seen by itself; left out by a network that has nothing of the kind. */
  readonly sequels?: Sequels;
}

/** What a file has to be that an option names. */
export type AttachmentType = 'image' | 'captions';

/** An option that names a stored file. */
export interface AttachmentRef {
  /** Below `options.<network>`, as fields are named: `thumbnail`, `captions[0].file`. */
  readonly path: string;
  readonly mediaId: string;
  readonly takes: AttachmentType;
}

export interface Work {
  readonly upload: {
    readonly uploadId: string;
    readonly kind: Kind;
    readonly title: string;
    readonly description: string | null;
    readonly media: readonly Media[];
    /** The files that the options name, of all networks. */
    readonly attachments: readonly Media[];
  };
  readonly account: {
    readonly accountId: string;
    /** The network's own id of the account. */
    readonly externalId: string;
    readonly name: string;
    readonly limits: AccountLimits;
  };
  /** `options.<network>` of the upload, under the connector's own schema; undefined if the client gave none. */
  readonly options: unknown;
  /** The data of the last checkpoint, null at the beginning. Parse it: it may have been written by an older release. */
  readonly checkpoint: unknown;
  readonly attempts: {
    /** The attempts of this delivery so far, with one that is armed. */
    readonly made: number;
    /**
     * When the first of those that nobody answered was held for absent, or closed by a person; null: there was none, so what the
     * network has already is not ours.
     */
    readonly doubtedSince: string | null;
  };
}

/**
 * What follows a post and can be seen by itself: further parts of a thread, the first comment. One after the other, each begun only
 * when the one before is there, by the same four verbs and under the same rules as the post. One that comes to nothing ends the
 * chain, with a warning; it never fails or repeats the post. The guard asks for none after a post, or a part, that the network did
 * not name.
 */
export interface Sequels {
  /**
   * Which follow, in their order: a thread's parts from `part_2` on, then `comment`; empty where the options ask for none. `body` is
   * what the post was sent with, as `compose` of the connector made it: the parts of a text and the comment should stand in it, so
   * that a later release, or other defaults of the account, change nothing half way. Pure.
   */
  follow(work: Work, body: unknown): readonly SequelName[];

  /** As the connector's own, for the checkpoints of sequels. */
  readonly checkpointVersion: number;

  /** Invisible, repeatable work before the visible call, such as a container; left out if there is none. */
  transfer?(work: SequelWork, tools: TransferTools): Promise<TransferOutcome>;
  compose(work: SequelWork): unknown;
  publish(work: SequelWork, body: unknown, tools: PublishTools): Promise<PublishOutcome>;
  confirm(work: SequelWork, body: unknown, attempt: { n: number; armedAt: string }, tools: NetworkTools): Promise<ConfirmOutcome>;
}

/** The work on one sequel: checkpoint and attempts are its own. */
export interface SequelWork extends Work {
  readonly sequel: {
    readonly name: SequelName;
    /** `body`: what it was sent with, as `compose` of the connector made it. */
    readonly post: NamedPost & { readonly body: unknown };
    /** What it comes after: the part before, or the post itself. */
    readonly before: NamedPost;
  };
}

/** Something on the network that has a name there. */
export interface NamedPost {
  readonly externalId: string;
  readonly externalUrl: string | null;
}

/** Classes of trouble; the guard decides from the class what happens next. */
export type TroubleClass =
  | 'retryable'
  | 'rate_limited'
  | 'quota'
  | 'auth_expired'
  | 'auth_revoked'
  | 'invalid_media'
  | 'invalid_metadata'
  | 'duplicate'
  | 'permanent';

export interface Trouble {
  readonly class: TroubleClass;
  /** The code that the delivery fails with, if it does. */
  readonly code: DeliveryErrorCode;
  /** For a person, and says what to do. */
  readonly message: string;
  readonly platformCode: string | null;
  /** The network's own words. */
  readonly platformMessage: string | null;
  /** The network says not to come back before this. */
  readonly until: Date | null;
  /**
   * Whom a pause that the network asks for (`rate_limited`, `quota`) concerns: everybody who uses the operator's app, or, left out
   * too, this account. Where the network does not tell, it is the account: the others find out by themselves.
   */
  readonly scope?: 'account' | 'app';
}

export type TransferOutcome =
  /** All invisible work is done: the visible call may be armed. */
  | { readonly kind: 'ready'; readonly checkpoint: unknown; readonly bytesSent?: number }
  /** Call again after this many seconds, unscaled (0: at once): out of time, or the network is still processing. */
  | { readonly kind: 'again'; readonly afterSeconds: number }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

export type PublishOutcome =
  | { readonly kind: 'published'; readonly externalId: string | null; readonly externalUrl: string | null }
  /**
   * The network has all that it needs and says only later whether it became a post: `confirm` is asked, for the first time after
   * so many seconds, unscaled. `checkpoint`: what `confirm` needs to ask, stored before anything else.
   */
  | { readonly kind: 'accepted'; readonly evidence: string; readonly afterSeconds: number; readonly checkpoint?: unknown }
  /**
   * The network refused it in its own words: nothing was published. `artefactLost`: and it will never take this one, prepare
   * anew. `unfinished`: it is not ready after all, `transfer` goes on with it.
   */
  | {
      readonly kind: 'refused';
      readonly evidence: string;
      readonly trouble: Trouble;
      readonly artefactLost?: boolean;
      readonly unfinished?: boolean;
    }
  | { readonly kind: 'never_sent'; readonly evidence: string }
  | { readonly kind: 'ambiguous'; readonly evidence: string };

export type ConfirmOutcome =
  | { readonly kind: 'found'; readonly externalId: string | null; readonly externalUrl: string | null }
  /**
   * The network shows that it is not there now. Whether that may be believed yet is the guard's decision. `artefactLost`:
   * prepare anew. `unfinished`: `transfer` goes on with what is prepared. `trouble`: why the network made no post of what it had
   * accepted; as after a refusal, it decides what follows.
   */
  | {
      readonly kind: 'absent';
      readonly evidence: string;
      readonly artefactLost: boolean;
      readonly unfinished?: boolean;
      readonly trouble?: Trouble;
    }
  | { readonly kind: 'undecided'; readonly evidence: string; readonly trouble: Trouble | null };

export interface Decoration {
  readonly warnings: readonly string[];
  readonly externalUrl: string | null;
  /** More is to be done, and is asked for again after so many seconds, unscaled: nothing else of this is kept. */
  readonly again?: number;
}

export type LimitsOutcome =
  | { readonly kind: 'limits'; readonly limits: AccountLimits }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

export type RefreshOutcome =
  | { readonly kind: 'refreshed'; readonly tokens: TokenSet }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

export interface PreflightSubject {
  readonly kind: Kind;
  readonly title: string;
  readonly description: string | null;
  readonly options: unknown;
  /** Declared or measured; `image` is null for a video, and before it is inspected. */
  readonly files: readonly Pick<Media, 'size' | 'contentType' | 'image'>[];
  /** The files that the options name, of all networks, as far as they are there and of the right type. */
  readonly attachments: readonly AttachedFile[];
  /** Of the video. Null: not inspected yet, or there is none. */
  readonly facts: Media['facts'];
  readonly limits: AccountLimits;
}

/** A file that an option names. */
export type AttachedFile = Pick<Media, 'mediaId' | 'size' | 'contentType' | 'image'>;

/** What the value and the limit of a rule are counted in. */
export const units = ['characters', 'bytes', 'items', 'seconds', 'pixels', 'frames_per_second', 'bits_per_second'] as const;
export type Unit = (typeof units)[number];

/**
 * A broken rule: `field` as in the request, `code` is the rule's id, `<network>.<kind>.<check>`. The message says what is wrong
 * and what to do; the other fields say the same for programs.
 */
export interface Violation extends FieldError {
  readonly value: number | string | null;
  readonly limit: number | string | null;
  /** Null: of nothing, or of text. */
  readonly unit: Unit | null;
  /** What to do, as a sentence of its own. */
  readonly remedy: string;
}
