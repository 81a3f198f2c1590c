import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { isIdOf } from '../ids.ts';
import type { Sealed, TokenSet } from '../model.ts';
import type { Linking, TokenCipher } from '../ports/index.ts';
import { openTokens, sealTokens } from '../tokens.ts';
import type { Link } from './model.ts';

/** 256 bits from the system's random source, in characters that every address and cookie takes. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Under which a secret is kept: SHA-256 in lower-case hexadecimal digits. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** What goes to the network and back as `state`: it names the link, and its secret shows that it is the answer to this visit. */
export function stateOf(linkId: string, secret: string): string {
  return `${linkId}.${secret}`;
}

/** Null: it is none of ours. */
export function readState(state: string | null): { readonly linkId: string; readonly secret: string } | null {
  const [, linkId = '', secret = ''] = /^([^.]{1,40})\.([\w-]{43})$/u.exec(state ?? '') ?? [];
  return isIdOf('lnk', linkId) ? { linkId, secret } : null;
}

/** A verifier with its challenge (RFC 7636); nulls where the network takes none. */
export function newChallenge(pkce: Linking['pkce']): { readonly verifier: string | null; readonly challenge: string | null } {
  if (pkce === 'none') return { verifier: null, challenge: null };
  const verifier = newSecret();
  return { verifier, challenge: createHash('sha256').update(verifier).digest(pkce === 'hex' ? 'hex' : 'base64url') };
}

const visitMemory = z.object({ verifier: z.string().nullable(), memory: z.string().nullable() });

/** What is needed again when the browser is back. */
export type VisitMemory = z.infer<typeof visitMemory>;

/** A link's secrets are bound to the tenant and the link, as those of an account are to it. */
const contextOf = ({ tenantId, linkId }: Link) => ({ tenantId, accountId: linkId });

export function sealMemory(cipher: TokenCipher, link: Link, memory: VisitMemory): Promise<Sealed> {
  return cipher.seal(JSON.stringify(memory), contextOf(link));
}

export async function openMemory(cipher: TokenCipher, link: Link, sealed: Sealed): Promise<VisitMemory> {
  return visitMemory.parse(JSON.parse(await cipher.open(sealed, contextOf(link))));
}

export function sealGrant(cipher: TokenCipher, link: Link, tokens: TokenSet): Promise<Sealed> {
  return sealTokens(cipher, contextOf(link), tokens);
}

export function openGrant(cipher: TokenCipher, link: Link, tokens: Sealed): Promise<TokenSet> {
  return openTokens(cipher, { ...contextOf(link), tokens });
}
