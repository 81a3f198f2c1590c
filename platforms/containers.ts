import * as z from 'zod';
import type { AccountLimits, Media } from '../core/model.ts';
import type { Connector, Sequels, SequelWork, TransferOutcome, TransferTools, Work } from '../core/ports/index.ts';
import { troubleOf, type ErrorLine } from './answers.ts';
import { createContainer, readContainer, readPublishingLimit, refreshToken, type ContainerNames, type Failed } from './container-calls.ts';
import type { Failure } from './container-errors.ts';
import { composePost, confirmPost, decoratePost, publishPost } from './container-post.ts';
import { followingIn, ofSequel } from './sequels.ts';

/**
 * Publishing by containers, as Instagram and Threads do it: the network fetches the files into containers, which nobody sees;
 * publishing a container is the visible call. Several files are a container each, and one more makes a post of them. Clients
 * report that a container is published once at most, which makes it the key; nothing here relies on it, since a container is
 * published again only after its state said, long enough after the last call, that it was not.
 */
export interface ContainerNetwork<Of extends Work = Work> extends ContainerNames {
  readonly partsOf: (work: Of) => ContainerParts;
  readonly captionOf: (work: Of) => string;
  /** The post that it answers, whose list of answers has it then; left out: it is a post of its own, among those of the account. */
  readonly answers?: (work: Of) => string;
  /** What the words of a failed container mean. */
  readonly failureOf: (why: string) => Failure;
  /** A container that was not published within its 24 hours, or is not there any more. */
  readonly expired: Failure;
  readonly capReached: ErrorLine;
}

/** What the containers of an upload are made of. */
export interface ContainerParts {
  /** A container for each file of a post that has several; none where the post's own container takes the file, if there is one. */
  readonly children: readonly ContainerFields[];
  readonly post: ContainerFields;
  /** Seconds until the first look at a new container. */
  readonly firstLook: number;
}

export interface ContainerFields {
  readonly fields: Readonly<Record<string, string>>;
  /** The file, and the field that takes its address, which is signed anew for each container. */
  readonly file?: { readonly name: string; readonly media: Media };
  /** The same of a picture that stands for it. */
  readonly cover?: { readonly name: string; readonly media: Media };
}

/** One photo is the post itself; several are an item each, and a carousel of them. `said` is what the post itself says. */
export function photosOrCarousel(photos: readonly ContainerFields[], said: ContainerFields['fields']): Pick<ContainerParts, 'children' | 'post'> {
  const [photo, ...more] = photos;
  if (photo !== undefined && more.length === 0) return { children: [], post: { ...photo, fields: { ...said, ...photo.fields } } };
  return {
    children: photos.map((each) => ({ ...each, fields: { ...each.fields, is_carousel_item: 'true' } })),
    post: { fields: { ...said, media_type: 'CAROUSEL' } },
  };
}

const checkpointSchema = z.object({
  /** Containers of the files of a post that has several, in order. */
  children: z.array(z.string()),
  /** How many of them, from the first on, were found finished. */
  finished: z.int().min(0),
  /** The post's own. */
  container: z.string().nullable(),
  /** How often the container that is looked at was found unfinished. */
  polls: z.int().min(0),
  /** How many containers were given up, by the network's code for it. */
  failed: z.record(z.string(), z.int()),
});
type Checkpoint = z.output<typeof checkpointSchema>;

const NOTHING_MADE = { children: [], finished: 0, container: null, polls: 0 };

/** Seconds for which the network may fetch a file: it does so when it comes to it, and may try again. */
const FETCH_SECONDS = 6 * 3600;

/** After the first look once a minute, as the guides ask; then, of a large file, less often. */
const POLL = 60;
const LATE_POLL = 300;
const LATE = 20;

/** Seconds. A token lasts 60 days, renews itself after the first of them, and is lost for good with the last. */
const REFRESH_AHEAD = 20 * 24 * 3600;

type ContainerConnector = Required<Pick<Connector, 'accountLimits' | 'refreshAhead' | 'renewsItself' | 'checkpointVersion' | 'visibilityDelay' | 'transfer' | 'compose' | 'publish' | 'confirm' | 'decorate' | 'refresh'>>;

