import type {
  ConfirmOutcome,
  Decoration,
  HttpAnswer,
  HttpRequest,
  NetworkTools,
  PublishOutcome,
  PublishTools,
  Work,
} from '../../core/ports/index.ts';
import { asBearer } from '../oauth.ts';
import { sameText } from '../text.ts';
import { hoursFrom } from '../until.ts';
import { photosOf, readExactly, videoOf } from '../work.ts';
import { chunkRequest, chunkState, listRecent, photosRequest, publishIdOf, readStatus, RECENT, statusOf, statusRequest, type RecentPost } from './client.ts';
import { failureOf, refusalOf } from './errors.ts';
import { addressOf, bodySchema, checkpointOf, outcomeOf, progressOf, type Body, type Checkpoint } from './progress.ts';
import { optionsOf } from './rules.ts';
import { typeOf } from './transfer.ts';

/**
 * The visible call, and what became of it. TikTok checks a video, and fetches photos, only after it has accepted the call, and
 * then posts by itself or fails: so an accepted call is no post yet, and the publication is asked until it says which it was.
 */

/** Seconds until an accepted publication is asked about for the first time: most are decided by then, and the next look comes much later. */
const FIRST_LOOK = 60;

/** Seconds for which TikTok may fetch photos: it does so when it comes to it, and may try again. */
const FETCH_SECONDS = 6 * 3600;

export function compose(work: Work): Body {
  const { username, publishId, upload, commentDisabled } = preparedOf(work);
  if (publishId !== null && upload !== null && upload.stored < upload.total) {
    return { kind: 'chunk', publishId, username, start: upload.stored, total: upload.total, contentType: typeOf(work) };
  }
  if (publishId !== null) return { kind: 'ask', publishId, username };
  return { kind: 'photos', username, mediaIds: photosOf(work).map(({ mediaId }) => mediaId), postInfo: photosInfo(work, commentDisabled) };
}

function photosInfo({ upload, ...work }: Work, commentDisabled: boolean): Extract<Body, { kind: 'photos' }>['postInfo'] {
  const { privacyLevel, disableComment = false, autoAddMusic = false, brandContentToggle = false, brandOrganicToggle = false } = optionsOf(work);
  const { title, description } = upload;
  return {
    title,
    ...(description !== null && description !== '' && { description }),
    privacy_level: privacyLevel,
    disable_comment: disableComment || commentDisabled,
    auto_add_music: autoAddMusic,
    brand_content_toggle: brandContentToggle,
    brand_organic_toggle: brandOrganicToggle,
  };
}

export async function publish(work: Work, sent: unknown, tools: PublishTools): Promise<PublishOutcome> {
  const body = bodySchema.parse(sent);
  const token = await tools.accessToken();
  const prepared = preparedOf(work);
  const secrets = [token, prepared.upload?.url ?? ''];
  const authorized = (request: HttpRequest): HttpRequest => asBearer(request, token);

  switch (body.kind) {
    case 'chunk': {
      const { start, total, contentType } = body;
      const content = await readExactly(tools, videoOf(work), start, total - start);
      return send(chunkRequest(prepared.upload?.url ?? '', { start, total, content, contentType }), (answer) =>
        chunkState(answer) === 'complete' ? accepted('TikTok has the whole video') : null,
      );
    }
    case 'photos': {
      const urls = await Promise.all(photosOf(work).map((photo) => tools.signGet(photo, FETCH_SECONDS)));
      return send(authorized(photosRequest(tools, body.postInfo, urls)), (answer) => {
        const publishId = publishIdOf(answer);
        return publishId === null ? null : { ...accepted('TikTok fetches the photos'), checkpoint: { ...prepared, publishId } };
      });
    }
    case 'ask':
      return send(authorized(statusRequest(tools, body.publishId)), (answer) => asked(answer, work, body, tools));
  }

  /** `read`: what a success means; null: it is none. */
  async function send(request: HttpRequest, read: (answer: HttpAnswer) => PublishOutcome | null): Promise<PublishOutcome> {
    const result = await tools.sendOnce(request);
    if (result.kind !== 'answered') return { kind: result.kind, evidence: result.reason };
    const outcome = read(result.answer);
    if (outcome !== null) return outcome;
    const { trouble, definite } = refusalOf(result.answer, { now: tools.now(), secrets });
    const evidence = `${result.answer.status} ${trouble.platformCode}`;
    return definite ? { kind: 'refused', evidence, trouble } : { kind: 'ambiguous', evidence };
  }
}

