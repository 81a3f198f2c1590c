import * as z from 'zod';
import type { PreflightSubject, Unit, Violation } from '../core/ports/index.ts';

/**
 * Collects the rules that a subject breaks, under ids `<network>.<kind>.<check>`. Where the network told a limit for this very
 * account, it stands in the subject's limits as `<kind>.<check>` and wins.
 */
export interface RuleBook {
  readonly broken: readonly Violation[];
  /** A value that is not known (null) breaks nothing: the network has the last word. */
  atMost(check: string, value: number | null, limit: number, rule: Rule): void;
  atLeast(check: string, value: number | null, limit: number, rule: Rule): void;
  oneOf(check: string, value: string | null, allowed: readonly string[], rule: Rule): void;
  /** The rule is broken. */
  refuse(check: string, rule: Refused): void;
}

/** What is said of a broken rule. */
interface Said {
  /** As in the request. */
  readonly field: string;
  /** What to do, as the second half of a sentence: `shorten it`. */
  readonly remedy: string;
  /** Of value and limit. */
  readonly unit?: Unit;
}

interface Rule extends Said {
  /** What is wrong, as the first half of a sentence, with the value and the limit in it. */
  readonly problem: (value: number | string, limit: number | string) => string;
}

interface Refused extends Said {
  readonly problem: string;
  readonly value?: number | string;
  readonly limit?: number | string;
}

/** What counts for an account: the number that its network told for it, or the usual one. */
export function numberFor({ kind, limits }: Pick<PreflightSubject, 'kind' | 'limits'>, check: string, usual: number): number {
  const told = limits[`${kind}.${check}`];
  return typeof told === 'number' ? told : usual;
}

export function ruleBook(network: string, subject: Pick<PreflightSubject, 'kind' | 'limits'>): RuleBook {
  const broken: Violation[] = [];
  const listOf = (check: string, usual: readonly string[]): readonly string[] => {
    const told = subject.limits[`${subject.kind}.${check}`];
    return told === undefined || typeof told === 'number' ? usual : told;
  };

  const refuse: RuleBook['refuse'] = (check, { field, problem, remedy, unit = null, value = null, limit = null }) => {
    const code = `${network}.${subject.kind}.${check}`;
    broken.push({ field, code, message: `${problem}: ${remedy}.`, value, limit, unit, remedy: sentence(remedy) });
  };
  const tell = (check: string, { problem, ...said }: Rule, value: number | string, limit: number | string): void =>
    refuse(check, { ...said, problem: problem(value, limit), value, limit });

  return {
    broken,
    refuse,
    atMost(check, value, usual, rule) {
      const limit = numberFor(subject, check, usual);
      if (value !== null && value > limit) tell(check, rule, value, limit);
    },
    atLeast(check, value, usual, rule) {
      const limit = numberFor(subject, check, usual);
      if (value !== null && value < limit) tell(check, rule, value, limit);
    },
    oneOf(check, value, usual, rule) {
      const allowed = listOf(check, usual);
      if (value !== null && !allowed.includes(value)) tell(check, rule, value, allowed.join(', '));
    },
  };
}

function sentence(half: string): string {
  return `${half.charAt(0).toUpperCase()}${half.slice(1)}.`;
}

/**
 * The options of an upload under the connector's schema. What does not fit is a broken rule, though the API has checked it
 * before: the upload may have been made by an older release.
 */
export function optionsUnder<Schema extends z.ZodType>(schema: Schema, subject: PreflightSubject, book: RuleBook, field: string): z.output<Schema> | null {
  if (subject.options === undefined) return null;
  const parsed = schema.safeParse(subject.options);
  if (parsed.success) return parsed.data;
  book.refuse('options', { field, problem: `The options cannot be used (${z.prettifyError(parsed.error)})`, remedy: 'correct them' });
  return null;
}

/** Frames a second without what measuring adds: 60.003 is 60. */
export function nominalRate({ facts }: PreflightSubject): number | null {
  return facts === null || facts.frameRate === null ? null : Math.round(facts.frameRate * 100) / 100;
}

/** Containers by media type, under the names that the networks' limits use. */
const CONTAINERS: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/x-m4v': 'mp4',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'video/x-matroska': 'mkv',
  'video/x-msvideo': 'avi',
  'video/mpeg': 'mpeg',
  'video/x-flv': 'flv',
  'video/3gpp': '3gp',
  'video/3gpp2': '3gp',
};

/** The container of a video: as measured, or else by its type, which is named itself where no limit speaks of it. */
export function containerOf({ facts, files: [file] }: Pick<PreflightSubject, 'facts' | 'files'>): string | null {
  if (facts !== null) return facts.container;
  return file === undefined ? null : (CONTAINERS[file.contentType] ?? file.contentType);
}
