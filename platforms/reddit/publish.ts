import * as z from 'zod';
import { timestamp } from '../../core/clock.ts';
import type { ConfirmOutcome, Decoration, HttpAnswer, NetworkTools, PublishOutcome, PublishTools, Work } from '../../core/ports/index.ts';
import { asBearer } from '../oauth.ts';
import { carried } from '../sequels.ts';
import { sameText } from '../text.ts';
import { hoursFrom } from '../until.ts';
import { checkpointOf, type Checkpoint } from './checkpoint.ts';
import { listSubmitted, readPost, submitRequest, submittedAs, type ListedPost } from './client.ts';
import { NEVER_MADE, refusalOf } from './errors.ts';
import { optionsOf } from './rules.ts';
import { looksLike } from './transfer.ts';

/**
 * Submitting is the visible call, and Reddit has no key that would make it safe to repeat. A text and a gallery get their id at
 * once. A video and a single photo become a post only when they are processed, and nobody says under which id: the post is looked
 * for among the newest ones of the account, by subreddit, title and time.
 */

const bodySchema = z.object({
  gallery: z.boolean(),
  /** Exactly what is sent. */
  post: z.record(z.string(), z.unknown()),
  /** Of the account. */
  name: z.string(),
  subreddit: z.string(),
  title: z.string(),
  /** Of a post of text; null: it has files. */
  text: z.string().nullable(),
  /** Posts that look like it, and are not it. */
  before: z.array(z.string()),
});
type Body = z.output<typeof bodySchema>;

export function compose(work: Work): Body {
  const { upload, account } = work;
  const { kind, title } = upload;
  const text = upload.description ?? '';
  const { before, files } = checkpointOf(work);
  if (before === null) throw new Error('Nothing is prepared to be posted.');
  const { subreddit = '', flairId, flairText, nsfw = false, spoiler = false, sendReplies = true, firstComment } = optionsOf(work);
  const gallery = kind === 'photos' && files.length > 1;
  const flair = { ...(flairId !== undefined && { flair_id: flairId }), ...(flairText !== undefined && { flair_text: flairText }) };
  const common = { api_type: 'json', sr: subreddit, title, ...((kind === 'text' || text !== '') && { text }), ...flair };
  const post = gallery
    ? {
        ...common,
        show_error_list: true,
        nsfw,
        spoiler,
        sendreplies: sendReplies,
        items: files.map(({ assetId }) => ({ media_id: assetId, caption: '', outbound_url: '' })),
      }
    : {
        ...common,
        ...contentOf(kind, files),
        nsfw: String(nsfw),
        spoiler: String(spoiler),
        sendreplies: String(sendReplies),
        resubmit: 'true',
        validate_on_submit: 'true',
      };
  return { gallery, post, name: account.name, subreddit, title, text: kind === 'text' ? text : null, before, ...carried({ comment: firstComment }) };
}

function contentOf(kind: Work['upload']['kind'], [file, poster]: Checkpoint['files']): Readonly<Record<string, string>> {
  switch (kind) {
    case 'text':
      return { kind: 'self' };
    case 'photos':
      return { kind: 'image', url: file?.url ?? '' };
    case 'video':
      return { kind: 'video', url: file?.url ?? '', video_poster_url: poster?.url ?? '' };
  }
}

/** Seconds until the first look for a post that is made of files: then many are there. Those that are not wait for long. */
const FIRST_LOOK = { video: 120, photos: 30, text: 5 } as const;

export async function publish(work: Work, body: unknown, tools: PublishTools): Promise<PublishOutcome> {
  const token = await tools.accessToken();
  const request = submitRequest(tools, bodySchema.parse(body));
  const begun = tools.now().getTime();
  const result = await tools.sendOnce(asBearer(request, token));
  if (result.kind !== 'answered') return { kind: result.kind, evidence: result.reason };
  const { answer } = result;
  const submitted = submittedAs(answer);
  if (submitted === 'later') {
    const since = beginningOf(answer, tools.now().getTime() - begun);
    const checkpoint = { ...checkpointOf(work), accepted: { attempt: work.attempts.made, since } } satisfies Checkpoint;
    return { kind: 'accepted', evidence: 'Reddit makes the post of its files', afterSeconds: FIRST_LOOK[work.upload.kind], checkpoint };
  }
  if (submitted !== null) return { kind: 'published', externalId: submitted.id, externalUrl: addressOf(submitted.id) };
  const { trouble, definite } = refusalOf(answer, { now: tools.now(), secrets: [token] });
  const evidence = `${answer.status} ${trouble.platformCode}`;
  // How long a file may be named is not known: when it cannot be, the next try sends it anew.
  const artefactLost = trouble.class === 'invalid_media' || trouble.platformCode === 'BAD_URL';
  return definite ? { kind: 'refused', evidence, trouble, artefactLost } : { kind: 'ambiguous', evidence };
}

