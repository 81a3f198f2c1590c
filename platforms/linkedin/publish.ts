import * as z from 'zod';
import type { ConfirmOutcome, Decoration, NetworkTools, PublishOutcome, PublishTools, Work } from '../../core/ports/index.ts';
import { asBearer } from '../oauth.ts';
import { carried } from '../sequels.ts';
import { sameText } from '../text.ts';
import { hoursFrom } from '../until.ts';
import { FORBIDDEN_MAX } from './assets.ts';
import { checkpointOf } from './checkpoint.ts';
import { listPosts, postedUrn, postRequest, RECENT, type RecentPost } from './client.ts';
import { commentaryOf, plainText } from './commentary.ts';
import { PERMISSION, refusalOf, type Refusal } from './errors.ts';
import { optionsOf, VISIBILITY } from './rules.ts';

/**
 * One call makes the post. LinkedIn knows no key for it, but refuses a post that it has already and names that one.
 * A page's posts can be listed, so a lost answer is looked up. A member's cannot: the very same body is sent once more, and
 * either it makes the post or the refusal names the first one. Clients report this rule; it is not documented, so it is relied
 * upon for an hour only, after which the outcome stays unknown.
 */

const imageSchema = z.strictObject({ id: z.string(), altText: z.string().optional() });

/** Exactly what is sent: LinkedIn compares bodies, so each attempt sends the same one. What follows the post stands beside it. */
const bodySchema = z.object({
  author: z.string(),
  commentary: z.string(),
  visibility: z.enum(VISIBILITY),
  distribution: z.strictObject({
    feedDistribution: z.literal('MAIN_FEED'),
    targetEntities: z.array(z.never()),
    thirdPartyDistributionChannels: z.array(z.never()),
  }),
  content: z
    .strictObject({
      media: z.strictObject({ id: z.string(), title: z.string().optional(), altText: z.string().optional() }).optional(),
      multiImage: z.strictObject({ images: z.array(imageSchema) }).optional(),
    })
    .optional(),
  lifecycleState: z.literal('PUBLISHED'),
  isReshareDisabledByAuthor: z.boolean(),
});
type Body = z.output<typeof bodySchema>;

/** UTF-16 units of the title under a video: the whole text stands above it, and how long this may be nobody says. */
const MEDIA_TITLE = 200;

export function compose(work: Work): Body {
  const { visibility = 'PUBLIC', disableReshare = false, firstComment } = optionsOf(work);
  const content = contentOf(work);
  return {
    author: work.account.externalId,
    commentary: commentaryOf(work.upload),
    visibility,
    distribution: { feedDistribution: 'MAIN_FEED', targetEntities: [], thirdPartyDistributionChannels: [] },
    ...(content !== undefined && { content }),
    lifecycleState: 'PUBLISHED',
    isReshareDisabledByAuthor: disableReshare,
    ...carried({ comment: firstComment }),
  };
}

function contentOf(work: Work): Body['content'] {
  const { kind, title, media } = work.upload;
  const urns = checkpointOf(work).assets.map(({ urn }) => urn);
  const [first] = urns;
  if (kind === 'text') return undefined;
  if (first === undefined || urns.length < media.length) throw new Error('Not all files are at LinkedIn.');
  if (kind === 'video') return { media: { id: first, title: title.slice(0, MEDIA_TITLE).replace(/\p{Surrogate}$/u, '') } };
  const { altTexts = [] } = optionsOf(work);
  const images = urns.map((id, index) => ({ id, ...(altTexts[index] !== undefined && altTexts[index] !== '' && { altText: altTexts[index] }) }));
  return images.length === 1 && images[0] !== undefined ? { media: images[0] } : { multiImage: { images } };
}

/** After so many attempts that found the files not ready, they are sent anew. */
const ATTEMPTS_OF_ASSETS = 3;

export async function publish(work: Work, body: unknown, tools: PublishTools): Promise<PublishOutcome> {
  const token = await tools.accessToken();
  const request = postRequest(tools, bodySchema.parse(body));
  const result = await tools.sendOnce(asBearer(request, token));
  if (result.kind !== 'answered') return { kind: result.kind, evidence: result.reason };

  const urn = postedUrn(result.answer);
  if (urn !== null) return { kind: 'published', externalId: urn, externalUrl: addressOf(urn) };
  const refusal = refusalOf(result.answer, { now: tools.now(), secrets: [token] });
  const { trouble, definite, means, status } = refusal;
  const evidence = `${status} ${trouble.platformCode}`;
  if (!definite) return { kind: 'ambiguous', evidence };
  switch (means) {
    case 'duplicate':
      return duplicate(work, refusal, evidence, tools.now());
    case 'not_ready':
      return { kind: 'refused', evidence, trouble, unfinished: true, artefactLost: work.attempts.made % ATTEMPTS_OF_ASSETS === 0 };
    case 'forbidden':
      return { kind: 'refused', evidence, trouble: work.attempts.made <= FORBIDDEN_MAX ? trouble : { ...trouble, ...PERMISSION, until: null } };
    case 'asset_failed':
      return { kind: 'refused', evidence, trouble, artefactLost: true };
    case null:
      // An asset that is gone is no use to a later retry either.
      return { kind: 'refused', evidence, trouble, artefactLost: status === 404 };
  }
}

