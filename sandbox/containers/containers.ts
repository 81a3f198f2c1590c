import { setTimeout as sleep } from 'node:timers/promises';
import { nothingThere, refuse } from '../graph.ts';
import { json } from '../http.ts';
import { randomDigits } from '../random.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import type { Account, Accounts } from './accounts.ts';
import type { Caps } from './caps.ts';
import type { ContainerStatus, Dialect, NewContainer } from './dialect.ts';
import { pull, type Pulled } from './files.ts';
import type { PublishedPost } from './posts.ts';

export interface Container extends NewContainer {
  readonly id: string;
  readonly account: Account;
  readonly createdAt: number;
  readonly pulled: Promise<Pulled>;
  published: boolean;
}

/** Containers: posts that are being made ready, and that nobody sees. */
export interface Containers {
  /** `POST /{account}/{edge}`. */
  create(call: Call, userId: string): Promise<Answer>;
  get(id: string): Container | undefined;
  status(container: Container): Promise<ContainerStatus>;
  clear(): void;
}

/**
 * Milliseconds of real time that a question waits for a file whose processing is over by the clock: enough for tests whose
 * clock runs ahead of a real transfer, and no slow server of the file holds up the answer.
 */
const PATIENCE = 250;

const LIFE = 24 * 60 * 60 * 1000;

export interface Parts {
  readonly world: World;
  readonly dialect: Dialect;
  readonly accounts: Accounts;
  readonly caps: Caps;
  readonly postOf: (id: string) => PublishedPost | undefined;
}

export function createContainers({ world, dialect, accounts, caps, postOf }: Parts): Containers {
  const { scopes, bounds, carousel, replies, refusals } = dialect;
  const containers = new Map<string, Container>();
  const now = () => world.clock.now().getTime();

  async function status(container: Container): Promise<ContainerStatus> {
    if (container.published) return { code: 'PUBLISHED' };
    const age = now() - container.createdAt;
    if (age >= LIFE) return { code: 'EXPIRED' };
    // There is nothing to process in a text.
    if (container.source.kind !== 'text' && age < world.processingSeconds * 1000) return { code: 'IN_PROGRESS' };
    const pulled = await Promise.race([container.pulled, sleep(PATIENCE, null, { ref: false })]);
    if (pulled === null) return { code: 'IN_PROGRESS' };
    return pulled.kind === 'taken' ? { code: 'FINISHED' } : { code: 'ERROR', problem: pulled.problem };
  }

  /** The finished containers that a carousel is to be made of. */
  async function childrenOf(ids: readonly string[], { userId }: Account): Promise<readonly Container[]> {
    if (ids.length < carousel.min || ids.length > carousel.max || new Set(ids).size < ids.length) throw refuse(refusals.carouselCount);
    const children = ids.map((id) => containers.get(id));
    for (const child of children) {
      if (child === undefined || child.account.userId !== userId || !child.inCarousel) throw refuse(refusals.notFound);
      const { code } = await status(child);
      if (code === 'EXPIRED') throw refuse(refusals.expired);
      if (code !== 'FINISHED') throw refuse(refusals.notReady);
    }
    return children.filter((child) => child !== undefined);
  }

  function filesOf({ source, inCarousel }: NewContainer, children: readonly Container[]): Promise<Pulled> {
    switch (source.kind) {
      case 'text':
        return Promise.resolve({ kind: 'taken', sha256: [] });
      case 'image':
      case 'video':
        return pull(world, source, inCarousel ? { ...bounds, video: bounds.videoInCarousel } : bounds);
      case 'carousel':
        return together(children);
    }
  }

  return {
    async create(call, userId) {
      const { account, fields } = accounts.authorise(call, scopes.publish, dialect.containerFields);
      if (account.userId !== userId) throw nothingThere(userId);
      const asked = dialect.parse(fields);
      if (asked.replyTo !== null && replies !== null) {
        accounts.authorise(call, replies.scope, dialect.containerFields);
        // Threads of others can be answered with other permissions, which nobody here has.
        if (postOf(asked.replyTo)?.account.userId !== account.userId) throw refuse(refusals.notFound);
      }
      const children = asked.source.kind === 'carousel' ? await childrenOf(asked.source.children, account) : [];
      caps.spendContainer(account.userId);
      const container: Container = { ...asked, id: `17${randomDigits(15)}`, account, createdAt: now(), pulled: filesOf(asked, children), published: false };
      containers.set(container.id, container);
      return json(200, { id: container.id });
    },
    get: (id) => containers.get(id),
    status,
    clear: () => containers.clear(),
  };
}

/** The files of a carousel, in its order. */
async function together(children: readonly Container[]): Promise<Pulled> {
  const sha256: string[] = [];
  for (const child of children) {
    const pulled = await child.pulled;
    if (pulled.kind === 'failed') return pulled;
    sha256.push(...pulled.sha256);
  }
  return { kind: 'taken', sha256 };
}