function accepted(evidence: string): Extract<PublishOutcome, { kind: 'accepted' }> {
  return { kind: 'accepted', evidence, afterSeconds: FIRST_LOOK };
}

/** What TikTok says of a publication that had all before this attempt. */
function asked(answer: HttpAnswer, work: Work, { username }: { username: string }, tools: PublishTools): PublishOutcome | null {
  const status = statusOf(answer);
  const progress = status === null ? null : progressOf(status, null);
  if (progress === null) return null;
  switch (progress.kind) {
    case 'published':
      return { kind: 'published', externalId: progress.postId, externalUrl: addressOf(work.upload.kind, username, progress.postId) };
    case 'failed': {
      const { trouble } = failureOf(progress.reason, tools.now());
      return { kind: 'refused', evidence: `the publication failed: ${trouble.platformCode}`, trouble, unfinished: true };
    }
    case 'uploading':
    case 'processing':
      return accepted('TikTok has all and is at it');
  }
}

export async function confirm(work: Work, sent: unknown, { armedAt }: { armedAt: string }, tools: NetworkTools): Promise<ConfirmOutcome> {
  const body = bodySchema.parse(sent);
  const { publishId: given, failures } = preparedOf(work);
  // That of photos came with the answer, and was stored with the checkpoint.
  const publishId = body.kind === 'photos' ? given : body.publishId;
  if (publishId === null) return body.kind === 'photos' ? lookForPhotos(body, new Date(armedAt), tools) : nothingKnown();
  const read = await readStatus(tools, publishId);
  if (read.kind === 'trouble') return { kind: 'undecided', evidence: read.trouble.message, trouble: read.trouble };
  const progress = progressOf(read.value, body.kind === 'chunk' ? body.total : null);
  return outcomeOf(progress, { kind: work.upload.kind, username: body.username, failures }, tools);
}

/** Hours by which the clocks of a worker and of TikTok may differ. */
const CLOCK_SLACK = 0.25;

/**
 * The answer to the call was lost, and with it the id of the publication, which may be under way: are the photos among the newest
 * public posts? That they are not proves nothing, since the list lags, and has no post that is not public.
 */
async function lookForPhotos({ username, postInfo }: Extract<Body, { kind: 'photos' }>, armedAt: Date, tools: NetworkTools): Promise<ConfirmOutcome> {
  const recent = await listRecent(tools);
  if (recent.kind === 'trouble') return { kind: 'undecided', evidence: recent.trouble.message, trouble: recent.trouble };
  const since = hoursFrom(armedAt, -CLOCK_SLACK).getTime() / 1000;
  const later = recent.value.filter((post) => post.create_time >= since);
  const [match, ...more] = later.filter((post) => shows(post, postInfo));
  if (match === undefined || more.length > 0 || later.length === RECENT) return nothingKnown();
  return { kind: 'found', externalId: match.id, externalUrl: addressOf('photos', username, match.id) };
}

/** Whether a post has this text. In which of its two fields TikTok shows which part is not documented. */
function shows({ title = '', video_description: description = '' }: RecentPost, said: { title: string; description?: string | undefined }): boolean {
  const ours = [said.title, said.description ?? '', `${said.title} ${said.description ?? ''}`];
  const shown = [title, description].filter((text) => text.trim() !== '');
  return shown.length > 0 && shown.every((text) => ours.some((own) => sameText(own, text)));
}

function nothingKnown(): ConfirmOutcome {
  return { kind: 'undecided', evidence: 'the id of the publication is lost, and the newest posts do not tell', trouble: null };
}

/** Asks once more for a post that had no id yet. */
export async function decorate(work: Work, { externalId }: { externalId: string | null }, tools: NetworkTools): Promise<Decoration> {
  const checkpoint = checkpointOf(work);
  if (externalId !== null || checkpoint === null || checkpoint.publishId === null) return { warnings: [], externalUrl: null };
  const read = await readStatus(tools, checkpoint.publishId);
  const postId = read.kind === 'value' ? (read.value.publicaly_available_post_id?.[0] ?? null) : null;
  const isPublic = optionsOf(work).privacyLevel === 'PUBLIC_TO_EVERYONE';
  // A post that is not public never has a public id.
  const warnings = postId === null && isPublic ? ['TikTok has made the post and does not say yet under which address: look at the account.'] : [];
  return { warnings, externalUrl: addressOf(work.upload.kind, checkpoint.username, postId) };
}

function preparedOf(work: Work): Checkpoint {
  const checkpoint = checkpointOf(work);
  if (checkpoint === null) throw new Error('There is nothing prepared for TikTok.');
  return checkpoint;
}