/** Hours for which what LinkedIn says of a duplicate is about our own attempt: after a day it was seen to name posts that never were. */
const RECENT_HOURS = 1;

/** LinkedIn has the same post already. It is ours only if an attempt of ours is in doubt. */
function duplicate({ account, attempts }: Work, { trouble, postUrn }: Refusal, evidence: string, now: Date): PublishOutcome {
  const { doubtedSince } = attempts;
  if (doubtedSince === null) return { kind: 'refused', evidence, trouble };
  // A page's posts can be read: that is surer than words.
  if (!isMember(account.externalId)) return { kind: 'ambiguous', evidence: `${evidence} ${postUrn}` };
  const urn = isRecent(doubtedSince, now) ? postUrn : null;
  return { kind: 'published', externalId: urn, externalUrl: urn === null ? null : addressOf(urn) };
}

export async function confirm(work: Work, body: unknown, { armedAt }: { armedAt: string }, tools: NetworkTools): Promise<ConfirmOutcome> {
  const sent = bodySchema.parse(body);
  return isMember(sent.author) ? confirmOfMember(work, armedAt, tools.now()) : lookAtPage(sent, new Date(armedAt), tools);
}

/** Nothing can be read. While LinkedIn surely knows the attempt, sending the same once more is the question. */
function confirmOfMember({ attempts: { doubtedSince } }: Work, armedAt: string, now: Date): ConfirmOutcome {
  const recent = isRecent(armedAt, now) && (doubtedSince === null || isRecent(doubtedSince, now));
  if (!recent) return { kind: 'undecided', evidence: "a member's posts cannot be read, and the attempt is too old to be repeated", trouble: null };
  return { kind: 'absent', evidence: "a member's posts cannot be read: the same is sent again, which LinkedIn refuses if it has it", artefactLost: false };
}

function isRecent(at: string, now: Date): boolean {
  return hoursFrom(new Date(at), RECENT_HOURS) > now;
}

/** Hours by which the clocks of a worker and of LinkedIn may differ. */
const CLOCK_SLACK = 0.25;

async function lookAtPage(sent: Body, armedAt: Date, tools: NetworkTools): Promise<ConfirmOutcome> {
  const listed = await listPosts(tools, sent.author);
  if (listed.kind === 'trouble') return { kind: 'undecided', evidence: listed.trouble.message, trouble: listed.trouble };
  const since = hoursFrom(armedAt, -CLOCK_SLACK).getTime();
  const [match, ...more] = listed.value.filter((post) => isSame(post, sent, since));
  if (match !== undefined && more.length > 0) return open('several new posts of the page are the same');
  if (match?.lifecycleState !== undefined && match.lifecycleState !== 'PUBLISHED') return open(`the post is ${match.lifecycleState}`);
  if (match !== undefined) return { kind: 'found', externalId: match.id, externalUrl: addressOf(match.id) };
  const seenAll = listed.value.length < RECENT || listed.value.some(({ createdAt, lastModifiedAt = createdAt }) => lastModifiedAt < since);
  if (!seenAll) return open('the page has more new posts than one look shows');
  return { kind: 'absent', evidence: 'the page has no such post', artefactLost: false };
}

function open(evidence: string): ConfirmOutcome {
  return { kind: 'undecided', evidence, trouble: null };
}

/** By its files, which no other post has; without any, by its text and time. */
function isSame(post: RecentPost, sent: Body, since: number): boolean {
  const files = filesOf(sent.content);
  if (files !== '') return filesOf(post.content) === files;
  return post.createdAt >= since && filesOf(post.content) === '' && sameText(plainText(post.commentary ?? ''), plainText(sent.commentary));
}

function filesOf(content: RecentPost['content']): string {
  return [content?.media?.id, ...(content?.multiImage?.images ?? []).map(({ id }) => id)].filter((id) => id !== undefined).join(' ');
}

export function decorate(work: Work, { externalId }: { externalId: string | null }): Decoration {
  const unnamed = externalId === null ? ['LinkedIn has the post already and does not surely say under which name: look at the account.'] : [];
  const bare = checkpointOf(work).assets.some(({ thumbnail }) => thumbnail === 'no_place');
  return { warnings: [...unnamed, ...(bare ? ['The post is live with a picture that LinkedIn chose: it had no place for its thumbnail.'] : [])], externalUrl: null };
}

export function isMember(author: string): boolean {
  return author.startsWith('urn:li:person:');
}

export function addressOf(urn: string): string {
  return `https://www.linkedin.com/feed/update/${urn}`;
}
