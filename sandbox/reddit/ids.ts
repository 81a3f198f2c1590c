let last = 0;

/** Ids of posts and accounts count on, in 36 digits; so do these, by time. */
export function newId(now: number): string {
  last = Math.max(last + 1, now);
  return last.toString(36);
}
