import type { HttpAnswer } from '../../core/ports/index.ts';
import { troubleOf, type ErrorLine } from '../answers.ts';
import { commonLine, graphLines, graphRefusal, pause, type Context, type GraphError, type GraphRefusal } from '../graph.ts';
import { scrub } from '../scrub.ts';

/** The container is of no more use. So many new ones are tried in its place, and `last` is the end of it. */
interface Renewal {
  readonly times: number;
  readonly last: ErrorLine;
}

interface InstagramLine extends ErrorLine {
  readonly renew?: Renewal;
  /** As the answer to a publish call it proves that nothing was published, though it passes. */
  readonly notYet?: true;
}

export interface Refusal extends GraphRefusal {
  readonly renew: Renewal | null;
  readonly notYet: boolean;
}

const LINES = graphLines('Instagram');
const { metadata: METADATA, unavailable: UNAVAILABLE, blocked: BLOCKED } = LINES;

const FILE: ErrorLine = {
  class: 'invalid_media',
  code: 'media_rejected',
  message: 'Instagram cannot use this file. What it says stands beside this; send another one (MP4, H.264, AAC, 3 s to 15 min).',
};

/** The account has no post left for the moment: which one leaves the window of 24 hours next is not told. */
export const CAP_REACHED: ErrorLine = {
  class: 'quota',
  code: 'quota_exhausted',
  message: 'The account has made as many posts as Instagram allows it in 24 hours. It is tried again as the oldest of them get older.',
  until: pause,
};

const GIVEN_UP: ErrorLine = {
  class: 'permanent',
  code: 'platform_unavailable',
  message: 'Instagram failed to prepare the video several times. What it says stands beside this; retry later, or send another file.',
};
const again = (times: number, last: ErrorLine = GIVEN_UP): InstagramLine => ({ ...UNAVAILABLE, renew: { times, last } });

const UNREACHABLE: ErrorLine = {
  class: 'permanent',
  code: 'internal_error',
  message: "Instagram cannot fetch files from this installation's media address. Tell the operator, who can set up a media domain.",
};

/** `error_subcode`, which also stands in the text of a failed container. */
const SUBCODES: Readonly<Record<number, InstagramLine>> = {
  2207001: again(3),
  2207003: again(3),
  2207004: FILE,
  2207005: FILE,
  // Not found, or not allowed to use: with a token that works for other calls, the container is what is gone.
  2207006: again(3),
  // The builder is gone. Directly after the call it often passes, so its state is asked before anything is done anew.
  2207008: again(3),
  2207009: FILE,
  2207010: METADATA,
  2207020: again(3),
  2207023: METADATA,
  2207026: FILE,
  2207027: { ...UNAVAILABLE, message: 'Instagram is still preparing the video.', notYet: true },
  2207028: METADATA,
  2207032: again(3),
  2207035: METADATA,
  2207036: METADATA,
  2207037: METADATA,
  2207040: METADATA,
  2207042: CAP_REACHED,
  2207050: {
    class: 'permanent',
    code: 'permission_denied',
    message: 'Instagram has restricted this account. Open Instagram, do what it asks for, then retry.',
  },
  2207051: BLOCKED,
  // With a fresh address, once: then it is not the file but where it lies.
  2207052: again(1, UNREACHABLE),
  2207053: again(3),
  2207057: METADATA,
  2207076: again(2, FILE),
  2207077: again(2, FILE),
  2207081: METADATA,
  2207082: again(2, FILE),
};

/** `code`, for what has no subcode of publishing and is none of the Graph API at large. */
const CODES: Readonly<Record<number, InstagramLine | undefined>> = {
  [-1]: UNAVAILABLE,
  [-2]: again(3),
  24: again(3),
  352: FILE,
  9004: again(1, UNREACHABLE),
  9007: SUBCODES[2207027],
};

function lineOf(error: GraphError): InstagramLine | null {
  return SUBCODES[error.subcode ?? 0] ?? commonLine(LINES, error) ?? CODES[error.code] ?? null;
}

/** What an answer that is no success means. */
export function refusalOf(answer: HttpAnswer, context: Context): Refusal {
  const { line, ...refusal } = graphRefusal('Instagram', answer, context, lineOf);
  return { ...refusal, renew: line?.renew ?? null, notYet: line?.notYet ?? false };
}

/** What the text of a failed container means: the subcode stands somewhere in it. */
export function failureOf(text: string, secrets: readonly string[]): Pick<Refusal, 'trouble' | 'code' | 'renew'> {
  const code = Number(/\b2207\d{3}\b/u.exec(text)?.[0] ?? 0);
  const line = SUBCODES[code] ?? again(2, FILE);
  return { trouble: troubleOf(line, { code: code === 0 ? 'ERROR' : String(code), text: scrub(text, secrets) }, null), code, renew: line.renew ?? null };
}

/** A container that was not published within its 24 hours. */
export const EXPIRED = failureOf('2207020', []);
