import * as z from 'zod';
import type { ConfirmOutcome, NetworkTools, PublishOutcome, PublishTools, Sequels, Work } from '../../core/ports/index.ts';
import { timestamp } from '../../core/clock.ts';
import { asBearer } from '../oauth.ts';
import { carried, followingIn, sequelText } from '../sequels.ts';
import { sameText } from '../text.ts';
import { hoursFrom } from '../until.ts';
import { listPosts, postedId, postRequest, type RecentPost } from './client.ts';
import { refusalOf } from './errors.ts';
import { piecesOf, type Piece } from './length.ts';
import { optionsOf, textsOf } from './rules.ts';
import { checkpointOf } from './transfer.ts';

/**
 * Making the post is the visible call, and X has no key that would make it safe to repeat: what became of it is looked for on the
 * account's timeline, by the media keys of its files, or by its text if it has none.
 */

const bodySchema = z.object({
  /** Exactly what is sent. */
  post: z.record(z.string(), z.unknown()),
  text: z.string(),
  /** How many it has. */
  files: z.int(),
  /** Of all files; empty if there are none, or if X did not say. */
  mediaKeys: z.array(z.string()),
  userId: z.string(),
  /** The delivery was begun then. */
  since: z.string(),
  /** The post that it answers; null: none. */
  repliesTo: z.string().nullable().default(null),
});
type Body = z.output<typeof bodySchema>;

export function compose(work: Work): Body & ReturnType<typeof carried> {
  const checkpoint = checkpointOf(work);
  if (checkpoint === null) throw new Error('Nothing is prepared to be posted.');
  const { files, since } = checkpoint;
  const { replySettings, madeWithAi, paidPartnership, communityId } = optionsOf(work);
  const { post: text, parts, comment } = textsOf(work);
  const post = {
    text,
    ...(files.length > 0 && { media: { media_ids: files.map(({ id }) => id) } }),
    ...(replySettings !== undefined && { reply_settings: replySettings }),
    ...(madeWithAi !== undefined && { made_with_ai: madeWithAi }),
    ...(paidPartnership !== undefined && { paid_partnership: paidPartnership }),
    ...(communityId !== undefined && { community_id: communityId }),
  };
  const keys = files.map(({ mediaKey }) => mediaKey).filter((key) => key !== null);
  const mediaKeys = keys.length === files.length ? keys : [];
  return { post, text, files: files.length, mediaKeys, userId: work.account.externalId, since, repliesTo: null, ...carried({ parts, comment }) };
}

/** The parts of a thread after the first and the first comment: each is a post that answers the one before. */
export const sequels: Sequels = {
  checkpointVersion: 1,
  follow: (_work, body) => followingIn(body),
  compose(work): Body {
    const { post, before } = work.sequel;
    const { userId, since } = bodySchema.parse(post.body);
    const text = sequelText(work);
    const repliesTo = before.externalId;
    return { post: { text, reply: { in_reply_to_tweet_id: repliesTo } }, text, files: 0, mediaKeys: [], userId, since, repliesTo };
  },
  publish,
  confirm,
};

export async function publish(work: Work, body: unknown, tools: PublishTools): Promise<PublishOutcome> {
  const token = await tools.accessToken();
  const request = postRequest(tools, bodySchema.parse(body).post);
  const result = await tools.sendOnce(asBearer(request, token));
  if (result.kind !== 'answered') return { kind: result.kind, evidence: result.reason };

  const id = postedId(result.answer);
  if (id !== null) return { kind: 'published', externalId: id, externalUrl: addressOf(work, id) };
  const { trouble, definite, gone } = refusalOf(result.answer, { now: tools.now(), secrets: [token] });
  const evidence = `${result.answer.status} ${trouble.platformCode}`;
  // An attempt that was held for absent may be what X has: it does not name the post, so it is looked for once more.
  const ours = trouble.class === 'duplicate' && work.attempts.doubtedSince !== null;
  return definite && !ours ? { kind: 'refused', evidence, trouble, artefactLost: gone } : { kind: 'ambiguous', evidence };
}

/** Pages of the timeline that are read before the search is given up: each post on them is paid for. */
const PAGES = 10;

/** Hours by which the clocks of a worker and of X may differ. */
const CLOCK_SLACK = 0.25;

export async function confirm(work: Work, body: unknown, { armedAt }: { armedAt: string }, tools: NetworkTools): Promise<ConfirmOutcome> {
  const sent = bodySchema.parse(body);
  // It may be an earlier attempt that was held for absent, and whose files were others.
  const { doubtedSince } = work.attempts;
  const byText = doubtedSince !== null || sent.mediaKeys.length === 0;
  const begun = Math.min(...(doubtedSince === null ? [armedAt] : [sent.since, doubtedSince]).map((at) => Date.parse(at)));
  const since = timestamp(hoursFrom(new Date(begun), -CLOCK_SLACK));
  const alike: RecentPost[] = [];
  let unclear = false;
  let page: string | null = null;
  for (let read = 0; read < PAGES; read += 1) {
    const listed = await listPosts(tools, sent.userId, since, page);
    if (listed.kind === 'trouble') return { kind: 'undecided', evidence: listed.trouble.message, trouble: listed.trouble };
    const { posts, next } = listed.value;
    const ours = posts.find(({ mediaKeys }) => sent.mediaKeys.length > 0 && sent.mediaKeys.every((key) => mediaKeys.includes(key)));
    if (ours !== undefined) return found(work, ours.postId);
    if (byText) {
      alike.push(...posts.filter((post) => saysTheSame(post, sent, bare)));
      // X shows a link as it found it, which may be another than was written.
      unclear ||= posts.some((post) => saysTheSame(post, sent, () => 'link'));
    }
    page = next;
    if (next === null) break;
  }
  const [match, ...more] = alike;
  if (match !== undefined && more.length === 0) return found(work, match.postId);
  if (match !== undefined || unclear) return undecided('posts of the account look like this one, and none is surely it');
  if (page !== null) return undecided('the account has more new posts than are looked at');
  return { kind: 'absent', evidence: 'the account has no such post', artefactLost: false };
}

/** Whether a post says what was sent, to the same post, its links compared by what `ofLink` makes of them. */
function saysTheSame({ text, mediaKeys, repliesTo }: RecentPost, sent: Body, ofLink: (link: string) => string): boolean {
  if (mediaKeys.length !== sent.files || repliesTo !== sent.repliesTo) return false;
  const spelled = (pieces: readonly Piece[]): string => pieces.map((piece) => (piece.link ? ofLink(piece.text) : piece.text)).join('');
  const shown = piecesOf(text);
  // Where a post has files, X adds a link to them.
  const own = sent.files === 0 ? shown : shown.slice(0, shown.findLastIndex(({ link }) => link));
  return sameText(spelled(own), spelled(piecesOf(sent.text)));
}

/** A link without what X adds to it or takes from it. */
function bare(link: string): string {
  return link.replace(/^https?:\/\//iu, '').replace(/\/$/u, '').toLowerCase();
}

/** Names on X; any will do in an address, since the post is found by its id. */
const NAME = /^\w{1,15}$/u;

function addressOf({ account }: Work, id: string): string {
  return `https://x.com/${NAME.test(account.name) ? account.name : 'i'}/status/${id}`;
}

function found(work: Work, id: string): ConfirmOutcome {
  return { kind: 'found', externalId: id, externalUrl: addressOf(work, id) };
}

function undecided(evidence: string): ConfirmOutcome {
  return { kind: 'undecided', evidence, trouble: null };
}
