import type { Kind } from '../../../core/model.ts';

/**
 * The calls whose lost answer may leave an outcome open for good, by network and kind: from the last column of the matrix of the
 * networks. Everywhere else the network can be asked, and has to be.
 */
const UNDECIDABLE: Readonly<Record<string, Partial<Record<Kind, readonly string[]>>>> = {
  // `content.init` itself gives the id by which it can be asked about, and begins the post. After a lost renewal the old access token
  // publishes to its end, and TikTok may take longer for a post than that: then it can be asked only when the account is linked again.
  tiktok: { video: ['token.refresh'], photos: ['content.init', 'token.refresh'] },
};

export function mayStayUnknown(network: string, kind: Kind, operation: string): boolean {
  return UNDECIDABLE[network]?.[kind]?.includes(operation) ?? false;
}
