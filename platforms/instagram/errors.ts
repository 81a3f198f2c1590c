import type { HttpAnswer } from '../../core/ports/index.ts';
import { type ErrorContext, type ErrorLine, troubleOf } from '../answers.ts';
import { containerLines, containerRefusal, type ContainerLine, type ContainerRefusal, type Failure } from '../container-errors.ts';
import { commonLine, type GraphError } from '../graph.ts';
import { scrub } from '../scrub.ts';

const LINES = containerLines('Instagram');
const { metadata: METADATA, unavailable: UNAVAILABLE, blocked: BLOCKED, unreachable: UNREACHABLE, again } = LINES;

const FILE: ErrorLine = {
  class: 'invalid_media',
  code: 'media_rejected',
  message: 'Instagram cannot use this file. What it says stands beside this; send another one (MP4, H.264, AAC, 3 s to 15 min).',
};

/** `error_subcode`, which also stands in the text of a failed container. */
const SUBCODES: Readonly<Record<number, ContainerLine>> = {
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
  2207027: LINES.notReady,
  2207028: METADATA,
  2207032: again(3),
  2207035: METADATA,
  2207036: METADATA,
  2207037: METADATA,
  2207040: METADATA,
  2207042: LINES.capReached,
  2207050: LINES.restricted,
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
const CODES: Readonly<Record<number, ContainerLine>> = {
  [-1]: UNAVAILABLE,
  [-2]: again(3),
  24: again(3),
  352: FILE,
  9004: again(1, UNREACHABLE),
  9007: LINES.notReady,
};

function lineOf(error: GraphError): ContainerLine | null {
  return SUBCODES[error.subcode ?? 0] ?? commonLine(LINES, error) ?? CODES[error.code] ?? null;
}

/** What an answer that is no success means. */
export function refusalOf(answer: HttpAnswer, context: ErrorContext): ContainerRefusal {
  return containerRefusal('Instagram', answer, context, lineOf);
}

/** What the text of a failed container means: the subcode stands somewhere in it. */
export function failureOf(text: string): Failure {
  const code = Number(/\b2207\d{3}\b/u.exec(text)?.[0] ?? 0);
  const line = SUBCODES[code] ?? again(2, FILE);
  return { trouble: troubleOf(line, { code: code === 0 ? 'ERROR' : String(code), text: scrub(text, []) }, null), code, renew: line.renew ?? null };
}

export const CAP_REACHED = LINES.capReached;

/** A container that was not published within its 24 hours. */
export const EXPIRED = failureOf('2207020');
