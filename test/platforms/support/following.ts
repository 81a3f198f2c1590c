import { expect } from 'vitest';
import type { Delivery } from '../../../core/model.ts';
import type { Platform } from '../../../platforms/platform.ts';
import type { Post } from '../../../sandbox/stand-in.ts';
import { DESCRIPTION, TITLE } from './records.ts';
import type { Variant } from './variants.ts';

/** Uploads whose post is followed by others, on every network that has them, and what must hold of those. */

const LONG = Array.from({ length: 11 }, (_, n) => `Sentence number ${n + 1} says 100% of what there & then is to say.`).join(' ');
const COMMENT = 'The first comment: more of it <soon>';

/** What an upload says: in its post and the parts after it, and in a comment. */
export interface Said {
  readonly text: string;
  readonly comment: string | null;
}

export const USUAL: Said = { text: `${TITLE}\n\n${DESCRIPTION}`, comment: null };

/** A thread with a comment below it where there are both, and a comment alone. */
export function followed(platform: Platform): readonly (Variant & { readonly said: Said })[] {
  if (platform.sequels === undefined) return [];
  const { network, kinds, optionsSchema } = platform;
  const has = (option: string): boolean => option in optionsSchema.shape;
  const comment = has('firstComment') ? { firstComment: COMMENT } : {};
  const thread = {
    platform,
    what: 'a thread',
    options: { kind: 'text', upload: { description: LONG, options: { [network]: { thread: true, ...comment } } } },
    said: { text: `${TITLE}\n\n${LONG}`, comment: comment.firstComment ?? null },
  } as const;
  const [kind] = kinds;
  const alone = { platform, what: 'a first comment', options: { ...(kind !== undefined && { kind }), upload: { options: { [network]: comment } } }, said: { ...USUAL, comment: COMMENT } };
  return [...(has('thread') ? [thread] : []), ...(has('firstComment') ? [alone] : [])];
}

/** All that is visible as one text: the parts in their order, then the comment; white space between parts is nobody's. */
const together = (texts: readonly (string | null)[]): string => texts.join('').replaceAll(/\s/gu, '');

/**
 * What must hold of the posts that follow one, whatever happened: each once, in order, with the right text, and there exactly if the
 * delivery says so; an undecided one may be there.
 */
export function checkFollowing({ sequels }: Delivery, posts: readonly Post[], said: Said): void {
  const [root, ...others] = inOrder(posts);
  if (root === undefined) return expect(sequels.filter(({ attempt: { phase } }) => phase === 'receipt')).toEqual([]);
  const whole = together([said.text, said.comment]);
  const seen = together([root, ...others].map(({ text, title }) => [title, text].filter((part) => part !== null).join('')));
  expect(whole.startsWith(seen), `in order, each once: ${seen}`).toBe(true);
  const received = sequels.filter(({ attempt: { phase } }) => phase === 'receipt').length;
  const open = sequels.filter(({ attempt: { phase } }) => phase === 'unknown').length;
  expect([received, received + open], 'visible exactly if received').toContain(others.length);
  if (others.length === sequels.length) expect(seen).toBe(whole);
  const named = sequels.flatMap(({ attempt }) => (attempt.phase === 'receipt' ? [attempt.externalId] : []));
  expect(others.map(({ id }) => id).slice(0, named.length)).toEqual(named);
}

/** A post and what answers it, each after what it answers. */
function inOrder(posts: readonly Post[]): readonly Post[] {
  const ordered: Post[] = posts.filter(({ replyTo }) => replyTo === undefined);
  for (;;) {
    const last = ordered.at(-1);
    const next = posts.find((post) => !ordered.includes(post) && post.replyTo !== undefined && ordered.some(({ id }) => id === post.replyTo));
    if (last === undefined || next === undefined) return ordered;
    ordered.push(next);
  }
}
