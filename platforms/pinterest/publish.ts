import * as z from 'zod';
import type { ConfirmOutcome, NetworkTools, PublishOutcome, PublishTools, Work } from '../../core/ports/index.ts';
import { attachmentOf, readWhole } from '../attachments.ts';
import { asBearer } from '../oauth.ts';
import { photosOf } from '../work.ts';
import { pinnedId, pinRequest } from './client.ts';
import { refusalOf, unreachable } from './errors.ts';
import { lookForPins, textsOf } from './look-up.ts';
import { optionsOf } from './rules.ts';
import { checkpointOf } from './transfer.ts';

/**
 * Making the pin is the visible call, and Pinterest has no key that would make it safe to repeat: what became of it is looked for
 * on the board, among the pins that were not there before.
 */

const bodySchema = z.strictObject({
  /** What is sent, but for the addresses of photos, which are signed when they are sent, and the bytes of a cover. */
  pin: z.record(z.string(), z.unknown()),
  /** Of the upload, in their order; empty for a video. */
  photoIds: z.array(z.string()),
  /** The stored image that stands for a video; left out: a picture of the video itself. */
  coverId: z.string().optional(),
});
type Body = z.output<typeof bodySchema>;

/** Seconds into a video of the picture that stands for it: Pinterest demands to be told. */
const COVER_SECOND = 0;

export function compose(work: Work): Body {
  const { board, boardSection, link, altText, cover } = optionsOf(work);
  const { title, description } = textsOf(work.upload);
  const checkpoint = checkpointOf(work);
  if (checkpoint === null) throw new Error('Nothing is prepared to be pinned.');
  const pin = {
    board_id: board,
    ...(boardSection !== undefined && { board_section_id: boardSection }),
    ...(title !== null && { title }),
    ...(description !== null && { description }),
    ...(link !== undefined && { link }),
    ...(altText !== undefined && { alt_text: altText }),
  };
  if (work.upload.kind === 'photos') return { pin, photoIds: photosOf(work).map(({ mediaId }) => mediaId) };
  if (checkpoint.video === null) throw new Error('The video is not at Pinterest.');
  const shown = cover === undefined ? { cover_image_key_frame_time: COVER_SECOND } : {};
  const source = { source_type: 'video_id', media_id: checkpoint.video.mediaId, ...shown };
  return { pin: { ...pin, media_source: source }, photoIds: [], ...(cover !== undefined && { coverId: cover }) };
}

/** Seconds for which Pinterest may fetch photos: it does so before it answers. */
const FETCH_SECONDS = 3600;

/** Attempts that find a photo out of Pinterest's reach before it is held for one that cannot be fetched. */
const FETCHES = 2;

export async function publish(work: Work, body: unknown, tools: PublishTools): Promise<PublishOutcome> {
  const { pin, photoIds, coverId } = bodySchema.parse(body);
  const token = await tools.accessToken();
  const { source, addresses } = photoIds.length === 0 ? await videoSource(work, pin['media_source'], coverId, tools) : await photoSource(work, tools);
  const request = pinRequest(tools, { ...pin, media_source: source });
  const result = await tools.sendOnce(asBearer(request, token));
  if (result.kind !== 'answered') return { kind: result.kind, evidence: result.reason };

  const id = pinnedId(result.answer);
  if (id !== null) return { kind: 'published', externalId: id, externalUrl: addressOf(id) };
  const { trouble, definite, means } = refusalOf(result.answer, { now: tools.now(), secrets: [token, ...addresses] });
  const evidence = `${result.answer.status} ${trouble.platformCode}`;
  if (!definite) return { kind: 'ambiguous', evidence };
  switch (means) {
    case 'not_ready':
      return { kind: 'refused', evidence, trouble, unfinished: true };
    case 'media_gone':
      return { kind: 'refused', evidence, trouble, artefactLost: true };
    case 'unreachable':
      return { kind: 'refused', evidence, trouble: work.attempts.made < FETCHES ? trouble : unreachable(trouble) };
    case null:
      return { kind: 'refused', evidence, trouble };
  }
}

/** What a pin is made of, and the addresses in it, which let anybody in. */
interface Source {
  readonly source: unknown;
  readonly addresses: readonly string[];
}

/** One photo, or a carousel. */
async function photoSource(work: Work, tools: PublishTools): Promise<Source> {
  const addresses = await Promise.all(photosOf(work).map((photo) => tools.signGet(photo, FETCH_SECONDS)));
  if (addresses.length === 1) return { source: { source_type: 'image_url', url: addresses[0] }, addresses };
  return { source: { source_type: 'multiple_image_urls', items: addresses.map((url) => ({ url })) }, addresses };
}

async function videoSource(work: Work, source: unknown, coverId: string | undefined, tools: PublishTools): Promise<Source> {
  if (coverId === undefined) return { source, addresses: [] };
  const cover = attachmentOf(work, coverId);
  const data = Buffer.from(await readWhole(tools, cover)).toString('base64');
  // Pinterest would fetch it from an address as well: sent along, it cannot be out of reach.
  return { source: { ...z.record(z.string(), z.unknown()).parse(source), cover_image_content_type: cover.contentType, cover_image_data: data }, addresses: [] };
}

export async function confirm(work: Work, _body: unknown, { armedAt }: { armedAt: string }, tools: NetworkTools): Promise<ConfirmOutcome> {
  const { doubtedSince } = work.attempts;
  const { since = armedAt, earlier = [] } = checkpointOf(work) ?? {};
  // It may be an earlier attempt that was held for absent.
  const begun = doubtedSince === null ? armedAt : ([since, doubtedSince].toSorted()[0] ?? armedAt);
  const seen = await lookForPins(work, new Date(begun), tools);
  if (seen.kind === 'trouble') return { kind: 'undecided', evidence: seen.trouble.message, trouble: seen.trouble };
  const [match, ...more] = seen.alike.filter((id) => !earlier.includes(id));
  if (match !== undefined && (more.length > 0 || isSilent(work))) return undecided('new pins of the board may be this one, and none is surely it');
  if (match !== undefined) return { kind: 'found', externalId: match, externalUrl: addressOf(match) };
  return seen.whole ? { kind: 'absent', evidence: 'the board has no such pin', artefactLost: false } : undecided('the board has more pins than are looked at');
}

/** Nothing is said by which a pin could be told from another. */
function isSilent({ upload }: Work): boolean {
  const { title, description } = textsOf(upload);
  return title === null && description === null;
}

function undecided(evidence: string): ConfirmOutcome {
  return { kind: 'undecided', evidence, trouble: null };
}

function addressOf(id: string): string {
  return `https://www.pinterest.com/pin/${id}/`;
}
