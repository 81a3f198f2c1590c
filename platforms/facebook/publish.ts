import * as z from 'zod';
import type { ConfirmOutcome, Decoration, NetworkTools, PublishOutcome, PublishTools, Trouble, Work } from '../../core/ports/index.ts';
import { carried } from '../sequels.ts';
import { sameText } from '../text.ts';
import { hoursFrom } from '../until.ts';
import {
  feedRequest,
  finishReelRequest,
  finishVideoRequest,
  isDone,
  listRecent,
  postedId,
  readPermalink,
  readVideo,
  RECENT,
  signed,
} from './client.ts';
import { refusalOf } from './errors.ts';
import { messageOf, optionsOf } from './rules.ts';
import { absolute, addressOf, stateOf } from './status.ts';
import { checkpointOf } from './transfer.ts';

/**
 * The visible call: finishing the upload of a video, which has its id before, or posting a text with its photos, which has no key
 * at all and is looked for among the newest posts.
 */

const bodySchema = z.discriminatedUnion('flow', [
  z.object({ flow: z.literal('reel'), pageId: z.string(), videoId: z.string(), description: z.string() }),
  z.object({ flow: z.literal('video'), pageId: z.string(), videoId: z.string(), session: z.string(), title: z.string(), description: z.string() }),
  z.object({ flow: z.literal('post'), pageId: z.string(), message: z.string(), link: z.string().nullable(), photoIds: z.array(z.string()) }),
]);
type Body = z.output<typeof bodySchema>;

export function compose(work: Work): Body {
  return { ...bodyOf(work), ...carried({ comment: optionsOf(work).firstComment }) };
}

function bodyOf(work: Work): Body {
  const { upload, account } = work;
  const checkpoint = checkpointOf(work);
  const pageId = account.externalId;
  switch (checkpoint.flow) {
    case 'reel':
      return { flow: 'reel', pageId, videoId: checkpoint.videoId, description: messageOf(upload) };
    case 'video':
      return { flow: 'video', pageId, videoId: checkpoint.videoId, session: checkpoint.session, title: upload.title, description: upload.description ?? '' };
    case 'post':
      return { flow: 'post', pageId, message: messageOf(upload), link: optionsOf(work).link ?? null, photoIds: checkpoint.photoIds };
    case 'nothing':
      throw new Error('Nothing is prepared that could be published.');
  }
}

/** Seconds until a video that was finished is looked at: a reel was processed before, mostly; another video is processed from then on. */
const REEL_LOOK = 5;
const VIDEO_LOOK = 120;

export async function publish(work: Work, body: unknown, tools: PublishTools): Promise<PublishOutcome> {
  const sent = bodySchema.parse(body);
  const token = await tools.accessToken();
  const result = await tools.sendOnce(signed(requestOf(sent, tools), token, tools));
  if (result.kind !== 'answered') return { kind: result.kind, evidence: result.reason };

  if (sent.flow === 'post') {
    const postId = postedId(result.answer);
    if (postId !== null) return { kind: 'published', externalId: postId, externalUrl: `https://www.facebook.com/${postId}` };
  } else if (isDone(result.answer)) {
    // It goes on by itself from here, and may yet fail, or end as a draft.
    return { kind: 'accepted', evidence: 'the upload is finished', afterSeconds: sent.flow === 'reel' ? REEL_LOOK : VIDEO_LOOK };
  }

  const { trouble, code, definite, notYet, renew, missing } = refusalOf(result.answer, { now: tools.now(), secrets: [token] });
  const evidence = `${result.answer.status} ${trouble.platformCode}`;
  if (!isOwnWord(result.answer.status, code)) return { kind: 'ambiguous', evidence };
  if (notYet) return { kind: 'refused', evidence, trouble, unfinished: true };
  // An earlier attempt is held for absent: should it have gone through after all, this is how Facebook refuses to do it twice.
  if (work.attempts.doubtedSince !== null && (missing || mayMeanDone(sent, trouble))) return { kind: 'ambiguous', evidence };
  if (sent.flow !== 'post' && (renew !== null || missing)) {
    // What was prepared is of no use, or gone: `transfer` finds out which, and how often that may be.
    return { kind: 'refused', evidence, trouble: { ...trouble, class: 'retryable', code: 'platform_unavailable' }, unfinished: true };
  }
  return definite ? { kind: 'refused', evidence, trouble } : { kind: 'ambiguous', evidence };
}

