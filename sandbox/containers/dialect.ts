import type { AuthorizationDialect } from '../authorization/dialect.ts';
import type { GraphError } from '../graph.ts';
import type { LoginDoor, SharedDoor } from '../authorization/server.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import type { Account, Authorised } from './accounts.ts';
import type { ImageBounds, Problem, VideoBounds } from './files.ts';
import type { PublishedPost } from './posts.ts';

/**
 * What is a network's own, of those of the Graph API that publish from containers (Instagram, Threads): names, fields, limits
 * and words. What they do alike is in this folder.
 */
export interface Dialect {
  readonly network: string;
  /** Versions that are alive: the first part of every path but that of refreshing. */
  readonly versions: readonly string[];
  /** Edges of an account. */
  readonly edges: { readonly create: string; readonly publish: string; readonly posts: string; readonly limit: string };
  readonly scopes: { readonly basic: string; readonly publish: string };
  /** The consent page, and where codes are taken. */
  readonly authorization: AuthorizationDialect;
  readonly token: {
    readonly prefix: string;
    /** Grant types: of a long-lived token for a short-lived one, and of a new long-lived one. */
    readonly exchangeGrant: string;
    readonly refreshGrant: string;
    /** What the answer to a code tells beside the token. */
    readonly exchanged: (account: Account, scopes: readonly string[]) => Readonly<Record<string, unknown>>;
  };
  /** What an account may do in 24 hours. */
  readonly caps: { readonly postsPerDay: number; readonly containersPerDay: number; readonly repliesPerDay: number };
  readonly newIds: () => Pick<Account, 'userId' | 'appScopedId'>;
  /** Another login by which its accounts are reached; left out: there is none. */
  readonly secondLogin?: (world: World, shared: SharedDoor<Account>) => SecondLogin;

  /** Every field of a container. */
  readonly containerFields: readonly string[];
  /** The container that is asked for; throws a refusal for fields that the network does not take. */
  readonly parse: (fields: URLSearchParams) => NewContainer;
  readonly bounds: { readonly video: VideoBounds; readonly videoInCarousel: VideoBounds; readonly image: ImageBounds };
  /** How many containers a carousel is made of. */
  readonly carousel: { readonly min: number; readonly max: number };

  /** Comments, which are made by one call; null: the network has none, or they are `replies`. */
  readonly comments: { readonly scope: string; readonly textMax: number } | null;
  /** Posts that answer a post, which are made from containers too; null: the network has none. */
  readonly replies: { readonly scope: string } | null;

  /** What a container shows beside its id. */
  readonly state: (status: ContainerStatus) => Readonly<Record<string, unknown>>;
  /** What a post shows beside its id. */
  readonly show: (post: PublishedPost) => Readonly<Record<string, unknown>>;
  /** What an account shows of itself, with the id that it gives there. */
  readonly me: (account: Account, posts: number) => { readonly id: string; readonly values: Readonly<Record<string, unknown>> };
  /** Parameters of the list of posts beside `fields`, `limit` and `after`. */
  readonly listParameters: readonly string[];
  /** What the publishing limit shows beside `config` and `quota_usage`. */
  readonly limitValues: Readonly<Record<string, unknown>>;

  readonly refusals: {
    /** No such container, or not this account's, or none that can be published. */
    readonly notFound: GraphError;
    readonly notReady: GraphError;
    readonly expired: GraphError;
    /** It has been published. */
    readonly usedUp: GraphError;
    readonly capReached: GraphError;
    readonly restricted?: GraphError;
    readonly carouselCount: GraphError;
    readonly tokenTooYoung: GraphError;
  };
}

/** A login at another host, whose tokens are good for the same calls there. */
export interface SecondLogin {
  /** The first part of the path of its calls: it stands for the host. */
  readonly host: string;
  /** As `Accounts.authorise`, of a call at this host; `scope` by the name of the first login. */
  authorise(call: Call, scope: string, known: readonly string[]): Authorised;
  /** The name of a call that is its own; undefined: it is one of publishing, or none of this host. */
  operation(call: Call): LoginOperation | undefined;
  answer(call: Call, operation: LoginOperation): Answer;
  readonly door: Pick<LoginDoor, 'revoke' | 'expire'>;
  /** Forgets the codes; tokens too if asked. */
  clear(options?: { readonly tokens?: boolean }): void;
}

export const LOGIN_OPERATIONS = ['consent.show', 'consent.decide', 'token.exchange', 'token.extend', 'token.refresh', 'permissions.list', 'pages.list', 'businesses.list', 'page.read', 'me.read'] as const;
export type LoginOperation = (typeof LOGIN_OPERATIONS)[number];

export type ContainerStatus =
  | { readonly code: 'IN_PROGRESS' | 'FINISHED' | 'PUBLISHED' | 'EXPIRED' }
  | { readonly code: 'ERROR'; readonly problem: Problem };

/** What a container is to hold. */
export interface NewContainer {
  readonly caption: string | null;
  /** For a carousel only: it is not published by itself. */
  readonly inCarousel: boolean;
  /** The id of the post that it answers; null: a post of its own. */
  readonly replyTo: string | null;
  readonly source: Source;
}

export type Source =
  | { readonly kind: 'text' }
  | { readonly kind: 'image'; readonly url: string }
  /** `thumbOffset` in milliseconds. */
  | { readonly kind: 'video'; readonly url: string; readonly coverUrl: string | null; readonly thumbOffset: number | null }
  | { readonly kind: 'carousel'; readonly children: readonly string[] };