/** All of a connector but its rules. `followedBy`: what follows the post, to be kept in what it is sent with. */
export function containerConnector(network: ContainerNetwork, followedBy: (work: Work) => object): ContainerConnector {
  return {
    checkpointVersion: 2,
    // The guides wait 30 to 60 seconds before a container's state is read again.
    visibilityDelay: 60,
    transfer: (work, tools) => transfer(network, work, tools),
    compose: (work) => ({ ...composePost(network, work, checkpointOf(work).container), ...followedBy(work) }),
    publish: (_work, body, tools) => publishPost(network, body, tools),
    confirm: (_work, body, attempt, tools) => confirmPost(network, body, attempt, tools),
    decorate: (_work, receipt, tools) => decoratePost(network, receipt, tools),
    accountLimits: {
      // No rule: other apps use it up as well.
      rules: [],
      read: async ({ externalId }, tools) => {
        const limit = await readPublishingLimit(network, tools, externalId);
        return limit.kind === 'trouble' ? limit : { kind: 'limits', limits: limit.value === null ? {} : limitsOfCap(limit.value) };
      },
    },
    refreshAhead: REFRESH_AHEAD,
    renewsItself: true,
    refresh: (tokens, tools) => refreshToken(network, tokens, tools),
  };
}

/** What follows a post, each a post from a container that answers another. */
export function containerSequels(network: ContainerNetwork<SequelWork>): Sequels {
  return {
    follow: (_work, body) => followingIn(body),
    checkpointVersion: 1,
    async transfer(work, tools) {
      const outcome = await transfer(network, work, tools);
      return outcome.kind === 'trouble' ? { ...outcome, trouble: ofSequel(outcome.trouble) } : outcome;
    },
    compose: (work) => composePost(network, work, checkpointOf(work).container),
    async publish(_work, body, tools) {
      const outcome = await publishPost(network, body, tools);
      return outcome.kind === 'refused' ? { ...outcome, trouble: ofSequel(outcome.trouble) } : outcome;
    },
    confirm: (_work, body, attempt, tools) => confirmPost(network, body, attempt, tools),
  };
}

/** One thing that was done on the way to a finished container: what is stored, to go on from, or how the step ends. */
type Progress = { readonly kind: 'on'; readonly checkpoint: Checkpoint } | TransferOutcome;

async function transfer<Of extends Work>(network: ContainerNetwork<Of>, work: Of, tools: TransferTools): Promise<TransferOutcome> {
  let checkpoint = checkpointOf(work);
  while (tools.hasTime()) {
    const progress = await goOn(network, work, checkpoint, tools);
    if (progress.kind !== 'on') return progress;
    ({ checkpoint } = progress);
  }
  return { kind: 'again', afterSeconds: 0 };
}

async function goOn<Of extends Work>(network: ContainerNetwork<Of>, work: Of, checkpoint: Checkpoint, tools: TransferTools): Promise<Progress> {
  const { children: made, finished, container } = checkpoint;
  if (container !== null) return look(network, checkpoint, container, { kind: 'ready', checkpoint }, tools);

  // Answers have a cap of their own, which the network speaks of when it is reached.
  const capped = made.length === 0 && network.answers === undefined ? await capTrouble(network, work, tools) : null;
  if (capped !== null) return capped;

  const { children, post, firstLook } = network.partsOf(work);
  const child = children[made.length];
  if (child !== undefined) {
    const created = await create(network, work, child, tools);
    if (created.kind === 'trouble') return lost(checkpoint, created, tools);
    const next = { ...checkpoint, children: [...made, created.value] };
    await tools.saveCheckpoint(next);
    return next.children.length < children.length ? { kind: 'on', checkpoint: next } : { kind: 'again', afterSeconds: firstLook };
  }

  const waitedFor = made[finished];
  if (waitedFor !== undefined) {
    const next = { ...checkpoint, finished: finished + 1, polls: 0 };
    const seen = await look(network, checkpoint, waitedFor, { kind: 'on', checkpoint: next }, tools);
    if (seen.kind === 'on') await tools.saveCheckpoint(next);
    return seen;
  }

  const together = made.length === 0 ? post : { ...post, fields: { ...post.fields, children: made.join(',') } };
  const created = await create(network, work, together, tools);
  if (created.kind === 'trouble') return lost(checkpoint, created, tools);
  await tools.saveCheckpoint({ ...checkpoint, container: created.value, polls: 0 });
  return { kind: 'again', afterSeconds: firstLook };
}

