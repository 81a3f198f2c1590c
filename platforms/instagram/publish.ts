import * as z from 'zod';
import type {
  ConfirmOutcome,
  Decoration,
  NetworkTools,
  PublishOutcome,
  PublishTools,
  TransferOutcome,
  TransferTools,
  Trouble,
  Work,
} from '../../core/ports/index.ts';
import { troubleOf } from '../answers.ts';
import { sameText } from '../text.ts';
import { hoursFrom } from '../until.ts';
import { videoOf } from '../work.ts';
import {
  createContainer,
  listRecent,
  publishedId,
  publishRequest,
  readContainer,
  readPermalink,
  readPublishingLimit,
  RECENT,
  type RecentMedia,
} from './client.ts';
import { CAP_REACHED, EXPIRED, failureOf, refusalOf, type Refusal } from './errors.ts';
import { captionOf, optionsOf } from './rules.ts';

/**
 * Instagram fetches the video into a container, which nobody sees; publishing the container is the visible call. Clients report
 * that a container is published once at most, which makes it the key; nothing here relies on it, since a container is published
 * again only after its state said, long enough after the last call, that it was not.
 */

export const CHECKPOINT_VERSION = 1;

const checkpointSchema = z.object({
  container: z.string().nullable(),
  /** How often this container was found unfinished. */
  polls: z.int().min(0),
  /** How many containers were given up, by the network's code for it. */
  failed: z.record(z.string(), z.int()),
});
type Checkpoint = z.output<typeof checkpointSchema>;

const bodySchema = z.object({ userId: z.string(), container: z.string(), caption: z.string() });

/** Seconds for which Instagram may fetch the file: it does so when it comes to it, and may try again. */
const FETCH_SECONDS = 6 * 3600;

/** Seconds until the first look at a new container; then once a minute, as the guide asks; then, of a large file, less often. */
const FIRST_POLL = 5;
const POLL = 60;
const LATE_POLL = 300;
const LATE = 20;

export async function transfer(work: Work, tools: TransferTools): Promise<TransferOutcome> {
  const checkpoint = checkpointOf(work);
  if (checkpoint.container === null) return open(work, checkpoint, tools);
  const read = await readContainer(tools, checkpoint.container);
  if (read.kind === 'trouble') {
    return read.refusal?.missing === true ? renew(checkpoint, EXPIRED, tools) : read;
  }
  const { status_code: code, status = code } = read.value;
  switch (code) {
    case 'FINISHED':
    // Published after all, though it was taken for absent: the publish call and its look-up find that out.
    case 'PUBLISHED':
      return { kind: 'ready', checkpoint };
    case 'IN_PROGRESS': {
      const polls = checkpoint.polls + 1;
      await tools.saveCheckpoint({ ...checkpoint, polls });
      return { kind: 'again', afterSeconds: polls < LATE ? POLL : LATE_POLL };
    }
    case 'EXPIRED':
      return renew(checkpoint, EXPIRED, tools);
    case 'ERROR':
      return renew(checkpoint, failureOf(status, []), tools);
  }
}

/** Makes a container, if the account may post today. */
async function open(work: Work, checkpoint: Checkpoint, tools: TransferTools): Promise<TransferOutcome> {
  const userId = work.account.externalId;
  const limit = await readPublishingLimit(tools, userId);
  if (limit.kind === 'trouble') return limit;
  if (limit.value !== null && limit.value.used >= limit.value.total) {
    const words = { code: 'content_publishing_limit', text: `${limit.value.used} of ${limit.value.total}` };
    return { kind: 'trouble', trouble: troubleOf(CAP_REACHED, words, CAP_REACHED.until?.(tools.now()) ?? null) };
  }

  const videoUrl = await tools.signGet(videoOf(work), FETCH_SECONDS);
  const created = await createContainer(tools, userId, { ...containerFields(work), video_url: videoUrl });
  if (created.kind === 'trouble') return created.refusal === null ? created : renew(checkpoint, created.refusal, tools);
  await tools.saveCheckpoint({ ...checkpoint, container: created.value, polls: 0 });
  return { kind: 'again', afterSeconds: FIRST_POLL };
}

/** The container is of no use, or none was made: another one is tried, if that can help and has not been tried too often. */
async function renew(checkpoint: Checkpoint, { trouble, code, renew: renewal }: Pick<Refusal, 'trouble' | 'code' | 'renew'>, tools: TransferTools): Promise<TransferOutcome> {
  if (renewal === null) return { kind: 'trouble', trouble };
  const tried = checkpoint.failed[String(code)] ?? 0;
  const without = { ...checkpoint, container: null, polls: 0 };
  if (tried < renewal.times) {
    await tools.saveCheckpoint({ ...without, failed: { ...checkpoint.failed, [String(code)]: tried + 1 } });
    return { kind: 'trouble', trouble };
  }
  // Should a person retry it later, it begins with a clean slate.
  await tools.saveCheckpoint({ ...without, failed: {} });
  return { kind: 'trouble', trouble: troubleOf(renewal.last, { code: trouble.platformCode, text: trouble.platformMessage }, null) };
}

export function compose(work: Work): z.input<typeof bodySchema> {
  const { container } = checkpointOf(work);
  if (container === null) throw new Error('There is no container to publish.');
  return { userId: work.account.externalId, container, caption: captionOf(work.upload) };
}

