import type { Kind } from '../../../core/model.ts';

/**
 * The calls whose lost answer may leave an outcome open for good, by network and kind: from the last column of the matrix of the
 * networks. Everywhere else the network can be asked, and has to be.
 */
const UNDECIDABLE: Readonly<Record<string, Partial<Record<Kind, readonly string[]>>>> = {
  // The call itself gives the id by which it can be asked about, and begins the post.
  tiktok: { photos: ['content.init'] },
};

export function mayStayUnknown(network: string, kind: Kind, operation: string): boolean {
  return UNDECIDABLE[network]?.[kind]?.includes(operation) ?? false;
}
