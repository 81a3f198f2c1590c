import * as z from 'zod';
import { limits } from '../core/limits.ts';
import type { SequelName } from '../core/model.ts';
import { codePoints, text } from '../core/text.ts';
import type { RuleBook } from './rules.ts';
import { splitText, type SplitRules } from './split.ts';

/** What networks have in common whose posts can be followed by further parts and by a first comment. */

/** The option that makes a thread of a long text. */
export const threadOption = z
  .boolean()
  .optional()
  .describe(`Makes a thread of a text that is too long for one post: at most ${limits.threadParts} parts, divided between sentences or words; files stand in the first.`);

/** The option for a first comment, of at most so many code points; the network's own limit is a rule. */
export function firstCommentOption(title: string) {
  return text(1, limits.description).optional().describe(`A comment that ${title} shows below the post, written by the account itself right after it.`);
}

/** A text in posts that have room for it, of which one more than a thread may have is told. One that has room in one post stays as it was written. */
export function threadOf(said: string, rules: Omit<SplitRules, 'most'>): readonly string[] {
  const parts = splitText(said, { ...rules, most: limits.threadParts });
  return parts.length === 1 && rules.measure(said) <= rules.max ? [said] : parts;
}

/** Names of what follows a post: of a text in `parts` parts, the first of which is the post, and of a comment, if there is one. */
export function sequelNames(parts: number, comment: boolean): readonly SequelName[] {
  const further = Array.from({ length: Math.max(0, parts - 1) }, (_, index): SequelName => `part_${index + 2}`);
  return comment ? [...further, 'comment'] : further;
}

/** Which part of the thread this is, counted from 1; null: it is no part. */
export function partOf(name: SequelName): number | null {
  return name === 'comment' ? null : Number(name.slice('part_'.length));
}

/** The rule on how many parts a text makes, in place of the one on its length; of a text that makes more, one more need be known. */
export function checkParts(title: string, parts: readonly string[], field: string, book: RuleBook): void {
  book.atMost('parts_max', parts.length, limits.threadParts, {
    field,
    problem: (value, limit) => `The text makes a thread of ${value} posts or more on ${title}, which may have at most ${limit}`,
    remedy: 'shorten it',
    unit: 'items',
  });
}

/** The rule on the length of a first comment, in the network's own unit; `counted`: how it counts, in a few words. */
export function checkComment(
  comment: string | undefined,
  { title, field, max, measure = codePoints, counted = 'characters', unit = 'characters' }: CommentRule,
  book: RuleBook,
): void {
  if (comment === undefined) return;
  if (comment.trim() === '') return book.refuse('first_comment_required', { field, problem: 'The first comment is empty', remedy: 'write something, or leave it out' });
  if (max === undefined) return;
  book.atMost('first_comment_length', measure(comment), max, {
    field,
    problem: (value, limit) => `${title} counts the first comment as ${value} ${counted}, and takes at most ${limit}`,
    remedy: 'shorten it',
    unit,
  });
}

interface CommentRule {
  readonly title: string;
  /** As in the request. */
  readonly field: string;
  /** Left out: the network takes more than the option does. */
  readonly max?: number;
  /** Characters (code points) if left out. */
  readonly measure?: (text: string) => number;
  readonly counted?: string;
  readonly unit?: 'characters' | 'bytes';
}
