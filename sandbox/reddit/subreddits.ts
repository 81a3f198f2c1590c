import type { Account } from './accounts.ts';

/** What a subreddit takes. */
export interface Subreddit {
  readonly name: string;
  readonly submissionType: 'any' | 'self' | 'link';
  readonly images: boolean;
  readonly videos: boolean;
  /** Nobody here may see it. */
  readonly closed: boolean;
  /** Ids of its flairs, one of which every post has to bear; empty: it has none. */
  readonly flairs: readonly string[];
}

const OPEN: Omit<Subreddit, 'name'> = { submissionType: 'any', images: true, videos: true, closed: false, flairs: [] };

/** The subreddits that there are, beside the profile of every account. */
const SUBREDDITS: readonly Subreddit[] = [
  { ...OPEN, name: 'sandbox' },
  { ...OPEN, name: 'sandbox_texts', submissionType: 'self', images: false, videos: false },
  { ...OPEN, name: 'sandbox_links', submissionType: 'link' },
  { ...OPEN, name: 'sandbox_flairs', flairs: ['5c2f1b60-0f4e-11ef-8a5e-0242ac120002', '6d3a2c71-0f4e-11ef-8a5e-0242ac120002'] },
  { ...OPEN, name: 'sandbox_closed', closed: true },
];

/** The subreddit of a name, in capitals or not; null: there is none that this account could post in. */
export function subredditOf(name: string, account: Account): Subreddit | null {
  const profile = `u_${account.name}`;
  if (name.toLowerCase() === profile.toLowerCase()) return { ...OPEN, name: profile };
  return SUBREDDITS.find((each) => each.name === name.toLowerCase()) ?? null;
}

/** Those that everybody here reads: all that are open. */
export const SUBSCRIBED: readonly Subreddit[] = SUBREDDITS.filter(({ closed }) => !closed);