/** Whether a refusal can mean that it was done before. What finishing a video twice is answered is not documented. */
function mayMeanDone({ flow }: Body, { class: troubleClass }: Trouble): boolean {
  if (flow === 'post') return troubleClass === 'duplicate';
  return !(['auth_expired', 'auth_revoked', 'rate_limited', 'quota'] as const).some((other) => other === troubleClass);
}

/** In the Graph API's form, and not as a fault of the server's. */
function isOwnWord(status: number, code: number | null): boolean {
  return code !== null && status >= 400 && status < 500;
}

function requestOf(body: Body, tools: PublishTools) {
  switch (body.flow) {
    case 'reel':
      return finishReelRequest(tools, body.pageId, { video_id: body.videoId, description: body.description });
    case 'video':
      return finishVideoRequest(tools, body.pageId, {
        upload_session_id: body.session,
        title: body.title,
        ...(body.description !== '' && { description: body.description }),
      });
    case 'post':
      return feedRequest(tools, body.pageId, body);
  }
}

/**
 * What was prepared is kept as long as it may still become a post: of the same video Facebook makes one post at most, and of the
 * same photos too.
 */
export async function confirm(work: Work, body: unknown, attempt: { armedAt: string }, tools: NetworkTools): Promise<ConfirmOutcome> {
  const sent = bodySchema.parse(body);
  if (sent.flow === 'post') return lookForPost(sent, work.attempts.doubtedSince ?? attempt.armedAt, tools);

  const read = await readVideo(tools, sent.videoId);
  // That it is not to be seen does not mean that it is not there: the token may have lost its rights.
  if (read.kind === 'trouble') return undecided(read.trouble);
  const state = stateOf(read.value, sent.flow);
  switch (state.kind) {
    case 'published':
      return { kind: 'found', externalId: sent.videoId, externalUrl: absolute(read.value.permalink_url) ?? addressOf(sent.videoId) };
    case 'processing':
      return { kind: 'undecided', evidence: 'the video is being processed or published', trouble: null };
    case 'uploading':
    case 'uploaded':
      return { kind: 'absent', evidence: `the video is ${state.kind} and not published`, artefactLost: false };
    case 'empty':
    case 'draft':
    case 'failed':
      // `transfer` finds the same, and decides what follows.
      return { kind: 'absent', evidence: `the video is ${state.kind}`, artefactLost: false, unfinished: true };
  }
}

/** Hours by which the clocks of a worker and of Facebook may differ. */
const CLOCK_SLACK = 0.25;

/** Looks for the post of an attempt among the newest: never simply the newest, which may be another one. */
async function lookForPost(sent: Extract<Body, { flow: 'post' }>, doubtedSince: string, tools: NetworkTools): Promise<ConfirmOutcome> {
  const recent = await listRecent(tools, sent.pageId);
  if (recent.kind === 'trouble') return undecided(recent.trouble);
  const since = hoursFrom(new Date(doubtedSince), -CLOCK_SLACK);
  const later = recent.value.filter(({ createdAt }) => createdAt >= since);
  const [match, ...more] = later.filter(({ message }) => sameText(message, sent.message));
  if (match === undefined) {
    if (later.length === RECENT) return { kind: 'undecided', evidence: 'the page has more new posts than one look shows', trouble: null };
    return { kind: 'absent', evidence: 'the page has no such post', artefactLost: false };
  }
  if (more.length > 0) return { kind: 'undecided', evidence: 'several new posts have this text', trouble: null };
  return { kind: 'found', externalId: match.postId, externalUrl: absolute(match.permalink) };
}

export async function decorate(work: Work, { externalId }: { externalId: string | null }, tools: NetworkTools): Promise<Decoration> {
  // Of a video, the address was told when it was found.
  if (work.upload.kind === 'video' || externalId === null) return { warnings: [], externalUrl: null };
  const read = await readPermalink(tools, externalId);
  if (read.kind === 'value') return { warnings: [], externalUrl: absolute(read.value) };
  return { warnings: [`The post is on Facebook; its address could not be read: ${read.trouble.message}`], externalUrl: null };
}

function undecided(trouble: Trouble): ConfirmOutcome {
  return { kind: 'undecided', evidence: trouble.message, trouble };
}
