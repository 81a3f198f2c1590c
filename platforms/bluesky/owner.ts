import type { LinkTools } from '../../core/ports/index.ts';
import { value, type Reply } from '../answers.ts';
import { findServer, resolveHandle } from './client.ts';
import { NO_ACCOUNT } from './errors.ts';

/** An account, and its own server. */
export interface Owner {
  readonly did: string;
  readonly server: string;
}

/** The account that a person names by its handle or DID, with its server. */
export async function findOwner(text: string, tools: LinkTools): Promise<Reply<Owner>> {
  const name = nameIn(text);
  const found = name === null || isDid(name) ? value(name) : await resolveHandle(tools, tools.endpoints['pds'] ?? '', name);
  if (found.kind === 'trouble') return found;
  const did = found.value;
  if (did === null) return { kind: 'trouble', trouble: NO_ACCOUNT };
  const server = await findServer(tools, did);
  return server.kind === 'trouble' ? server : value({ did, server: server.value });
}

/** A handle or DID as it is compared; null: it is none. */
export function nameIn(text: string): string | null {
  // Bluesky's own pages put marks of direction, which nobody sees, around what is copied.
  const bare = text.replaceAll(/[\p{Cf}\s]/gu, '').replace(/^@/u, '');
  if (isDid(bare)) return bare;
  const handle = bare.toLowerCase();
  return /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/u.test(handle) ? handle : null;
}

function isDid(text: string): boolean {
  return /^did:[a-z]+:[\w.:%-]+$/u.test(text);
}