/**
 * When Reddit got a request that took so many milliseconds, at the earliest, by its own clock, which has whole seconds; null: it
 * does not say. So near, that no post of the upload before is taken for this one.
 */
function beginningOf({ headers }: HttpAnswer, duration: number): string | null {
  const answered = Date.parse(headers['date'] ?? '');
  return Number.isNaN(answered) ? null : timestamp(new Date(answered - duration - 1000));
}

/** Hours by which the clocks of a worker and of Reddit may differ. */
const CLOCK_SLACK = 0.25;
/** Hours for which an attempt was looked for before it was given up. */
const DOUBTING = 25;
/** Hours for which a post that Reddit took may be under way. */
const MAKING = 1;

export async function confirm(work: Work, body: unknown, { n, armedAt }: { n: number; armedAt: string }, tools: NetworkTools): Promise<ConfirmOutcome> {
  const sent = bodySchema.parse(body);
  const { doubtedSince } = work.attempts;
  const listed = await listSubmitted(tools, sent.name);
  if (listed.kind === 'trouble') return { kind: 'undecided', evidence: listed.trouble.message, trouble: listed.trouble };
  const { posts, more } = listed.value;
  const { accepted } = checkpointOf(work);
  const taken = accepted?.attempt === n ? accepted : null;
  const since = sinceOf(armedAt, taken?.since ?? null, doubtedSince);
  const alike = posts.filter((post) => post.createdAt >= since && isAlike(post, sent));
  const [match, ...others] = alike.filter(({ text }) => sent.text === null || sameText(text, sent.text));
  if (match !== undefined && others.length === 0) return { kind: 'found', externalId: match.id, externalUrl: addressOf(match.id, match.permalink) };
  // Reddit may show a text in other words than it was sent.
  if (alike.length > 0) return undecided('posts of the account look like this one, and none is surely it');
  if (more && posts.every(({ createdAt }) => createdAt >= since)) return undecided('the account has more new posts than are looked at');
  if (taken === null) return { kind: 'absent', evidence: 'the account has no such post', artefactLost: false };
  if (tools.now() < hoursFrom(new Date(armedAt), MAKING)) return undecided('Reddit has taken the post and not made it yet');
  return { kind: 'absent', evidence: 'Reddit has made no post of what it took', artefactLost: true, trouble: NEVER_MADE };
}

/** A post of ours can be no older; an earlier attempt that was held for absent may be what Reddit made. */
function sinceOf(armedAt: string, accepted: string | null, doubtedSince: string | null): Date {
  if (doubtedSince !== null) return hoursFrom(new Date(doubtedSince), -DOUBTING);
  return accepted === null ? hoursFrom(new Date(armedAt), -CLOCK_SLACK) : new Date(accepted);
}

/** Whether a post is one of this sort under this title, and was not there before. */
function isAlike(post: ListedPost, sent: Body): boolean {
  return looksLike(post, sent) && (sent.text !== null) === post.isText && !sent.before.includes(post.id);
}

function undecided(evidence: string): ConfirmOutcome {
  return { kind: 'undecided', evidence, trouble: null };
}

function addressOf(id: string, permalink = `/comments/${id.replace('t3_', '')}/`): string {
  return addressUnder(permalink);
}

/** The address of what Reddit names by a path. */
export function addressUnder(permalink: string): string {
  return `https://www.reddit.com${permalink}`;
}

/**
 * Where the post is to be seen, and whether it is: moderators and their programs take posts away in silence. Of the text beside
 * files, which clients send and no document speaks of, Reddit may keep nothing.
 */
export async function decorate({ upload }: Work, { externalId }: { externalId: string | null }, tools: NetworkTools): Promise<Decoration> {
  if (externalId === null) return { warnings: [], externalUrl: null };
  const read = await readPost(tools, externalId);
  if (read.kind === 'trouble') return { warnings: [`The post could not be looked at: ${read.trouble.message}`], externalUrl: null };
  const post = read.value;
  // It is too new to be found.
  if (post === null) return { warnings: [], externalUrl: null };
  const removed = post.removedBy === null ? [] : [`The post was taken away from the subreddit (${post.removedBy}). Ask its moderators.`];
  const wordless = (upload.description ?? '') !== '' && post.text === '' ? ['Reddit shows the post without its text.'] : [];
  return { warnings: [...removed, ...wordless], externalUrl: addressOf(post.id, post.permalink) };
}
