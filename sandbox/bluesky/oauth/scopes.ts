import type { Call } from '../../stand-in.ts';
import { refuse } from '../errors.ts';

/** Which part of a granular scope a call needs; the others need none but `atproto`. */
const PARTS: Readonly<Record<string, string>> = {
  'com.atproto.repo.putRecord': 'repo:',
  'com.atproto.repo.createRecord': 'repo:',
  'com.atproto.repo.deleteRecord': 'repo:',
  'com.atproto.repo.uploadBlob': 'blob:',
  'com.atproto.server.getServiceAuth': 'rpc:',
};

/** Refuses a call that was not allowed. The insides of granular scopes are not looked at. */
export function demandScope({ path }: Call, scopes: readonly string[]): void {
  const part = PARTS[path.slice(path.lastIndexOf('/') + 1)];
  if (part === undefined || scopes.includes('transition:generic') || scopes.some((scope) => scope.startsWith(part))) return;
  throw refuse(403, 'ScopeMissingError', `Missing required scope "${part}*"`);
}