/** Looks at a container: `whenFinished`, or why it is not. */
async function look(network: Pick<ContainerNetwork, keyof ContainerNames | 'expired' | 'failureOf'>, checkpoint: Checkpoint, container: string, whenFinished: Progress, tools: TransferTools): Promise<Progress> {
  const read = await readContainer(network, tools, container);
  if (read.kind === 'trouble') return read.refusal?.missing === true ? renew(checkpoint, network.expired, tools) : read;
  const { code, why } = read.value;
  switch (code) {
    case 'FINISHED':
    // Published after all, though it was taken for absent: the publish call and its look-up find that out.
    case 'PUBLISHED':
      return whenFinished;
    case 'IN_PROGRESS': {
      const polls = checkpoint.polls + 1;
      await tools.saveCheckpoint({ ...checkpoint, polls });
      return { kind: 'again', afterSeconds: polls < LATE ? POLL : LATE_POLL };
    }
    case 'EXPIRED':
      return renew(checkpoint, network.expired, tools);
    case 'ERROR':
      return renew(checkpoint, network.failureOf(why), tools);
  }
}

/** What the network tells of an account as its limits: how often it may post. */
function limitsOfCap({ total }: { readonly total: number }): AccountLimits {
  return { posts_per_day: total };
}

/** What keeps the account from posting today; null: nothing. */
async function capTrouble(network: Pick<ContainerNetwork, keyof ContainerNames | 'capReached'>, { account }: Work, tools: TransferTools): Promise<Extract<TransferOutcome, { kind: 'trouble' }> | null> {
  const limit = await readPublishingLimit(network, tools, account.externalId);
  if (limit.kind === 'trouble') return limit;
  if (limit.value === null) return null;
  await tools.keepLimits(limitsOfCap(limit.value));
  if (limit.value.used < limit.value.total) return null;
  const words = { code: network.edges.limit, text: `${limit.value.used} of ${limit.value.total}` };
  return { kind: 'trouble', trouble: troubleOf(network.capReached, words, network.capReached.until?.(tools.now()) ?? null) };
}

async function create(network: ContainerNames, { account }: Work, { fields, file, cover }: ContainerFields, tools: TransferTools) {
  const addresses: Record<string, string> = {};
  for (const source of [file, cover]) {
    if (source !== undefined) addresses[source.name] = await tools.signGet(source.media, FETCH_SECONDS);
  }
  return createContainer(network, tools, account.externalId, { ...fields, ...addresses });
}

/** No container was made. */
function lost(checkpoint: Checkpoint, { trouble, refusal }: Failed, tools: TransferTools): TransferOutcome | Promise<TransferOutcome> {
  return refusal === null ? { kind: 'trouble', trouble } : renew(checkpoint, refusal, tools);
}

/** The containers are of no use, or none was made: others are tried, if that can help and has not been tried too often. */
async function renew(checkpoint: Checkpoint, { trouble, code, renew: renewal }: Failure, tools: TransferTools): Promise<TransferOutcome> {
  if (renewal === null) return { kind: 'trouble', trouble };
  const tried = checkpoint.failed[String(code)] ?? 0;
  if (tried < renewal.times) {
    await tools.saveCheckpoint({ ...NOTHING_MADE, failed: { ...checkpoint.failed, [String(code)]: tried + 1 } });
    return { kind: 'trouble', trouble };
  }
  // Should a person retry it later, it begins with a clean slate.
  await tools.saveCheckpoint({ ...NOTHING_MADE, failed: {} });
  return { kind: 'trouble', trouble: troubleOf(renewal.last, { code: trouble.platformCode, text: trouble.platformMessage }, null) };
}

function checkpointOf({ checkpoint }: Work): Checkpoint {
  return checkpointSchema.nullable().parse(checkpoint) ?? { ...NOTHING_MADE, failed: {} };
}
