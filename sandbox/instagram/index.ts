import { refuse } from '../graph.ts';
import { answering } from '../refusal.ts';
import type { Answer, Call, StandIn, World } from '../stand-in.ts';
import { createAccounts } from './accounts.ts';
import { createCaps } from './caps.ts';
import { createContainers } from './containers.ts';
import { createMediaList } from './media.ts';
import { listMedia, readMe, readObject, readPublishingLimit } from './read.ts';

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
  'token.refresh',
  'unknown',
] as const;

type Operation = (typeof OPERATIONS)[number];

/** Versions of the Graph API that are alive. */
const VERSIONS = new Set(['v23.0', 'v24.0', 'v25.0']);

/** What a path names: an edge of an object, an object, or a call without one. */
interface Target {
  readonly operation: Operation;
  readonly id: string;
}

/** Instagram's content publishing with Instagram Login (flavour A of its page). `/graph` stands for https://graph.instagram.com. */
export function createInstagram(world: World): StandIn {
  const accounts = createAccounts(world);
  const caps = createCaps(world);
  const containers = createContainers({ world, accounts, caps });
  const media = createMediaList({ world, accounts, containers, caps });
  const reading = { accounts, containers, media, caps };

  function target({ method, path }: Pick<Call, 'method' | 'path'>): Target {
    if (method === 'GET' && path === '/graph/refresh_access_token') return { operation: 'token.refresh', id: '' };
    const [, version = '', id = '', edge] = /^\/graph\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
    if (!VERSIONS.has(version)) return { operation: 'unknown', id };
    switch (`${method} ${edge ?? ''}`) {
      case 'POST media':
        return { operation: 'container.create', id };
      case 'POST media_publish':
        return { operation: 'media.publish', id };
      case 'GET media':
        return { operation: 'media.list', id };
      case 'GET content_publishing_limit':
        return { operation: 'publishing-limit.read', id };
      case 'GET ':
        return { operation: readOperation(id), id };
      default:
        return { operation: 'unknown', id };
    }
  }

  function readOperation(id: string): Operation {
    if (id === 'me') return 'me.read';
    if (containers.get(id) !== undefined) return 'container.read';
    return media.get(id) === undefined ? 'object.read' : 'media.read';
  }

  function answer(call: Call): Answer | Promise<Answer> {
    const { operation, id } = target(call);
    switch (operation) {
      case 'container.create':
        return containers.create(call, id);
      case 'media.publish':
        return media.publish(call, id);
      case 'media.list':
        return listMedia(reading, call, id);
      case 'publishing-limit.read':
        return readPublishingLimit(reading, call, id);
      case 'me.read':
        return readMe(reading, call);
      case 'container.read':
      case 'media.read':
      case 'object.read':
        return readObject(reading, call, id);
      case 'token.refresh':
        return accounts.refresh(call);
      case 'unknown':
        throw refuse({ code: 2500, message: `Unknown path: ${call.method} ${call.path.replace('/graph', '')}` });
    }
  }

  return {
    network: 'instagram',
    operations: OPERATIONS,
    operation: (call) => target(call).operation,
    handle: (call) => answering(() => answer(call)),
    posts: () => media.posts(),
    addAccount: (account) => accounts.add(account),
    reset(options) {
      containers.clear();
      media.clear();
      caps.clear();
      if (options?.accounts === true) accounts.clear();
    },
  };
}