export async function publish(body: unknown, tools: PublishTools): Promise<PublishOutcome> {
  const { userId, container } = bodySchema.parse(body);
  const token = await tools.accessToken();
  const request = publishRequest(tools, userId, container);
  const result = await tools.sendOnce({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });
  if (result.kind !== 'answered') return { kind: result.kind, evidence: result.reason };

  const mediaId = publishedId(result.answer);
  if (mediaId !== null) return { kind: 'published', externalId: mediaId, externalUrl: null };
  const { trouble, definite, notYet } = refusalOf(result.answer, { now: tools.now(), secrets: [token] });
  const evidence = `${result.answer.status} ${trouble.platformCode}`;
  if (notYet) return { kind: 'refused', evidence, trouble, unfinished: true };
  // Of errors that pass, and of a container that is gone, the page says to look first: it may have been published.
  return definite ? { kind: 'refused', evidence, trouble } : { kind: 'ambiguous', evidence };
}

/** After so many attempts that left a container unpublished, another one is made of the file. */
const ATTEMPTS_OF_A_CONTAINER = 3;

export async function confirm(body: unknown, attempt: { n: number; armedAt: string }, tools: NetworkTools): Promise<ConfirmOutcome> {
  const sent = bodySchema.parse(body);
  const read = await readContainer(tools, sent.container);
  if (read.kind === 'trouble') {
    // Whether a container that was published may vanish is not known: so it is held for one that has ended.
    return read.refusal?.missing === true ? ended('missing', sent, attempt.armedAt, tools) : undecided(read.trouble);
  }
  const code = read.value.status_code;
  switch (code) {
    case 'PUBLISHED':
      return published(sent, attempt.armedAt, tools);
    case 'FINISHED':
      return { kind: 'absent', evidence: 'the container is ready and not published', artefactLost: attempt.n % ATTEMPTS_OF_A_CONTAINER === 0 };
    case 'IN_PROGRESS':
      return { kind: 'undecided', evidence: 'the container is in progress', trouble: null };
    case 'ERROR':
    case 'EXPIRED':
      // It is not known what a container says of itself a day after it was published.
      return ended(code, sent, attempt.armedAt, tools);
  }
}

/** It is live: only its id is looked for, and an id that is not sure is none. */
async function published(sent: z.output<typeof bodySchema>, armedAt: string, tools: NetworkTools): Promise<ConfirmOutcome> {
  let seen = await look(sent, armedAt, tools);
  // The post is a fact, whether it can be listed or not; once more is enough.
  if (seen.kind === 'trouble') seen = await look(sent, armedAt, tools);
  const media = seen.kind === 'match' ? seen.media : null;
  return { kind: 'found', externalId: media?.mediaId ?? null, externalUrl: media?.permalink ?? null };
}

/** The container will not be published any more. Was it before? */
async function ended(how: string, sent: z.output<typeof bodySchema>, armedAt: string, tools: NetworkTools): Promise<ConfirmOutcome> {
  const seen = await look(sent, armedAt, tools);
  switch (seen.kind) {
    case 'trouble':
      return undecided(seen.trouble);
    case 'match':
      return { kind: 'found', externalId: seen.media.mediaId, externalUrl: seen.media.permalink };
    case 'unclear':
      return { kind: 'undecided', evidence: seen.why, trouble: null };
    case 'none':
      return { kind: 'absent', evidence: `the container is ${how} and the account has no such post`, artefactLost: true };
  }
}

type Seen =
  | { readonly kind: 'match'; readonly media: RecentMedia }
  | { readonly kind: 'none' }
  | { readonly kind: 'unclear'; readonly why: string }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

/** Hours by which the clocks of a worker and of Instagram may differ. */
const CLOCK_SLACK = 0.25;

/** Looks for the post of an attempt among the newest: never simply the newest, which may be another one. */
async function look({ userId, caption }: z.output<typeof bodySchema>, armedAt: string, tools: NetworkTools): Promise<Seen> {
  const recent = await listRecent(tools, userId);
  if (recent.kind === 'trouble') return recent;
  const since = hoursFrom(new Date(armedAt), -CLOCK_SLACK);
  const later = recent.value.filter((media) => media.publishedAt >= since);
  const [match, ...more] = later.filter((media) => sameText(media.caption, caption));
  if (match === undefined) return later.length < RECENT ? { kind: 'none' } : { kind: 'unclear', why: 'the account has more new posts than one look shows' };
  return more.length === 0 ? { kind: 'match', media: match } : { kind: 'unclear', why: 'several new posts have this caption' };
}

export async function decorate({ externalId }: { externalId: string | null }, tools: NetworkTools): Promise<Decoration> {
  if (externalId === null) return { warnings: ['Instagram has published the reel and did not say under which address: look at the account.'], externalUrl: null };
  const read = await readPermalink(tools, externalId);
  if (read.kind === 'value') return { warnings: [], externalUrl: read.value };
  return { warnings: [`The reel is on Instagram; its address could not be read: ${read.trouble.message}`], externalUrl: null };
}

/** What a container is made of, but for the address of the video, which is signed anew each time. */
export function containerFields(work: Work): Readonly<Record<string, string>> {
  const { shareToFeed = true, thumbOffset, collaborators, locationId, audioName } = optionsOf(work);
  return {
    media_type: 'REELS',
    caption: captionOf(work.upload),
    share_to_feed: String(shareToFeed),
    ...(thumbOffset !== undefined && { thumb_offset: String(thumbOffset) }),
    ...(collaborators !== undefined && { collaborators: JSON.stringify(collaborators) }),
    ...(locationId !== undefined && { location_id: locationId }),
    ...(audioName !== undefined && { audio_name: audioName }),
  };
}

function checkpointOf({ checkpoint }: Work): Checkpoint {
  return checkpointSchema.nullable().parse(checkpoint) ?? { container: null, polls: 0, failed: {} };
}

function undecided(trouble: Trouble): ConfirmOutcome {
  return { kind: 'undecided', evidence: trouble.message, trouble };
}
