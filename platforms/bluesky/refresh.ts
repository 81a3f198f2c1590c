import type { TokenSet } from '../../core/model.ts';
import type { RefreshOutcome, RefreshTools } from '../../core/ports/index.ts';
import { readBinding } from './oauth/binding.ts';
import { refreshBound } from './oauth/tokens.ts';
import { refreshSession } from './session.ts';

/** New tokens, in the way in which the account was linked. */
export async function refresh(tokens: TokenSet, tools: RefreshTools): Promise<RefreshOutcome> {
  return tokens.binding === undefined ? refreshSession(tokens, tools) : refreshBound(tokens, readBinding(tokens.binding), tools);
}
