import * as z from 'zod';
import type { ConfirmOutcome, Decoration, NetworkTools, PublishOutcome, PublishTools, Trouble, Work } from '../core/ports/index.ts';
import { listRecent, publishedId, publishRequest, readContainer, readPermalink, RECENT, type ContainerNames, type RecentPost } from './container-calls.ts';
import { asBearer } from './oauth.ts';
import { sameText } from './text.ts';
import { hoursFrom } from './until.ts';

/** From a finished container to its post: the visible call, and what became of it (`containers.ts` has what comes before). */

/** `answers`: the post that it answers; left out: it is one of its own. */
const bodySchema = z.object({ userId: z.string(), container: z.string(), caption: z.string(), answers: z.string().optional() });
type Body = z.output<typeof bodySchema>;

interface Composed<Of> {
  readonly captionOf: (work: Of) => string;
  readonly answers?: (work: Of) => string;
}

/** Throws if there is no container: nothing is published before one is finished. */
export function composePost<Of extends Work>({ captionOf, answers }: Composed<Of>, work: Of, container: string | null): Body {
  if (container === null) throw new Error('There is no container to publish.');
  return { userId: work.account.externalId, container, caption: captionOf(work), ...(answers !== undefined && { answers: answers(work) }) };
}

export async function publishPost(names: ContainerNames, body: unknown, tools: PublishTools): Promise<PublishOutcome> {
  const { userId, container } = bodySchema.parse(body);
  const token = await tools.accessToken();
  const request = publishRequest(names, tools, userId, container);
  const result = await tools.sendOnce(asBearer(request, token));
  if (result.kind !== 'answered') return { kind: result.kind, evidence: result.reason };

  const postId = publishedId(result.answer);
  if (postId !== null) return { kind: 'published', externalId: postId, externalUrl: null };
  const { trouble, definite, notYet } = names.refusalOf(result.answer, { now: tools.now(), secrets: [token] });
  const evidence = `${result.answer.status} ${trouble.platformCode}`;
  if (notYet) return { kind: 'refused', evidence, trouble, unfinished: true };
  // Of errors that pass, and of a container that is gone, the pages say to look first: it may have been published.
  return definite ? { kind: 'refused', evidence, trouble } : { kind: 'ambiguous', evidence };
}

/** After so many attempts that left a container unpublished, another one is made of the files. */
const ATTEMPTS_OF_A_CONTAINER = 3;

export async function confirmPost(names: ContainerNames, body: unknown, attempt: { n: number; armedAt: string }, tools: NetworkTools): Promise<ConfirmOutcome> {
  const sent = bodySchema.parse(body);
  const read = await readContainer(names, tools, sent.container);
  if (read.kind === 'trouble') {
    // Whether a container that was published may vanish is not known: so it is held for one that has ended.
    return read.refusal?.missing === true ? ended(names, 'missing', sent, attempt.armedAt, tools) : undecided(read.trouble);
  }
  const { code } = read.value;
  switch (code) {
    case 'PUBLISHED':
      return published(names, sent, attempt.armedAt, tools);
    case 'FINISHED':
      return { kind: 'absent', evidence: 'the container is ready and not published', artefactLost: attempt.n % ATTEMPTS_OF_A_CONTAINER === 0 };
    case 'IN_PROGRESS':
      return { kind: 'undecided', evidence: 'the container is in progress', trouble: null };
    case 'ERROR':
    case 'EXPIRED':
      // It is not known what a container says of itself a day after it was published.
      return ended(names, code, sent, attempt.armedAt, tools);
  }
}

/** It is live: only its id is looked for, and an id that is not sure is none. */
async function published(names: ContainerNames, sent: Body, armedAt: string, tools: NetworkTools): Promise<ConfirmOutcome> {
  let seen = await look(names, sent, armedAt, tools);
  // The post is a fact, whether it can be listed or not; once more is enough.
  if (seen.kind === 'trouble') seen = await look(names, sent, armedAt, tools);
  const post = seen.kind === 'match' ? seen.post : null;
  return { kind: 'found', externalId: post?.postId ?? null, externalUrl: post?.permalink ?? null };
}

/** The container will not be published any more. Was it before? */
async function ended(names: ContainerNames, how: string, sent: Body, armedAt: string, tools: NetworkTools): Promise<ConfirmOutcome> {
  const seen = await look(names, sent, armedAt, tools);
  switch (seen.kind) {
    case 'trouble':
      return undecided(seen.trouble);
    case 'match':
      return { kind: 'found', externalId: seen.post.postId, externalUrl: seen.post.permalink };
    case 'unclear':
      return { kind: 'undecided', evidence: seen.why, trouble: null };
    case 'none':
      return { kind: 'absent', evidence: `the container is ${how} and the account has no such post`, artefactLost: true };
  }
}

type Seen =
  | { readonly kind: 'match'; readonly post: RecentPost }
  | { readonly kind: 'none' }
  | { readonly kind: 'unclear'; readonly why: string }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

/** Hours by which the clocks of a worker and of the network may differ. */
const CLOCK_SLACK = 0.25;

/** Looks for the post of an attempt among the newest: never simply the newest, which may be another one. */
async function look(names: ContainerNames, { userId, caption, answers }: Body, armedAt: string, tools: NetworkTools): Promise<Seen> {
  const recent = await listRecent(names, tools, answers === undefined ? { userId } : { answersTo: answers });
  if (recent.kind === 'trouble') return recent;
  const since = hoursFrom(new Date(armedAt), -CLOCK_SLACK);
  const later = recent.value.filter((post) => post.publishedAt >= since);
  const [match, ...more] = later.filter((post) => sameText(post.caption, caption));
  if (match === undefined) return later.length < RECENT ? { kind: 'none' } : { kind: 'unclear', why: 'the account has more new posts than one look shows' };
  return more.length === 0 ? { kind: 'match', post: match } : { kind: 'unclear', why: 'several new posts have this caption' };
}

export async function decoratePost(names: ContainerNames, { externalId }: { externalId: string | null }, tools: NetworkTools): Promise<Decoration> {
  const { title } = names;
  if (externalId === null) return { warnings: [`${title} has published the post and did not say under which address: look at the account.`], externalUrl: null };
  const read = await readPermalink(names, tools, externalId);
  if (read.kind === 'value') return { warnings: [], externalUrl: read.value };
  return { warnings: [`The post is on ${title}; its address could not be read: ${read.trouble.message}`], externalUrl: null };
}

function undecided(trouble: Trouble): ConfirmOutcome {
  return { kind: 'undecided', evidence: trouble.message, trouble };
}
