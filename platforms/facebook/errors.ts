import * as z from 'zod';
import type { HttpAnswer } from '../../core/ports/index.ts';
import { type ErrorContext, type ErrorLine, parseAnswer, troubleOf } from '../answers.ts';
import { containerLines, containerRefusal, type ContainerLine, type ContainerRefusal, type Failure } from '../container-errors.ts';
import { commonLine, type GraphError } from '../graph.ts';
import { scrub } from '../scrub.ts';

const LINES = containerLines('Facebook');
const { metadata: METADATA, unavailable: UNAVAILABLE, unreachable: UNREACHABLE, notReady: NOT_READY, again } = LINES;

const FILE: ErrorLine = {
  class: 'invalid_media',
  code: 'media_rejected',
  message: 'Facebook cannot use this file. What it says stands beside this; send another one (video: MP4, H.264, AAC; photo: JPEG or PNG).',
};
const DUPLICATE: ErrorLine = {
  class: 'duplicate',
  code: 'duplicate_content',
  message: 'The page shows a post that says the same already, and Facebook takes it only once. Change the text, or leave it at that.',
};
const OWNER_HAS_TO_ACT: ErrorLine = { ...LINES.restricted, message: 'Facebook asks the people of this page to prove who they are before it takes posts. Open the page, do what it asks for, then retry.' };

/** After an upright video was sent as one that is not, or a page has such a setting: it succeeds, and nobody sees it. */
export const DRAFT: ErrorLine = {
  class: 'invalid_media',
  code: 'media_rejected',
  message: 'Facebook has made a draft of a reel of this video and shows it to nobody. Share or delete it on the page, or send it 9:16, as MP4 of 3 to 90 s.',
};
/** The page itself says what it takes. */
export const BEYOND_LIMITS: ErrorLine = { ...FILE, message: 'The video is longer or larger than Facebook takes from this page. Cut it, or send a smaller one.' };

/** `error_subcode`, or `code` where there is none: what is not told to belong to either stands once. */
const CODES: Readonly<Record<number, ContainerLine | undefined>> = {
  [-1]: UNAVAILABLE,
  324: FILE,
  352: FILE,
  389: again(1, UNREACHABLE),
  390: FILE,
  506: DUPLICATE,
  // No byte of the video has come, or not all: what was prepared is of no use.
  6000: again(2),
  6001: again(2),
  9007: NOT_READY,
  1_346_003: METADATA,
  1_363_030: again(3),
  1_363_037: again(3),
  1_363_047: UNAVAILABLE,
  1_366_046: FILE,
  1_366_051: DUPLICATE,
  1_404_078: OWNER_HAS_TO_ACT,
  1_404_102: METADATA,
  1_455_006: DUPLICATE,
  1_609_005: METADATA,
  1_609_008: METADATA,
  1_609_010: UNAVAILABLE,
  2_061_006: METADATA,
  2_069_019: FILE,
  2_207_027: NOT_READY,
  4_854_002: OWNER_HAS_TO_ACT,
};

/** Of an upload: all that have no line of their own speak of the file. */
const UPLOAD_CODES = { first: 1_363_019, last: 1_363_055 } as const;

function lineOf(error: GraphError): ContainerLine | null {
  const { code, subcode } = error;
  return ownLine(subcode ?? 0) ?? commonLine(LINES, error) ?? ownLine(code);
}

function ownLine(code: number): ContainerLine | null {
  return CODES[code] ?? (code >= UPLOAD_CODES.first && code <= UPLOAD_CODES.last ? FILE : null);
}

/** What an answer that is no success means. */
export function refusalOf(answer: HttpAnswer, context: ErrorContext): ContainerRefusal {
  return containerRefusal('Facebook', answer, context, lineOf);
}

/** What a phase of a video says of its failure. */
export const phaseErrorSchema = z.object({ code: z.number().optional(), message: z.string().optional() });

/** Why Facebook made nothing of a video. */
export function failureOf({ code = 0, message = '' }: z.output<typeof phaseErrorSchema>): Failure {
  const line = ownLine(code) ?? again(2, FILE);
  return { trouble: troubleOf(line, { code: code === 0 ? 'error' : String(code), text: scrub(message, []) }, null), code, renew: line.renew ?? null };
}

/** A video that was not published in time, or is not there any more. */
export const EXPIRED: Failure = failureOf({ code: 6000, message: 'expired' });

/** Facebook does not fetch the file, though it was asked to several times. */
export const NEVER_FETCHED: Failure = failureOf({ code: 389, message: 'not fetched' });

const offset = z.coerce.number().int().min(0);
const offsetsSchema = z.object({ start_offset: offset, end_offset: offset });
const mismatchSchema = z.object({
  error: z.object({
    error_subcode: z.literal(1_363_037),
    // An object in Meta's own client; elsewhere seen as a text.
    error_data: z.union([offsetsSchema, z.string().transform((text) => parseAnswer(offsetsSchema, { body: text }))]).nullable(),
  }),
});

/** Where an upload goes on, as the refusal of a slice at another place tells; null: it tells nothing. */
export function offsetsOf(answer: HttpAnswer): { readonly start: number; readonly end: number } | null {
  const offsets = parseAnswer(mismatchSchema, answer)?.error.error_data ?? null;
  return offsets === null ? null : { start: offsets.start_offset, end: offsets.end_offset };
}
