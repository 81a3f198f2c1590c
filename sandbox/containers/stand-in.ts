import { consentOperation } from '../authorization/consent.ts';
import { refuse } from '../graph.ts';
import { formFields } from '../http.ts';
import { answering } from '../refusal.ts';
import type { Answer, Call, StandIn, World } from '../stand-in.ts';
import { createAccounts } from './accounts.ts';
import { createCaps } from './caps.ts';
import { createComments } from './comments.ts';
import { createContainers } from './containers.ts';
import { LOGIN_OPERATIONS, type Dialect, type LoginOperation, type SecondLogin } from './dialect.ts';
import { createPosts } from './posts.ts';
import { listPosts, listReplies, readMe, readObject, readPublishingLimit } from './read.ts';

const OPERATIONS = [
  'container.create',
  'container.read',
  /** Makes the post visible. */
  'media.publish',
  'media.read',
  'media.list',
  'object.read',
  'publishing-limit.read',
  'me.read',
  'consent.show',
  'consent.decide',
  'token.exchange',
  /** A long-lived token for a short-lived one. */
  'token.extend',
  'token.refresh',
  'unknown',
] as const;

/** Of a network with comments. */
const OF_COMMENTS = [
  /** Makes a comment visible. */
  'comment.create',
  'comments.list',
] as const;

/** Of a network whose answers are posts. */
const OF_REPLIES = [
  /** Makes a post visible that answers another. */
  'reply.publish',
  'replies.list',
] as const;

type Operation = (typeof OPERATIONS | typeof OF_COMMENTS | typeof OF_REPLIES)[number];

/** What a path names: an edge of an object, an object, or a call without one. */
type Target =
  | { readonly operation: Operation; readonly id: string }
  /** A call of the second login's own. */
  | { readonly operation: LoginOperation; readonly second: SecondLogin };

/** A network that publishes from containers, in its dialect. `/graph` stands for its host. */
export function createContainerStandIn(world: World, dialect: Dialect): StandIn {
  const { versions, edges, comments: hasComments, replies: hasReplies } = dialect;
  const { restricted } = dialect.refusals;
  const accounts = createAccounts(world, dialect);
  const caps = createCaps(world, dialect);
  const containers = createContainers({ world, dialect, accounts, caps, postOf: (id) => posts.get(id) });
  const posts = createPosts({ world, dialect, accounts, containers, caps });
  const comments = createComments({ world, dialect, accounts, posts, caps });
  const reading = { dialect, accounts, containers, posts, caps };

  /** Calls without a version: those of linking. */
  function unversioned(call: Call): Operation | undefined {
    const { page, token } = dialect.authorization;
    switch (`${call.method} ${call.path}`) {
      case `GET ${page}`:
      case `POST ${page}`:
        return consentOperation(call);
      case `POST ${token.path}`:
        return 'token.exchange';
      case 'GET /graph/access_token':
        return 'token.extend';
      case 'GET /graph/refresh_access_token':
        return 'token.refresh';
      default:
        return undefined;
    }
  }

  function target(call: Call): Target {
    const { method, path } = call;
    const { second } = accounts;
    const operation = second?.operation(call);
    if (second !== null && operation !== undefined) return { operation, second };
    const linking = unversioned(call);
    if (linking !== undefined) return { operation: linking, id: '' };
    const [, host, version = '', id = '', edge] = /^\/([^/]+)\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
    if ((host !== 'graph' && host !== second?.host) || !versions.includes(version)) return { operation: 'unknown', id };
    switch (`${method} ${edge ?? ''}`) {
      case `POST ${edges.create}`:
        return { operation: 'container.create', id };
      case `POST ${edges.publish}`:
        return { operation: isReply(call) ? 'reply.publish' : 'media.publish', id };
      case 'POST comments':
        return { operation: hasComments === null ? 'unknown' : 'comment.create', id };
      case 'GET comments':
        return { operation: hasComments === null ? 'unknown' : 'comments.list', id };
      case 'GET replies':
        return { operation: hasReplies === null ? 'unknown' : 'replies.list', id };
      case `GET ${edges.posts}`:
        return { operation: 'media.list', id };
      case `GET ${edges.limit}`:
        return { operation: 'publishing-limit.read', id };
      case 'GET ':
        return { operation: readOperation(id), id };
      default:
        return { operation: 'unknown', id };
    }
  }

  /** Whether a call publishes a container that answers a post. */
  function isReply(call: Call): boolean {
    return (containers.get(formFields(call).get('creation_id') ?? '')?.replyTo ?? null) !== null;
  }

  function readOperation(id: string): Operation {
    if (id === 'me') return 'me.read';
    if (containers.get(id) !== undefined) return 'container.read';
    return posts.get(id) === undefined ? 'object.read' : 'media.read';
  }

  function answer(call: Call): Answer | Promise<Answer> {
    const found = target(call);
    if ('second' in found) return found.second.answer(call, found.operation);
    const { operation, id } = found;
    switch (operation) {
      case 'container.create':
        return containers.create(call, id);
      case 'media.publish':
      case 'reply.publish':
        return posts.publish(call, id);
      case 'comment.create':
        return comments.create(call, id);
      case 'comments.list':
        return comments.list(call, id);
      case 'replies.list':
        return listReplies(reading, call, id);
      case 'media.list':
        return listPosts(reading, call, id);
      case 'publishing-limit.read':
        return readPublishingLimit(reading, call, id);
      case 'me.read':
        return readMe(reading, call);
      case 'container.read':
      case 'media.read':
      case 'object.read':
        return readObject(reading, call, id);
      case 'consent.show':
      case 'consent.decide':
        return accounts.authorization.consent(call);
      case 'token.exchange':
        return accounts.exchange(call);
      case 'token.extend':
        return accounts.extend(call);
      case 'token.refresh':
        return accounts.refresh(call);
      case 'unknown':
        throw refuse({ code: 2500, message: `Unknown path: ${call.method} ${call.path.replace('/graph', '')}` });
    }
  }

  return {
    network: dialect.network,
    operations: [...new Set([...OPERATIONS, ...(accounts.second === null ? [] : LOGIN_OPERATIONS)]), ...(hasComments === null ? [] : OF_COMMENTS), ...(hasReplies === null ? [] : OF_REPLIES)],
    operation: (call) => target(call).operation,
    handle: (call) => answering(() => answer(call)),
    posts: () => [...posts.all(), ...comments.all()].toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)),
    addAccount: (account) => accounts.add(account),
    login: accounts.authorization.door,
    ...(restricted !== undefined && { restriction: { operations: ['container.create', 'media.publish'], refusal: () => refuse(restricted) } }),
    reset(options) {
      accounts.authorization.clear();
      accounts.second?.clear();
      containers.clear();
      posts.clear();
      comments.clear();
      caps.clear();
      if (options?.accounts === true) accounts.clear();
    },
  };
}
