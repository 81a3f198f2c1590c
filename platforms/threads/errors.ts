import type { HttpAnswer } from '../../core/ports/index.ts';
import { type ErrorContext, type ErrorLine, troubleOf } from '../answers.ts';
import { containerLines, containerRefusal, type ContainerLine, type ContainerRefusal, type Failure } from '../container-errors.ts';
import { commonLine, type GraphError } from '../graph.ts';
import { scrub } from '../scrub.ts';

const LINES = containerLines('Threads');
const { unreachable: UNREACHABLE, again } = LINES;

const FILE: ErrorLine = {
  class: 'invalid_media',
  code: 'media_rejected',
  message: 'Threads cannot use this file. What it says stands beside this; send another one (MP4, H.264, AAC, up to 5 min; JPEG or PNG).',
};

/** `error_subcode`. */
const SUBCODES: Readonly<Record<number, ContainerLine>> = {
  // Not found. Directly after a container is finished it often passes, so its state is asked before anything is done anew.
  2207006: again(3),
  4279009: again(3),
  // A container of a carousel is not ready (the page does not know it, a client does).
  4279004: LINES.notReady,
  2207042: LINES.capReached,
  2207051: LINES.blocked,
  // With a fresh address, once: then it is not the file but where it lies.
  2207052: again(1, UNREACHABLE),
  4279013: LINES.restricted,
};

/** `code`, for what has no such subcode and is none of the Graph API at large. */
const CODES: Readonly<Record<number, ContainerLine>> = {
  9: LINES.capReached,
  24: again(3),
  9004: again(1, UNREACHABLE),
};

// The page holds that a token which is refused with 190 cannot be revived. It is not sure of all subcodes, so those that may
// mean no more than an access token that is over get one refresh: should that be refused too, the account has to be linked anew.
function lineOf(error: GraphError): ContainerLine | null {
  return SUBCODES[error.subcode ?? 0] ?? commonLine(LINES, error) ?? CODES[error.code] ?? null;
}

/** What an answer that is no success means. */
export function refusalOf(answer: HttpAnswer, context: ErrorContext): ContainerRefusal {
  return containerRefusal('Threads', answer, context, lineOf);
}

/** `error_message` of a failed container. All others say what is wrong with the file. */
const WORDS: Readonly<Record<string, ContainerLine>> = {
  FAILED_DOWNLOADING_VIDEO: again(3, UNREACHABLE),
  UNKNOWN: again(2, FILE),
};

/** What the word of a failed container means. */
export function failureOf(word: string): Failure {
  const line: ContainerLine = WORDS[word] ?? FILE;
  const code = scrub(word, []);
  return { trouble: troubleOf(line, { code, text: null }, null), code, renew: line.renew ?? null };
}

export const CAP_REACHED = LINES.capReached;

const GONE = again(3);

/** A container that was not published within its 24 hours. */
export const EXPIRED: Failure = { trouble: troubleOf(GONE, { code: 'EXPIRED', text: null }, null), code: 'EXPIRED', renew: GONE.renew ?? null };
